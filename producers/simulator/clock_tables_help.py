"""The time limits of the national pack, restated: help between courts and institutions, supervision, public debtors."""

from datetime import date
from typing import Any

from producers.simulator.clock_tables import day
from producers.simulator.clocks import Clock
from producers.simulator.days import civil, day_of, number
from producers.simulator.parts import Level, Part
from producers.simulator.view import Ref, Told, View

_O = (Level("O", "orange", 0, from_due=True),)
_UPWARD = ("请示", "报请", "请求复议")
_BANKS = ("国有银行", "股份行", "城商行", "农信社")
_REGISTRIES = ("不动产登记", "车管", "证券", "市场监管")


def quarter_end(told: Told) -> int:
    """The last day of the quarter of a fact."""
    at = civil(day_of(told.at))
    month = (at.month + 2) // 3 * 3
    following = date(at.year + month // 12, month % 12 + 1, 1)
    return number(following) - 1


def _matter(told: Told) -> Part | int:
    if told.data.get("due_on") is not None:
        return day(told, "due_on")
    matter = told.data.get("matter")
    days = 7 if matter in ("冻结", "续封", "查封") else 15 if matter in ("送达", "查询", "调查") else 30
    return Part("R-ENTR-02.b", days, _MATTER)


_MATTER = (Level("O", "orange", 0, from_due=True), Level("R+10", "red", 10, from_due=True))
_HELP = (
    Level("Y-1", "yellow", -1, from_due=True, working=True),
    Level("O", "orange", 0, from_due=True),
    Level("R+10", "red", 10, from_due=True, working=True),
)
_ANSWER = (
    Level("Y12", "yellow", 12),
    Level("O", "orange", 0, from_due=True),
    Level("R+10", "red", 10, from_due=True, working=True),
)


def _help(told: Told) -> Part | int:
    if told.data.get("due_on") is not None:
        return day(told, "due_on")
    kind = told.data.get("institution_kind")
    days = 1 if kind in ("网络银行", "非银支付") else 3 if kind in _BANKS else 5 if kind in _REGISTRIES else 10
    return Part("R-ASST-01.a", days, _HELP, working=True)


def _directive(told: Told) -> Part | int:
    return day(told, "due_on") if told.data.get("due_on") is not None else Part("R-DIR-01.b", 15, _ORDER, outlives=True)


_ORDER = (
    Level("Y-3", "yellow", -3, from_due=True, unless_requested=True),
    Level("O", "orange", 0, from_due=True, unless_requested=True),
    Level("R+7", "red", 7, from_due=True),
)


def _same_directive(told: Told, start: Told, _: Any) -> bool:
    return bool(told.data.get("directive_id") in (None, start.data["directive_id"]))


def _objected(told: Told, view: View) -> bool:
    asked = view.ref(told)
    return asked is not None and asked.data.get("institution_kind") in (*_BANKS, "网络银行")


def _own_court(told: Told, view: View) -> bool:
    asked = view.ref(told)
    about: str | None = None if asked is None else asked.data.get("about_court")
    return about is None or about == told.court


_GOV = Ref("party.registered", None, lambda t: t.data["role"] == "被执行" and t.data.get("kind") == "gov")


HELP_CLOCKS: tuple[Clock, ...] = (
    Clock(
        part=Part("R-COOP-01", 15, (Level("Y12", "yellow", 12), Level("O", "orange", 15), Level("R30", "red", 30))),
        start=(Ref("case.basis_query_sent"),),
        key="query_id",
        stop=(Ref("case.basis_query_answered"),),
    ),
    Clock(
        part=Part("R-ENTR-02.a", 3, (Level("Y", "yellow", 3),)),
        start=(Ref("entr.sent", None, lambda t: t.data.get("kind") == "事项"),),
        key="entr_id",
        stop=(Ref("entr.accepted"),),
        cancel=(Ref("entr.returned"), Ref("entr.replied")),
    ),
    Clock(
        part=Part("R-ENTR-02.b", 30, _MATTER),
        start=(Ref("entr.sent", None, lambda t: t.data.get("kind") == "事项"),),
        key="entr_id",
        within=_matter,
        stop=(Ref("entr.replied"),),
        cancel=(Ref("entr.returned"),),
    ),
    Clock(
        part=Part("R-ASST-01.a", 10, _HELP, working=True),
        start=(Ref("coord.assist_requested", None, lambda t: t.data.get("kind") != "到期债权"),),
        key="assist_id",
        within=_help,
        stop=(Ref("coord.assist_replied"),),
    ),
    Clock(
        part=Part("R-ASST-01.b", 15, _ANSWER),
        start=(Ref("coord.assist_requested", "served_on", lambda t: t.data.get("kind") == "到期债权"),),
        key="assist_id",
        stop=(Ref("coord.assist_replied"),),
    ),
    Clock(
        part=Part("R-ASST-01.c", 15, _ANSWER),
        start=(Ref("coord.assist_replied", None, lambda t: t.data.get("result") == "objected"),),
        when=_objected,
        key="assist_id",
        stop=(Ref("coord.objection_answered"),),
    ),
    Clock(
        part=Part("R-INTF-01.b", 0, (Level("R", "red", 0, from_due=True),), outlives=True),
        start=(Ref("pers.interference_recorded", None, lambda t: t.data.get("affects_case") is not True),),
        key="rec_id",
        within=quarter_end,
        stop=(Ref("pers.interference_reported"),),
    ),
    Clock(
        part=Part("R-PET-01.a", 5, _O, working=True, outlives=True),
        start=(Ref("pet.received"),),
        key="pet_id",
        stop=(Ref("pet.registered"),),
    ),
    Clock(
        part=Part(
            "R-PET-01.b",
            30,
            (Level("Y25", "yellow", 25), Level("O", "orange", 30), Level("R30w", "red", 30, working=True)),
            outlives=True,
        ),
        start=(Ref("pet.registered"),),
        when=_own_court,
        key="pet_id",
        stop=(Ref("pet.resolved", "petitioner_told_on"),),
    ),
    Clock(
        part=Part("R-PET-01.c", 15, _O, working=True, outlives=True),
        start=(Ref("pet.received"),),
        when=lambda told, _: told.data.get("about_court") not in (None, told.court),
        key="pet_id",
        stop=(Ref("pet.triaged"),),
    ),
    Clock(
        part=Part("R-DIR-01.a", 2, _O, working=True, outlives=True),
        start=(Ref("sup.directive_issued", None, lambda t: t.data.get("kind") not in _UPWARD),),
        key="directive_id",
        stop=(Ref("sup.directive_received"),),
        cancel=(Ref("sup.directive_closed"),),
    ),
    Clock(
        part=Part("R-DIR-01.b", 15, _ORDER, outlives=True),
        start=(Ref("sup.directive_issued", None, lambda t: t.data.get("kind") not in _UPWARD),),
        key="directive_id",
        match=_same_directive,
        within=_directive,
        stop=(
            Ref("sup.directive_closed", None, lambda t: t.data.get("verdict") == "合格"),
            Ref("case.closed"),
            Ref("case.transferred"),
        ),
        cancel=(Ref("sup.directive_closed", None, lambda t: t.data.get("verdict") in ("退回", "升级")),),
        unless=(Ref("sup.feedback_submitted"),),
    ),
    Clock(
        part=Part("R-DIR-01.c", 7, _O, outlives=True),
        start=(Ref("sup.directive_closed", None, lambda t: t.data.get("verdict") == "退回"),),
        key="directive_id",
        arms="last",
        match=_same_directive,
        stop=(
            Ref("sup.directive_closed", None, lambda t: t.data.get("verdict") == "合格"),
            Ref("case.closed"),
            Ref("case.transferred"),
        ),
        cancel=(Ref("sup.directive_closed", None, lambda t: t.data.get("verdict") == "升级"),),
    ),
    Clock(
        part=Part("R-DIR-02", 0, (Level("R", "red", 0, from_due=True, unless_requested=True),), outlives=True),
        start=(
            Ref(
                "sup.directive_issued", None, lambda t: t.data.get("kind") == "督促执行令" and t.data.get("due_on") is not None
            ),
        ),
        arms="every",
        within=lambda told: day(told, "due_on"),
        match=lambda told, start, element: (
            not told.kind.startswith("sup.") or told.kind == "sup.directive_issued" or _same_directive(told, start, element)
        ),
        stop=(
            Ref("case.closed"),
            Ref("case.transferred"),
            Ref("sup.directive_issued", None, lambda t: t.data.get("kind") in ("提级", "指令执行")),
        ),
        cancel=(Ref("sup.directive_closed", None, lambda t: t.data.get("verdict") == "合格"),),
        unless=(Ref("sup.feedback_submitted", None, lambda t: t.data.get("result") == "理由说明"),),
    ),
    Clock(
        part=Part("R-GOV-01.a", 30, (Level("Y", "yellow", 30),)),
        start=(_GOV,),
        stop=(Ref("pers.talk_held", None, lambda t: t.data.get("target_kind") == "党政机关负责人"),),
    ),
    Clock(
        part=Part("R-GOV-01.b", 0, _O, months=3),
        start=(_GOV,),
        stop=(
            Ref("coord.suggestion_sent"),
            Ref("list.institution_notified", None, lambda t: t.data.get("institution_kind") == "上级"),
        ),
    ),
    Clock(
        part=Part("R-GOV-01.c", 0, (Level("R", "red", 0, from_due=True),), months=6),
        start=(_GOV,),
        stop=(Ref("sup.bulletin_issued", None, lambda t: "地方党委" in t.data.get("to_kinds", ())),),
    ),
)
