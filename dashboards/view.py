"""A scene as one visitor sees it: the one place where scope and masking are applied. Pages and API read nothing past it."""

import asyncio
from datetime import datetime
from typing import Any

import msgspec

from contract.courts import COURTS
from contract.duty.decisions import NAMES_OF_DIRECTIVES
from contract.duty.scope import RESOURCES_ZH, Resource, Scope, alert_seen
from contract.envelope import WHOLE_COURT
from contract.indicators.catalogue import MEASURES
from dashboards.counted import Opened
from dashboards.duty_kept import Kept, Kind, Told
from dashboards.identity import Visitor
from dashboards.live import Today
from dashboards.scene import NOTHING, Scene, Subtotal
from dashboards.store import CaseRow

_RESOURCES: dict[Kind, Resource] = {
    "alert": "duty",
    "directive": "directives",
    "entrustment": "directives",
    "roster": "rosters",
    "desk": "duty",
    "thread": "duty",
}
_NAMES_OF_CASES = frozenset({"subject", "ref", "rootid"})
"""What of a row of figures names or describes its case."""


class Denied(Exception):
    """What was asked for lies outside the visitor's scope, or isn't read by its role; its text says which.

    Attributes:
        zh: The same for the reader of a page.
    """

    def __init__(self, detail: str, zh: str) -> None:
        super().__init__(detail)
        self.zh = zh


class View:
    """What one visitor sees of a scene.

    Args:
        scene: The read side of the wall process.
        visitor: Who looks.
    """

    def __init__(self, scene: Scene, visitor: Visitor) -> None:
        self.scene = scene
        self.visitor = visitor
        self.scope: Scope = visitor.scope
        self._seen: tuple[list[dict[str, Any]], list[dict[str, Any]]] | None = None

    @property
    def key(self) -> str:
        """The same for all who see the same, so that a part of a page is made once for all of them."""
        name = "loopback" if self.visitor.anonymous else self.visitor.principal.role
        return f"{name}:{self.scope.court}"

    def reads(self, resource: Resource) -> bool:
        """Whether the visitor reads a resource at all."""
        return resource in self.visitor.reads.resources

    def require(self, resource: Resource, court: str | None = None) -> None:
        """Let pass who reads a resource, of a court where one is given.

        Raises:
            Denied: With the reason.
        """
        if not self.reads(resource):
            raise Denied(
                f"the role {self.visitor.principal.role} does not read {resource}",
                f"您的角色不能查看{RESOURCES_ZH[resource]}",
            )
        if court is not None and court not in self.scope:
            raise Denied(
                f"{court} is neither {self.scope.court}, your court, nor below it",
                f"{found.name if (found := COURTS.get(court)) else court}不在您的权限范围内",
            )

    def court_of_figures(self, court: str | None) -> Scope:
        """Of which courts figures are told: of one and what the visitor sees below it, by default of all that it sees.

        Raises:
            Denied: The court lies outside its scope.
        """
        self.require("figures", court)
        return Scope(court or self.scope.court, below=self.scope.below)

    def open_alerts(self, court: str | None = None) -> list[dict[str, Any]]:
        """Open alerts as the visitor sees them, gravest first; of one court and all below it where a court is given."""
        every = self.scene.open_alerts()
        if self._seen is None or self._seen[0] is not every:  # the live view keeps one list until something changes
            self._seen = (every, self._all_seen(every))
        seen = self._seen[1]
        return seen if court is None else [a for a in seen if COURTS.within(a["court"], court)]

    def alert(self, alert: dict[str, Any]) -> dict[str, Any] | None:
        """One alert as the visitor sees it; None = not at all."""
        return alert_seen(self.visitor.reads, self.scope, alert)

    def whole(self, alert: dict[str, Any]) -> bool:
        """Whether the visitor reads an alert whole."""
        return self.alert(alert) is alert

    async def cases(self, name: str) -> list[CaseRow]:
        """The cases of a subject (then it is one) or else of a number, those that the visitor may see.

        A case that it may not see is as one that isn't there: it takes neither name nor number from one that it may see.
        """
        store = self.scene.store
        called = [row for row in await asyncio.to_thread(store.cases, "subject", name) if self._sees(row.subject, row.court)]
        return called or [
            row for row in await asyncio.to_thread(store.cases, "case_no", name) if self._sees(row.subject, row.court)
        ]

    async def rows(self, found: Opened) -> Opened:
        """Rows of figures, each with the ``case_no`` of its case, None where it is about none that is known.

        A row lies at the court that counted it, its case may be another's: of one that the visitor may not see ``subject``,
        ``ref``, ``rootid`` and ``case_no`` are left out, and it is ``masked``. Count and sum stay.
        """
        known = await asyncio.to_thread(self.scene.store.named, {str(row["subject"]) for row in found.items})
        return found._replace(items=[self._row(row, known.get(row["subject"])) for row in found.items])

    def _row(self, row: dict[str, Any], case: tuple[str, str] | None) -> dict[str, Any]:
        court, number = case or (None, None)
        if self._sees_row(row, court):
            return row | {"case_no": number}
        return {name: value for name, value in row.items() if name not in _NAMES_OF_CASES} | {"masked": True}

    def _sees_row(self, row: dict[str, Any], court: str | None) -> bool:
        """``court``: of its case, None = no case that is known: then it is one, or an alert about something else."""
        subject = str(row["subject"])
        if self.scope.whole or (subject.startswith(WHOLE_COURT) and subject.removeprefix(WHOLE_COURT) in self.scope):
            return True
        return self._sees(subject, court) if court is not None else MEASURES[row["measure"]].split == "alert"

    def _sees(self, subject: str, court: str) -> bool:
        """A case that was opened to the visitor's own court, by an entrustment or a directive, is seen from there too."""
        return court in self.scope or self.visitor.principal.court in self.scene.duty.counterparts(subject)

    def totals(self) -> dict[str, Subtotal]:
        """Figures of every court that the visitor sees, each with all below it."""
        totals = self.scene.totals()
        return totals if self.scope.whole else {code: total for code, total in totals.items() if code in self.scope}

    def total(self) -> Subtotal:
        """Figures of the whole scope."""
        return self.scene.totals().get(self.scope.court, NOTHING)

    @property
    def today(self) -> Today | None:
        """Today's counters of the nation: only for those who see all of it."""
        return self.scene.live.today if self.scope.whole else None

    def kept(self, target: str) -> Kept | None:
        """What was last decided of a target, if the visitor may see it."""
        kept = self.scene.duty.get(target)
        return kept if kept is not None and self.sees_kept(kept) else None

    def sees_kept(self, kept: Kept) -> bool:
        """Whether the visitor sees a record of duty: its kind, one of its courts, and, of an alert, its rule."""
        resource: Resource = _RESOURCES[kept.kind]
        if not self.reads(resource) or not any(court in self.scope for court in kept.courts):
            return False
        return kept.kind != "alert" or self.visitor.reads.whole(kept.head.rule)

    def shown(self, record: dict[str, Any]) -> dict[str, Any]:
        """A record of duty without what it says of directives that the visitor may not know of: an alert's names its drafts."""
        if "rule" not in record or not record.keys() & NAMES_OF_DIRECTIVES:
            return record
        known = [name for name in record.get("directives", ()) if self.kept(name) is not None]
        left = {name: value for name, value in record.items() if name not in NAMES_OF_DIRECTIVES}
        return left | ({"directives": known} if known else {})

    def decision(self, told: Told) -> dict[str, Any] | None:
        """A decision as the visitor sees it; None = not at all."""
        decision = told.decision
        if self.kept(decision.target) is None or self.hides(told):
            return None
        seen: dict[str, Any] = msgspec.to_builtins(decision)
        return seen if decision.record is None else seen | {"record": self.shown(decision.record)}

    def hides(self, told: Told) -> bool:
        """Whether a decision tells of a directive that the visitor may not know of, or was made while it might not."""
        decision, then = told.decision, told.kept
        about = decision.detail.get("directive")
        if isinstance(about, str):
            directive = self.kept(about)
            if directive is None or (decision.what == "directive_drafted" and directive.head.from_court not in self.scope):
                return True
        now = self.scene.duty.get(decision.target)
        if then is None:
            return now is not None and now.kind == "directive"
        return then.kind == "directive" and not self.sees_kept(then)

    def open_duty(self, kind: Kind = "alert") -> list[Kept]:
        """Open records of duty that the visitor sees, in no order."""
        return [kept for kept in self.scene.duty.open_in(kind, self.scope) if self.sees_kept(kept)]

    def all_duty(self, kind: Kind) -> list[Kept]:
        """Every record of a kind that the visitor sees, ended ones too, in no order."""
        return [kept for kept in self.scene.duty.all_in(kind, self.scope) if self.sees_kept(kept)]

    @property
    def heard_at(self) -> datetime | None:
        """When the live view last heard anything."""
        return self.scene.live.heard_at

    @property
    def figures_at(self) -> datetime | None:
        """When the figures were last renewed."""
        return self.scene.figures_at

    @property
    def simulated(self) -> bool:
        """Whether the data are made up."""
        return self.scene.simulated

    def now(self) -> datetime | None:
        """The time that the data live at."""
        return self.scene.now()

    def rule_name(self, rule: str) -> str:
        """The Chinese name of a rule."""
        return self.scene.rule_name(rule)

    def _all_seen(self, alerts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        reads = self.visitor.reads
        if self.scope.whole and "alerts" in reads.resources and "" in reads.rules:
            return alerts
        return [seen for alert in alerts if (seen := self.alert(alert)) is not None]
