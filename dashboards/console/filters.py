"""Filters of the queue, as they stand in its address: a link shows a colleague the same list."""

from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec

from contract.courts import COURTS
from dashboards.duty_kept import Kept

STATES = {"": "待处理", "firing": "未签收", "acked": "已签收", "mine": "我的", "snoozed": "暂缓中", "disputed": "有异议"}
SEVERITIES = {"": "全部级别", "red": "特急", "orange": "紧急", "yellow": "一般"}


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What the list shows. Empty = no limit.

    Attributes:
        state: One of `STATES`.
        severity: One of `SEVERITIES`.
        court: Code of a court; it and all below.
        rule: A rule, or the beginning of its id.
        q: Part of the case's id, or of the alert's number.
    """

    state: str = ""
    severity: str = ""
    court: str = ""
    rule: str = ""
    q: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Filters":
        """Read them from an address; what is not known there is left out."""
        known = {name: query[name].strip()[:100] for name in cls.__struct_fields__ if query.get(name, "").strip()}
        if known.get("state", "") not in STATES:
            del known["state"]
        if known.get("severity", "") not in SEVERITIES:
            del known["severity"]
        return cls(**known)

    def address(self, **changes: str) -> str:
        """The address of the list with some of them changed."""
        fields = {**msgspec.structs.asdict(self), **changes}
        query = urlencode({name: value for name, value in fields.items() if value})
        return f"/duty?{query}" if query else "/duty"

    def match(self, kept: Kept, account: str) -> bool:
        """Whether a record is shown. Merged alerts follow their root and stand behind it."""
        head = kept.head
        return (
            not head.merged_into
            and self._is_in_state(kept, account)
            and (not self.severity or head.severity == self.severity)
            and (not self.court or COURTS.within(head.court, self.court) or head.court == self.court)
            and (not self.rule or head.rule.startswith(self.rule))
            and (not self.q or self.q in head.subject or kept.target.startswith(self.q.lower()))
        )

    def _is_in_state(self, kept: Kept, account: str) -> bool:
        head = kept.head
        match self.state:
            case "snoozed":
                return head.snoozed_until is not None
            case "mine":
                return account in (head.owner, head.assigned)
            case "disputed":
                return head.disputed_until is not None
            case "":
                return True
            case state:
                return kept.state == state and head.snoozed_until is None
