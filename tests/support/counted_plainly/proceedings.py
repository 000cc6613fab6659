"""*Proceeding*, *Property of a proceeding*, *Termination*: what they are and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from contract.case_no import CaseNoError, parse_case_no
from contract.indicators.windows import months_from
from counted_plainly.log import Case, Heard
from counted_plainly.terms import Days, moved, pauses, worked

OPENINGS = ("case.filed", "case.restored")
ENDINGS = ("case.closed", "case.transferred", "case.refused")
TERMINATED = "终结本次执行程序"
_EXTENDERS = ("院长", "副院长")


@dataclass
class Proceeding:
    """One proceeding of a case."""

    case: Case
    opening: Heard
    type: str
    ending: Heard | None = None

    @property
    def opened_on(self) -> date:
        """The day of its opening."""
        return self.opening.day

    @property
    def ended_on(self) -> date | None:
        """The day of its ending."""
        return None if self.ending is None else self.ending.day

    @property
    def is_closed(self) -> bool:
        """Whether it ended otherwise than by a refusal."""
        return self.ending is not None and self.ending.name != "case.refused"

    @property
    def mode(self) -> str:
        """How it was closed."""
        if self.ending is None or not self.is_closed:
            return ""
        return "销案" if self.ending.name == "case.transferred" else self.ending.told("mode") or ""

    def until_end(self, *names: str) -> list[Heard]:
        """Events of some types in the case at or before its ending."""
        return [one for one in self.case.of(*names) if self.ending is None or one.place <= self.ending.place]

    @property
    def filing(self) -> Heard | None:
        """The last filing in the case at or before its opening."""
        return next((one for one in reversed(self.case.of("case.filed")) if one.place <= self.opening.place), None)

    def is_tagged(self, tag: str) -> bool:
        """Whether it has a tag."""
        return self.filing is not None and tag in (self.filing.told("tags") or ())

    @property
    def claim(self) -> int | None:
        """The last claim told."""
        told = [one.told("claim_fen") for one in self.until_end("case.filed", "case.application_received")]
        return next((claim for claim in reversed(told) if claim is not None), None)

    @property
    def reached(self) -> tuple[int, int] | None:
        """(claim, what was reached of it), where both are told and there is a claim."""
        claim = self.claim
        if self.ending is None or self.ending.name != "case.closed" or claim is None or claim <= 0:
            return None
        paid = self.ending.told("paid_fen")
        return None if paid is None else (claim, min(claim, paid))

    @property
    def due_on(self) -> date | None:
        """Its due day; None: there is none."""
        short = self.filing is not None and self.filing.told("is_nonlitigation") is True
        due = moved(months_from(self.opened_on, 3 if short else 6), self.opened_on, self.pauses)
        if due is None:
            return None
        granted = [one.date_of("until_on") for one in self._extensions()]
        return worked(max([due, *(day for day in granted if day is not None)]))

    def _extensions(self) -> Iterable[Heard]:
        for one in self.case.of("case.extension_approved"):
            within = one.place > self.opening.place and (self.ending is None or one.place < self.ending.place)
            if within and one.told("approver_role") in _EXTENDERS:
                yield one

    @property
    def pauses(self) -> list[Days]:
        """Spans of the case that don't count."""
        return pauses(self.case)

    @property
    def is_in_term(self) -> bool:
        """Whether it ended within its term."""
        due = self.due_on
        return self.ended_on is not None and (due is None or self.ended_on <= due)


def proceedings(case: Case) -> list[Proceeding]:
    """Those of a case, one after another."""
    found: list[Proceeding] = []
    is_on = False
    for one in case.of(*OPENINGS, *ENDINGS):
        if one.name in ENDINGS:
            if is_on:
                found[-1].ending = one
            is_on = False
        elif not is_on:
            found.append(Proceeding(case, one, _type(one, found[-1].type if found else "")))
            is_on = True
    return found


def _type(opening: Heard, before: str) -> str:
    if opening.name == "case.filed":
        return str(opening.told("case_type") or code_of(opening.told("case_no")) or "")
    return code_of(opening.told("new_case_no")) or before


def code_of(number: str | None) -> str:
    """The type code in a case number; empty where there is none that can be read."""
    try:
        return parse_case_no(number).type if number is not None else ""
    except CaseNoError:
        return ""


def property_events(case: Case) -> list[Heard]:
    """The events that show property."""
    return [one for one in case.events if _shows_property(one)]


def _shows_property(one: Heard) -> bool:
    if one.name == "asset.controlled":
        return one.told("measure") != "轮候" and one.told("rank") in (None, 1)
    return one.name in ("asset.paid_over", "fund.matched") or (one.name == "fund.received" and one.told("case_no") is not None)


def ends_of_termination(one: Proceeding, chain: Iterable[Case]) -> list[Heard]:
    """What could end its standing, in order."""
    assert one.ending is not None
    last = one.ending
    numbers = [
        number
        for event in one.until_end(*OPENINGS)
        if (number := event.told("case_no" if event.name == "case.filed" else "new_case_no")) is not None
    ]
    found = [event for event in one.case.of("term.masked", "case.restored") if event.place > last.place]
    for other in chain:
        if other.subject != one.case.subject and numbers:
            found += [
                event
                for event in other.of(*OPENINGS)
                if event.place > last.place and event.told("prior_case_no") == numbers[-1]
            ]
    return sorted(found, key=lambda event: event.place)
