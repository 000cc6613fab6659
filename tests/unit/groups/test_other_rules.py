"""Rules of groups that change in the midst of a log: what a change doesn't bear on is not told again."""

from pathlib import Path
from typing import Any

import pytest

from contract.control import pack_activated, ticked
from contract.envelope import Event
from streams.cases.outputs import TransitionOut
from streams.offline import Supervision
from streams.rules.load import load_packs
from streams.rules.model import Pack

HEAD = '[pack]\nid = "{name}"\nversion = "{version}"\ncalendar = "none"\n'
RULE = """
[[rule]]
id = "{rule}"
name = {{ zh = "同一被执行人", en = "same debtor" }}
family = "inaction"
kind = "deadline"
scope = "{scope}"
arms = "every"
start = "case.filed"
stop = ["case.closed"]
within = "5 calendar_days"
outlives = true
levels = [{{ severity = "yellow", at = "100%" }}]
"""


def pack(folder: Path, name: str, version: str, **rules: str) -> Pack:
    """A pack of rules, each of its scope."""
    path = folder / f"{name}{version}.toml"
    text = "".join(RULE.format(rule=rule, scope=scope) for rule, scope in rules.items())
    path.write_text(HEAD.format(name=name, version=version) + text, encoding="utf-8")
    return load_packs([path])[0]


def activated(number: int, when: Any, pack: Pack, **more: Any) -> Event:
    """A pack is activated."""
    return pack_activated(number, when, pack=pack.id, version=pack.version, sha256=pack.sha256, **more)


@pytest.mark.usefixtures("few_courts")
def test_a_rule_more_in_one_pack_tells_nothing_of_another(kit: Any, tmp_path: Path) -> None:
    """The rules of later packs are judged one place later: their alerts stand as they stood, and nobody hears of them."""
    first, second = pack(tmp_path, "one", "1", A="court"), pack(tmp_path, "one", "2", A="court", B="court")
    other = pack(tmp_path, "two", "1", C="court", D="debtor")
    party = {"party_ref": "p", "role": "被执行"}
    events = [
        activated(1, kit.at(0), first),
        activated(2, kit.at(0), other),
        ticked(3, kit.at(0)),
        kit.filed("c1", 1),
        kit.happened("party.registered", 2, party, case="c1"),
        ticked(4, kit.at(10)),
        activated(5, kit.at(10), second, from_at=kit.at(20)),
        ticked(6, kit.at(11)),
    ]
    supervision = Supervision([first, second, other])
    steps = [step for number, event in enumerate(events, 1) for step in supervision.read(number, event)]
    assert not supervision.refusals, supervision.refusals
    assert [step for step in steps if not isinstance(step, TransitionOut)] == []
    told = [(step.transition, step.alert.rule) for step in steps if isinstance(step, TransitionOut)]
    assert sorted(told) == [("raised", "A"), ("raised", "C"), ("raised", "D")]
