"""What a directive may be about: alerts, a case or a court that its giver sees. Anything else is refused before it is asked.

Only the wall can tell: the duty room knows no cases, and each of its partitions only its own alerts. What is not there and what
the asker may not see are refused alike.
"""

import asyncio
from typing import Any

from contract.duty.people import Principal
from contract.duty.scope import Scope, courts_seen
from contract.envelope import WHOLE_COURT
from dashboards.commands import Reply
from dashboards.problems import problem_body
from dashboards.scene import Scene
from infra.clickhouse.errors import ClickHouseError

DRAFT = "directive.draft"
_OUTSIDE = "所涉预警、案件或者法院不存在，或者不在本院及下级法院范围内"


class _Outside(Exception):
    """A field names what isn't there, or isn't seen."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Drafting:
    """Checks drafts by what the wall knows."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    async def __call__(self, principal: Principal, kind: str, fields: dict[str, Any]) -> dict[str, Any] | Reply:
        """The fields to ask with, a case's ``rootid`` among them, or why not."""
        if kind != DRAFT:
            return fields
        try:
            return await self._checked(principal, fields)
        except _Outside as outside:
            return _problem(403, "not-in-scope", "无权操作", _OUTSIDE, outside.field)
        except ClickHouseError:
            detail = "the case can't be looked up now; ask again"
            return _problem(503, "warehouse-away", "数仓暂不可用，请重试", detail, "subject")

    async def _checked(self, principal: Principal, fields: dict[str, Any]) -> dict[str, Any]:
        scope = courts_seen(principal.role, principal.court)
        chains = self._chains(scope, fields.get("alert_ids"))
        subject, rootid = fields.get("subject"), fields.get("rootid")
        if isinstance(subject, str) and subject.startswith(WHOLE_COURT):
            known = subject if subject.removeprefix(WHOLE_COURT) in scope else None
        elif isinstance(subject, str):
            known = chains.get(subject) or await asyncio.to_thread(self._case, principal, scope, subject)
        elif rootid is None:
            return fields
        else:
            raise _Outside("rootid")
        if known is None:
            raise _Outside("subject")
        if rootid not in {None, known}:
            raise _Outside("rootid")
        return fields | {"rootid": known}

    def _chains(self, scope: Scope, names: Any) -> dict[str, str]:
        """Subject → chain of the alerts that are named."""
        found: dict[str, str] = {}
        for name in names if isinstance(names, list) else ():
            kept = self._scene.duty.get(name) if isinstance(name, str) else None
            if kept is None or kept.kind != "alert" or not any(court in scope for court in kept.courts):
                raise _Outside("alert_ids")
            record = kept.record
            found[record["subject"]] = record["rootid"]
        return found

    def _case(self, principal: Principal, scope: Scope, subject: str) -> str | None:
        """The chain of a case that the asker sees, also one that was opened to the asker's court."""
        row = next(iter(self._scene.store.cases("subject", subject)), None)
        if row is None:
            return None
        seen = row.court in scope or principal.court in self._scene.duty.counterparts(subject)
        return row.rootid if seen else None


def _problem(status: int, name: str, title: str, detail: str, field: str) -> Reply:
    code = name.replace("-", "_")
    errors = [{"field": field, "pointer": f"/{field}", "code": code, "detail": detail}]
    body = problem_body(status, detail, kind=name, title=title, code=code, errors=errors)
    return Reply(status, body, {"Retry-After": "2"} if status == 503 else {})
