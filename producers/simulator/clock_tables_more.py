"""The time limits of the national pack, restated: termination, credit, preservation."""

from datetime import date
from typing import Any

from producers.simulator.clock_tables import DONE_MODES, paid_up, requery_part
from producers.simulator.clocks import Clock
from producers.simulator.days import day_of, months_later, next_open, number
from producers.simulator.parts import Level, Part
from producers.simulator.view import Ref, Told, View

_O = (Level("O", "orange", 0, from_due=True),)
_TERMINATED = "终结本次执行程序"
_FINISHED = (
    Ref("case.closed", None, lambda t: t.data.get("mode") in DONE_MODES),
    Ref("case.obligation_performed", None, paid_up),
)


def _debtor_is(told: Told, _start: Told, element: Any) -> bool:
    return bool(told.data.get("debtor_ref") == element)


def _clean(told: Told) -> bool:
    return told.data.get("hits") == 0 and told.case is not None and not told.case.open_clue


def _twice(told: Told, view: View) -> bool:
    if told.kind != "term.requery_done":
        return True
    clean = [one for one in view.kinds["term.requery_done"] if one.order <= told.order and one.data.get("hits") == 0]
    return len(clean) > 1


def _list_part(told: Told) -> int:
    """The end of the term of a listing; three working days follow it."""
    months = (told.data.get("term_months") or 24) + (told.data.get("extended_months") or 0)
    return _third_open(months_later(day_of(told.at), months))


def _third_open(day: int) -> int:
    """The third working day after a day."""
    for _ in range(3):
        day = next_open(day)
    return day


MORE_CLOCKS: tuple[Clock, ...] = (
    Clock(
        part=Part("R-TERM-06.a", 7, _O, outlives=True), start=(Ref("term.ruled", "served_on"),), stop=(Ref("term.registered"),)
    ),
    Clock(
        part=Part("R-TERM-06.b", 3, _O, outlives=True),
        chain=True,
        start=_FINISHED,
        when=lambda told, view: view.any("term.ruled", told) and not view.any("term.masked", told),
        stop=(Ref("term.masked"),),
    ),
    Clock(
        part=requery_part(1),
        chain=True,
        start=(Ref("term.ruled"),),
        arms="every",
        each=lambda _: list(range(1, 11)),
        each_part=requery_part,
        match=lambda told, _start, element: told.kind != "term.requery_done" or told.data.get("seq_no") == element,
        stop=(Ref("term.requery_done"),),
        cancel=(Ref("case.restored"), Ref("term.masked")),
    ),
    Clock(
        part=Part("R-TERM-08", 15, (Level("O", "orange", 0, from_due=True), Level("R30", "red", 30)), outlives=True),
        chain=True,
        start=(
            Ref("term.requery_done", None, lambda t: t.data.get("hits", 0) > 0 and t.data.get("est_value_fen", 0) >= 50_000),
            Ref("clue.verified", None, lambda t: t.data.get("result") == "属实"),
        ),
        arms="every",
        when=lambda told, _: told.case is not None and told.case.mode == _TERMINATED,
        stop=(Ref("case.restored"),),
    ),
    Clock(
        part=Part(
            "R-LIST-03.a", 3, (Level("O", "orange", 0, from_due=True), Level("R7", "red", 7)), working=True, outlives=True
        ),
        start=(
            Ref("case.closed", None, lambda t: t.data.get("mode") in (*DONE_MODES, "不予执行")),
            Ref("case.obligation_performed", None, paid_up),
            Ref("case.settlement_outcome", None, lambda t: t.data.get("status") == "performed"),
            Ref("term.requery_done", None, _clean),
            Ref("case.suspended", "on", lambda t: t.data.get("ground") in ("再审", "破产")),
        ),
        when=_twice,
        each=lambda told: [] if told.case is None else [one for one in told.case.debtors if one in told.case.listed],
        match=_debtor_is,
        stop=(Ref("list.removed"),),
    ),
    Clock(
        part=Part(
            "R-LIST-03.b",
            0,
            (Level("O", "orange", 0, from_due=True), Level("R+4", "red", 4, from_due=True, working=True)),
            outlives=True,
        ),
        start=(Ref("list.included"),),
        key="debtor_ref",
        arms="last",
        when=lambda told, _: 2 <= told.data.get("ground", 0) <= 6,
        within=_list_part,
        stop=(Ref("list.removed"),),
    ),
    Clock(
        part=Part(
            "R-LIST-03.d", 3, (Level("O", "orange", 0, from_due=True), Level("R7", "red", 7)), working=True, outlives=True
        ),
        start=(Ref("list.removal_decided", None, lambda t: t.data.get("result") == "准许"),),
        key="debtor_ref",
        arms="every",
        when=lambda told, _: told.case is not None and told.data["debtor_ref"] in told.case.named,
        stop=(Ref("list.removed"),),
    ),
    Clock(
        part=Part("R-CONS-01.d", 0, _O, outlives=True),
        start=(Ref("cons.exempted_once", None, lambda t: t.data.get("until_on") is not None),),
        key="debtor_ref",
        arms="every",
        within=lambda told: _third_open(number(date.fromisoformat(told.data["until_on"]))),
        stop=(Ref("cons.restored"), Ref("cons.ordered")),
        cancel=(Ref("cons.lifted"),),
    ),
    Clock(
        part=Part("R-CONS-01.a", 3, _O, working=True, outlives=True),
        start=(Ref("list.included"),),
        key="debtor_ref",
        arms="every",
        when=lambda told, view: _limits(told, view) <= 0,
        stop=(Ref("cons.ordered"),),
        cancel=(Ref("list.removed"),),
    ),
    Clock(
        part=Part("R-CONS-01.b", 3, _O, working=True, outlives=True),
        start=(*_FINISHED, Ref("case.guarantee_accepted", None, lambda t: t.data.get("by") in ("被执行人", "第三人"))),
        each=lambda told: [] if told.case is None else [one for one in told.case.debtors if one in told.case.limited],
        match=_debtor_is,
        stop=(Ref("cons.lifted"),),
    ),
    Clock(
        part=Part("R-PRES-03.a", 7, _O),
        chain=True,
        start=(Ref("case.filed", None, lambda t: t.data.get("case_type") != "执保"),),
        when=lambda told, view: view.any("pres.executed", told) and not view.any("pres.handed_over", told),
        stop=(Ref("pres.handed_over"),),
    ),
)


def _limits(told: Told, view: View) -> int:
    """How many restrictions of one's spending stand by a fact, over those lifted."""

    def count(kind: str) -> int:
        own = (one for one in view.kinds.get(kind, ()) if one.data["debtor_ref"] == told.data["debtor_ref"])
        return sum(1 for one in own if one.order <= told.order)

    return count("cons.ordered") - count("cons.lifted")
