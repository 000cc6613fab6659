"""The kinds of directives as data: who may issue each, to whom, on what basis and with what limits (docs/directives.md).

A limit that isn't ``statutory`` is ours or the issuer's: shown as 管理参数, or as set by the issuer where there is none.
"""

from contract.courts import COURTS
from contract.duty.directives import UPWARD, KindOfDirective
from contract.duty.people import Role
from contract.events.sup import DirectiveKind

_DIRECTOR: tuple[Role, ...] = ("director", "president")
_PRESIDENT: tuple[Role, ...] = ("president",)
_TAKE_UP = "民事诉讼法第237条；执行规定第74条第2款"

_TABLE = (
    KindOfDirective(kind="督办", by=_DIRECTOR, urgent_days=3, basis="执行规定第71条、第74条", verified=True),
    KindOfDirective(
        kind="督促执行令",
        by=_DIRECTOR,
        to="next",
        due_days=None,
        basis="民事诉讼法第237条；执行程序解释第10条至第12条",
        verified=True,
    ),
    KindOfDirective(kind="指令纠正", by=_PRESIDENT, due_days=5, basis="执行规定第72条", verified=True, statutory=True),
    KindOfDirective(kind="提级", by=_PRESIDENT, basis=_TAKE_UP, verified=True),
    KindOfDirective(kind="指令执行", by=_PRESIDENT, basis=_TAKE_UP, verified=True),
    KindOfDirective(kind="共同执行", by=_PRESIDENT, basis=_TAKE_UP, verified=True),
    KindOfDirective(kind="协同", by=_DIRECTOR, due_days=None, basis="法发〔2024〕9号第三章、第四章", verified=True),
    KindOfDirective(kind="集中", by=_DIRECTOR, due_days=None, basis="法发〔2024〕9号第三章、第四章", verified=True),
    KindOfDirective(kind="约谈", by=_PRESIDENT, due_days=10, basis="执行工作“一案双查”规定"),
    KindOfDirective(kind="通报", by=_PRESIDENT, tiers=("SPC", "HIGH"), basis="法释〔2017〕7号第8条"),
    KindOfDirective(
        kind="暂缓",
        by=_PRESIDENT,
        due_days=None,
        at_most_months=3,
        basis="执行规定第72条、第75条至第77条",
        verified=True,
        statutory=True,
    ),
    KindOfDirective(kind="调卷", by=_DIRECTOR, basis="执行规定第71条"),
    KindOfDirective(kind="协调", by=_DIRECTOR, to="above", basis="执行规定第67条至第70条", verified=True),
    KindOfDirective(kind="请示", by=_DIRECTOR, to="above"),
    KindOfDirective(kind="报请", by=_DIRECTOR, to="above", basis="执行规定第74条第2款"),
    KindOfDirective(kind="请求复议", by=_DIRECTOR, to="above", basis="执行规定第72条", verified=True),
)

KINDS: dict[DirectiveKind, KindOfDirective] = {kind.kind: kind for kind in _TABLE}
RECEIVE_WORKING_DAYS = 2
"""签收 in two working days (管理参数, as R-DIR-01.a counts)."""
RETURNED_DAYS = 7
"""退回 restarts seven civil days (管理参数, as R-DIR-01.c counts)."""
RECONSIDER_DAYS = 5
"""The receiving court may ask for reconsideration of a 指令纠正 for five days (执行规定第72条)."""


def kind_of(kind: DirectiveKind | None) -> KindOfDirective:
    """What holds for a kind; a directive whose event names none is taken for a 督办."""
    return KINDS[kind or "督办"]


def limit_source(kind: DirectiveKind) -> str:
    """Where the limit of a kind comes from, as pages show it."""
    entry = KINDS[kind]
    if entry.statutory:
        return "法定期限"
    return "发令法院指定" if entry.due_days is None else "管理参数"


def may_go(kind: DirectiveKind, from_court: str, to_court: str) -> str | None:
    """Whether a kind may go from one court to another by the tree: None, or the code of what forbids it.

    ``unknown_court``; ``self_directed``; ``order_upward``: an order to a court above; ``request_downward``: a request to
    another court than the one right above; ``outside_subtree``: an order to a court that doesn't stand below; ``not_next``:
    only the court right above may give it; ``wrong_tier``: courts of the issuer's tier may not give it.
    """
    if from_court not in COURTS or to_court not in COURTS:
        return "unknown_court"
    if from_court == to_court:
        return "self_directed"
    if kind in UPWARD:
        return None if COURTS[from_court].parent == to_court else "request_downward"
    return _order(KINDS[kind], from_court, to_court)


def _order(entry: KindOfDirective, from_court: str, to_court: str) -> str | None:
    if COURTS.within(from_court, to_court):
        return "order_upward"
    if not COURTS.within(to_court, from_court):
        return "outside_subtree"
    if entry.to == "next" and COURTS[to_court].parent != from_court:
        return "not_next"
    return "wrong_tier" if entry.tiers and COURTS[from_court].tier not in entry.tiers else None
