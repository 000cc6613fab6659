"""The state of a case, folded from its events: what CEL reads as ``case`` and what a snapshot tells.

What each type does stands in `streams.cases.fold`, by subject; here they are put together, with what concerns them all.
"""

from datetime import date, datetime
from typing import Any

from contract.courts import COURTS
from contract.times import civil_date, format_instant
from streams.cases.facts import Fact
from streams.cases.fold import accruals, alerts, assets, course, findings, funds, parties, proceedings
from streams.cases.fold.handling import Handled
from streams.cases.timeline import NOBODY, OWNERS

Data = dict[str, Any]

_HANDLED: dict[str, Handled] = {
    **course.HANDLED,
    **accruals.HANDLED,
    **parties.HANDLED,
    **assets.HANDLED,
    **funds.HANDLED,
    **findings.HANDLED,
    **proceedings.HANDLED,
    **alerts.HANDLED,
}

STATE_TYPES = frozenset(_HANDLED) | OWNERS
"""Types that change what a rule reads as ``case``; it reads neither the stage nor the number."""

_NUMBER_IN = {"case.filed": "case_no", "case.restored": "new_case_no"}
_COURT_IN = {"case.transferred": "to_court"}

READS: dict[str, frozenset[str]] = {
    name: handled.fields | {table[name] for table in (_NUMBER_IN, _COURT_IN) if name in table}
    for name, handled in _HANDLED.items()
}
"""The fields that the fold reads, by type: they are kept whatever the rules read."""

STAGES = (
    "RECEIVED",
    "FILED",
    "ASSIGNED",
    "NOTIFIED",
    "INVESTIGATING",
    "CONTROLLED",
    "DISPOSING",
    "DISTRIBUTING",
    "CLOSED",
)
"""The stages of a case, in order; the name of the stage that its events have reached."""

_STAGE_OF = {
    "case.filed": "FILED",
    "case.restored": "FILED",
    "case.officer_assigned": "ASSIGNED",
    "case.notice_issued": "NOTIFIED",
    "inquiry.requested": "INVESTIGATING",
    "asset.controlled": "CONTROLLED",
    "asset.price_started": "DISPOSING",
    "auction.announced": "DISPOSING",
    "fund.received": "DISTRIBUTING",
    "fund.matched": "DISTRIBUTING",
    "case.closed": "CLOSED",
    "case.refused": "CLOSED",
    "case.transferred": "CLOSED",
}

_AFRESH = frozenset({"case.restored"})

_TEXTS = ("tier", "type", "cause", "claim_kind", "mode", "judge", "officer")
_DAYS = ("filed_on", "interest_from_on", "closed_on", "until_on", "deferred_until_on", "terminated_on")
_OVERLAYS = ("nonlitigation", "suspended", "deferred", "settling")
_SUMS = (
    *("claim_fen", "fee_fen", "interest_fen", "owed_fen", "performed_fen", "received_fen", "paid_fen", "escrowed_fen"),
    *("in_kind_fen", "balance_fen", "first_seized_fen", "guaranteed_fen"),
)
_MAPS = (
    *("parties", "assets", "auctions", "receipts", "classes", "clues", "objections", "alerts", "settlements", "requeries"),
    *("preservations", "directives", "petitions"),
)


class CaseState:
    """State of one case just after an event; `apply` moves it on. The names are those of the vocabulary."""

    def __init__(self, case: str, root: str) -> None:
        """The state before the first event."""
        self.first = True
        self.opened = False
        self.stage = "RECEIVED"
        self.case_no: str | None = None
        self._lapses: date | None = None
        self._time: datetime | None = None
        self._accrued: tuple[date, int] | None = None
        self.values: Data = {
            "id": case,
            "root": root,
            "court": NOBODY,
            "tags": [],
            "open": True,
            "alive": True,
            "debtors": [],
            **dict.fromkeys(_TEXTS, ""),
            **dict.fromkeys(_DAYS),
            **dict.fromkeys(_OVERLAYS, False),
            **dict.fromkeys(_SUMS, 0),
            **{name: {} for name in _MAPS},
        }

    def apply(self, fact: Fact) -> None:
        """Move on by one event of the case."""
        data = fact.data or {}
        if self.first or fact.type in OWNERS:
            self._own(fact.court)
            self.first = False
        self._time = fact.time
        self._lapse(fact.time)
        self._reach(fact.type, data)
        known = _HANDLED.get(fact.type)
        if known is None:
            return
        if known.dated and data.get(known.dated) is None:
            data = data | {known.dated: format_instant(fact.time)}
        self.values[accruals.TODAY] = civil_date(fact.time)
        known.handler(self.values, data)
        self._accrued = None
        if fact.type in _COURT_IN:
            self._own(data.get(_COURT_IN[fact.type]))
        until = self.values["deferred_until_on"]
        self._lapses = None if until is None else date.fromisoformat(until)
        self._sums()

    def view(self, instant: datetime | None = None) -> Data:
        """The values as CEL reads them, at an instant not before the last event; not to be changed, good until `apply`."""
        seen = self._seen()
        if instant is not None and self._has_lapsed(instant):
            seen |= {"deferred": False, "deferred_until_on": None}
        interest = self._interest(instant or self._time)
        if interest:
            seen |= {"interest_fen": interest, "owed_fen": seen["owed_fen"] + interest}
        return seen

    def _seen(self) -> Data:
        """The values without what only the fold needs: its names begin with a low line."""
        return {name: value for name, value in self.values.items() if not name.startswith("_")}

    def _interest(self, now: datetime | None) -> int:
        """Interest through the day of an instant; kept, for most questions are about the same day."""
        if now is None:
            return 0
        day = civil_date(now)
        if self._accrued is None or self._accrued[0] != day:
            self._accrued = day, accruals.interest_fen(self.values, day)
        return self._accrued[1]

    def _has_lapsed(self, instant: datetime) -> bool:
        """A deferral ends by itself after its last day (docs/deadlines.md)."""
        return self._lapses is not None and civil_date(instant) > self._lapses

    def _lapse(self, instant: datetime) -> None:
        if self._has_lapsed(instant):
            self.values["deferred"], self.values["deferred_until_on"], self._lapses = False, None, None

    def _reach(self, name: str, data: Data) -> None:
        """Move the stage on; it goes back only when a case is filed or restored anew."""
        if name in OWNERS:
            self.opened = True
        if name in _NUMBER_IN:
            self.case_no = data.get(_NUMBER_IN[name]) or self.case_no
        stage = _STAGE_OF.get(name)
        if stage is not None and (name in _AFRESH or STAGES.index(stage) > STAGES.index(self.stage)):
            self.stage = stage

    def _own(self, court: str | None) -> None:
        self.values["court"] = court or NOBODY
        known = COURTS.get(court) if court else None
        self.values["tier"] = known.tier if known else ""

    def _sums(self) -> None:
        v = self.values
        v["owed_fen"] = v["claim_fen"] + v["fee_fen"] + v["interest_fen"] - v["performed_fen"]
        v["balance_fen"] = v["received_fen"] - v["paid_fen"] - v["escrowed_fen"]
        seized = (a for a in v["assets"].values() if a.get("rank") == 1 and a.get("state") == "controlled")
        v["first_seized_fen"] = sum((a.get("value_fen") or 0) - (a.get("encumbrance_fen") or 0) for a in seized)
