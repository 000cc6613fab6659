"""What the notifier must do, folded from decisions: pages that are due, and what fires, counted by rule, court and severity."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import msgspec

from contract.duty.alerts import AlertDuty, Page
from contract.duty.decisions import Decision
from contract.duty.policy import Channel

Group = tuple[str, str, str]
"""(rule, court, severity)."""


class DuePage(msgspec.Struct, frozen=True, kw_only=True):
    """A page that waits for a notifier, with what its message says of the alert."""

    id: str
    alert: str
    channel: Channel
    account: str
    desk: str
    why: str
    level: int
    rule: str
    name_zh: str
    court: str
    severity: str
    due_at: datetime


class Board:
    """The fold. Decisions may come again, in the order of their partitions."""

    def __init__(self) -> None:
        self.now: datetime | None = None
        self.firing: Counter[Group] = Counter()
        self._groups: dict[str, Group] = {}
        self._due: dict[str, dict[str, DuePage]] = {}

    def take(self, decision: Decision) -> None:
        """Fold one decision; those about rosters and directives only move the clock."""
        self.now = decision.at if self.now is None else max(self.now, decision.at)
        if decision.record is None or "thread" not in decision.record:
            return
        record = msgspec.convert(decision.record, AlertDuty)
        self._count(record)
        due = {page.id: _due(record, page) for page in record.pages if page.state == "due"}
        if due:
            self._due[record.id] = due
        else:
            self._due.pop(record.id, None)

    def due(self) -> Iterable[DuePage]:
        """Every page that waits."""
        return [page for pages in self._due.values() for page in pages.values()]

    def is_due(self, page: DuePage) -> bool:
        """Whether it still waits, for this channel."""
        known = self._due.get(page.alert, {}).get(page.id)
        return known is not None and known.channel == page.channel

    def _count(self, record: AlertDuty) -> None:
        if (before := self._groups.pop(record.id, None)) is not None:
            self.firing[before] -= 1
            if not self.firing[before]:
                del self.firing[before]
        if record.is_open and not record.retracted and record.snoozed_until is None and not record.merged_into:
            group = self._groups[record.id] = (record.rule, record.court, record.severity)
            self.firing[group] += 1


def _due(record: AlertDuty, page: Page) -> DuePage:
    return DuePage(
        id=page.id,
        alert=record.id,
        channel=page.channel,
        account=page.account,
        desk=page.desk,
        why=page.why,
        level=page.level,
        rule=record.rule,
        name_zh=record.name_zh,
        court=record.court,
        severity=record.severity,
        due_at=record.due_at,
    )
