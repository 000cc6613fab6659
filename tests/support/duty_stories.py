"""Random stories of the duty room, and how they are played."""

from datetime import timedelta
from typing import Any

from duty_script import BASIC, MIDDLE, Script
from hypothesis import strategies as st

from contract.duty import commands as c

NAMES = ("a", "b", "d")
PEOPLE = ("甲", "乙", "丙", "丁")
EVIDENCE = (("/court/京0105/cms", "e1"),)

names, people = st.sampled_from(NAMES), st.sampled_from(PEOPLE)
deeds = st.one_of(
    st.tuples(st.just("raises"), names, st.sampled_from(("red", "orange", "yellow")), st.booleans()),
    st.tuples(st.just("severity"), names, st.sampled_from(("red", "orange", "yellow"))),
    st.tuples(st.sampled_from(("ends", "reopens", "retracts")), names),
    st.tuples(st.just("advance"), st.sampled_from((1, 5, 10, 30, 240, 1440, 10080)), st.booleans()),
    st.tuples(st.sampled_from(("acknowledge", "wake", "dispute", "unmerge", "close", "second", "resolve")), names, people),
    st.tuples(st.just("escalate"), names, people, st.integers(0, 6)),
    st.tuples(st.just("snooze"), names, people, st.integers(15, 5000)),
    st.tuples(st.just("merge"), names, people, names),
    st.tuples(st.sampled_from(("claim", "sent", "delivered", "failed")), names, st.integers(0, 3)),
    st.tuples(st.just("window"), st.integers(1, 24)),
    st.tuples(st.just("override"), st.sampled_from(("officer", "leader")), st.sampled_from((None, "辛"))),
)

SIMPLE: dict[str, tuple[type, dict[str, Any]]] = {
    "acknowledge": (c.Acknowledge, {}),
    "wake": (c.Wake, {}),
    "dispute": (c.Dispute, {"grounds": "已办"}),
    "unmerge": (c.Unmerge, {}),
    "close": (c.Close, {}),
    "second": (c.Second, {"agreed": True}),
    "resolve": (c.Resolve, {"reason_code": "handled", "reason": "已办", "evidence": EVIDENCE}),
}


def run(story: list[tuple[Any, ...]], **how: Any) -> Script:
    """Play a story."""
    script = prepared(**how)
    for step in story:
        tell(script, *step)
    return script


def prepared(**how: Any) -> Script:
    """Two desks with their people."""
    script = Script(**how)
    script.roster(BASIC, officer="甲", officer_b="乙", technician="技", leader="丙")
    script.roster(MIDDLE, officer="丁", leader="戊")
    return script


def tell(script: Script, what: str, *rest: Any) -> None:
    """Play one step of a story."""
    if what == "advance":
        script.advance(minutes=rest[0], jump=rest[1] or rest[0] > 240)
    elif what == "window":
        script.window(hours=rest[0])
    elif what == "override":
        script.override(rest[0], rest[1], hours=2)
    elif what == "raises":
        if rest[0] not in script.facts:
            script.raises(rest[0], rest[1], hours=rest[2], subject=rest[0])
    elif rest[0] in script.facts:
        _upon(script, what, *rest)


def _upon(script: Script, what: str, name: str, *rest: Any) -> None:
    if what == "severity":
        script.tells(name, "severity", severity=rest[0])
    elif what in {"ends", "reopens", "retracts"}:
        getattr(script, what)(name)
    elif what in SIMPLE:
        kind, fields = SIMPLE[what]
        script.does(rest[0], kind, name, role="director", **fields)
    elif what == "escalate":
        script.does(rest[0], c.Escalate, name, from_level=rest[1])
    elif what == "snooze":
        script.does(rest[0], c.Snooze, name, until=script.now + timedelta(minutes=rest[1]), reason="等")
    elif what == "merge":
        script.does(rest[0], c.Merge, name, into=script.id(rest[1]), into_court=BASIC)
    else:
        _page(script, what, name, rest[0])


def _page(script: Script, what: str, name: str, number: int) -> None:
    pages = script.pages(name)
    if pages:
        page = pages[number % len(pages)]
        if what == "claim":
            script.notifier(c.PageClaim, page["id"], name, channel=page["channel"])
        else:
            script.notifier(c.PageResult, page["id"], name, channel=page["channel"], result=what)
