"""Who may ask what: every cell of the table, and each thing that is forbidden by name."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, get_args

import msgspec
import pytest

from contract.duty import commands as c
from contract.duty.directive_kinds import KINDS, may_go
from contract.duty.directives import UPWARD, DirectiveRecord
from contract.duty.people import Principal, Role, part_of_system
from contract.duty.policy import Policies
from contract.duty.rights import RIGHTS, Relation, sees, standing
from contract.duty.roster import Override, Rota
from streams.duty.outcome import Refusal, name_of
from streams.duty.rights import refusal

pytestmark = pytest.mark.unit

NOW = datetime(2024, 3, 1, 1, tzinfo=UTC)
OWN, UP1, HIGH, BESIDE, BELOW_HIGH = "粤0604", "粤06", "粤", "粤0605", "粤01"


def person(role: Role, court: str = OWN, account: str = "甲") -> Principal:
    """Somebody with a role at a court; a kiosk and a part of the system as they come in."""
    if role == "system":
        return part_of_system("duty")
    return Principal(account=account, role=role, court=court, via="kiosk" if role == "kiosk" else "session")


def alert(**other: Any) -> Any:
    """An alert of the basic court, as far as rights read it."""
    return SimpleNamespace(**({"court": OWN, "rule": "R-DATA-01.a", "pending": None} | other))


def directive(**other: Any) -> DirectiveRecord:
    """A directive from the intermediate court to the basic one, which was issued."""
    base: dict[str, Any] = {"id": "d", "kind": "督办", "from_court": UP1, "to_court": OWN, "subject": "s", "rootid": "s"}
    issued: dict[str, Any] = {"drafted_by": ("/sys/duty",), "state": "issued", "issued_at": NOW}
    return DirectiveRecord(**(base | issued | other))


def draft(**other: Any) -> DirectiveRecord:
    """The same before its issue."""
    return directive(**({"state": "drafted", "issued_at": None} | other))


_SAMPLES: dict[type, Any] = {
    str: "x",
    int: 1,
    bool: True,
    datetime: NOW,
    Override: Override(id="0" * 32, rota=OWN, post="officer", start=NOW, end=NOW),
    Rota: Rota(id=OWN, court=OWN, from_on=NOW.date(), rotations=()),
    Policies: Policies(id="p", version="1", policies=()),
    c.Window: c.Window(id="w", court=OWN, start=NOW, end=NOW),
    c.RuleFacts: c.RuleFacts(),
}


def command(kind: type[c.Command], principal: Principal, **other: Any) -> Any:
    """A command of a kind about the basic court, with something in every field that must be filled."""
    target = f"roster/{OWN}" if kind.__struct_config__.tag.split(".")[0] in {"roster", "window"} else "x"
    given: dict[str, Any] = {"id": "0" * 32, "target": target, "principal": principal, "at": NOW, "into_court": OWN}
    given |= {"from_court": UP1, "to_court": OWN, "directive_kind": "督办"} | other
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    made = {name: value for name, value in given.items() if name in fields}
    for name, field in fields.items():
        if field.required and name not in made:
            options = get_args(field.type)
            made[name] = options[0] if options and isinstance(options[0], str) else _SAMPLES.get(field.type, {})
    return kind(**made)


KINDS_OF_COMMANDS = {kind.__struct_config__.tag: kind for kind in get_args(c.AnyCommand)}
COURT_OF: dict[str, dict[Relation, str]] = {
    "alert": {"own": OWN, "above": HIGH},
    "directive": {"from": UP1, "to": OWN},
}


def ask(name: str, principal: Principal, record: Any = None, **other: Any) -> str | None:
    """The code with which a command is refused, None if it isn't."""
    noun = name.split(".", maxsplit=1)[0]
    record = record or (directive() if noun == "directive" else alert())
    found = refusal(principal, command(KINDS_OF_COMMANDS[name], principal, **other), record)
    return None if found is None else found.code


def test_the_table_knows_every_command_of_the_log() -> None:
    """A command without a line could not be judged."""
    assert set(RIGHTS) == set(KINDS_OF_COMMANDS)


@pytest.mark.parametrize("role", get_args(Role))
@pytest.mark.parametrize("name", RIGHTS)
def test_each_cell_allows_what_it_says_and_nothing_else(name: str, role: Role) -> None:
    """From every standing: what the cell names is allowed, everything else is refused with a code and a sentence."""
    courts = COURT_OF.get(name.split(".", maxsplit=1)[0], COURT_OF["alert"])
    allowed = RIGHTS[name].roles.get(role, ())
    for relation, court in courts.items():
        found = ask(name, person(role, court))
        assert (found is None) == (relation in allowed or "any" in allowed), (relation, found)
    for stranger in (BESIDE, BELOW_HIGH):
        assert role == "system" or ask(name, person(role, stranger)) is not None


@pytest.mark.parametrize("name", sorted(RIGHTS))
@pytest.mark.parametrize("role", ["kiosk", "reader", "discipline", "fund_clerk", "case_officer"])
def test_the_wall_outsiders_and_case_officers_give_no_command(name: str, role: Role) -> None:
    """Read-only roles, and officers whose real events alone end an alert."""
    assert ask(name, person(role)) is not None


@pytest.mark.parametrize(
    ("name", "principal", "code"),
    [
        pytest.param("alert.acknowledge", person("kiosk"), "kiosk_read_only", id="the kiosk acknowledges"),
        pytest.param(
            "alert.acknowledge",
            Principal(account="大屏", role="director", court=OWN, via="kiosk"),
            "kiosk_read_only",
            id="a kiosk token with another role",
        ),
        pytest.param("alert.acknowledge", person("director", BESIDE), "not_your_court", id="the court beside"),
        pytest.param("alert.acknowledge", person("director", "粤060499"), "unknown_court", id="a court that isn't"),
        pytest.param("alert.acknowledge", person("system"), "named_person", id="a part of the system has it"),
        pytest.param("alert.told", person("director"), "system_only", id="a person tells of an alert"),
        pytest.param("page.claim", person("director"), "system_only", id="a person claims a page"),
        pytest.param(
            "alert.told", Principal(account="甲", role="system", court="最高法"), "forged_system", id="a session as the system"
        ),
        pytest.param(
            "tick",
            Principal(account="甲", role="system", court="最高法", via="system"),
            "forged_system",
            id="a person's account",
        ),
        pytest.param("alert.resolve", person("case_officer"), "only_by_events", id="a case officer resolves"),
        pytest.param("alert.close", person("case_officer"), "only_by_events", id="a case officer closes"),
        pytest.param("alert.close", person("president"), "not_superior", id="the own court closes"),
        pytest.param("alert.answer_dispute", person("president"), "not_superior", id="answering the own dispute"),
        pytest.param("alert.dispute", person("president", UP1), "own_court_only", id="the superior disputes"),
        pytest.param("roster.set", person("president", UP1), "own_court_only", id="the superior sets the roster"),
        pytest.param("roster.set", person("duty_officer"), "role_may_not", id="an officer sets the roster"),
        pytest.param("directive.issue", person("president"), "self_approval", id="the receiving court issues"),
        pytest.param("directive.verdict", person("president"), "self_approval", id="the receiving court judges"),
        pytest.param("directive.answer", person("director", UP1), "other_side", id="the issuer answers"),
        pytest.param("directive.issue", person("president", HIGH), "not_party", id="a third court issues"),
        pytest.param("directive.issue", person("system"), "named_person", id="the engine issues"),
        pytest.param("directive.issue", person("duty_officer", UP1), "role_may_not", id="an officer issues"),
    ],
)
def test_what_is_forbidden_is_named(name: str, principal: Principal, code: str) -> None:
    """Each forbidden thing has a stable code."""
    assert ask(name, principal) == code


def test_a_refusal_says_why_in_chinese() -> None:
    """The sentence names the court or role."""
    principal = person("director", BESIDE)
    found = refusal(principal, command(c.Acknowledge, principal), alert())
    assert found == Refusal("not_your_court", "属广东省佛山市禅城区人民法院，不在本院及下级法院范围内")
    assert name_of(command(c.Acknowledge, principal)) == "alert.acknowledge"


def test_what_does_not_exist_is_refused() -> None:
    """Neither an alert nor a directive that nobody told of."""
    principal = person("director")
    for kind in (c.Acknowledge, c.DirectiveReceive):
        found = refusal(principal, command(kind, principal), None)
        assert found is not None
        assert found.code == "unknown_target"


def test_an_alert_is_merged_into_one_of_another_court_only_by_a_common_superior() -> None:
    """Neither by its own court, nor by one that is above one of the two alone."""
    assert ask("alert.merge", person("director", OWN), into_court=OWN) is None
    assert ask("alert.merge", person("director", OWN), into_court=BESIDE) == "other_court_merge"
    assert ask("alert.merge", person("director", UP1), into_court=BELOW_HIGH) == "other_court_merge"
    assert ask("alert.merge", person("director", UP1), into_court=BESIDE) is None


def test_the_second_person_is_another_person() -> None:
    """Who asked for the resolution can't agree to it."""
    asked = alert(pending=SimpleNamespace(by="甲"))
    assert ask("alert.second", person("director", account="甲"), asked) == "self_approval"
    assert ask("alert.second", person("director", account="乙"), asked) is None


def test_a_technician_answers_alerts_of_feeds_only() -> None:
    """No business payload."""
    assert ask("alert.acknowledge", person("technician"), alert(rule="R-DATA-02")) is None
    assert ask("alert.acknowledge", person("technician"), alert(rule="R-TIME-01")) == "technical_only"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_goes_only_where_it_may(kind: Any) -> None:
    """Orders down the tree, requests to the court right above; nothing sideways or to oneself."""
    down, up = may_go(kind, HIGH, UP1), may_go(kind, OWN, UP1)
    if kind in UPWARD:
        assert (down, up, may_go(kind, OWN, HIGH)) == ("request_downward", None, "request_downward")
    else:
        assert (down, up, may_go(kind, OWN, HIGH)) == (None, "order_upward", "order_upward")
        assert may_go(kind, HIGH, OWN) == ("not_next" if kind == "督促执行令" else None)
    assert may_go(kind, OWN, OWN) == "self_directed"
    assert may_go(kind, OWN, "月0604") == "unknown_court"
    assert may_go(kind, UP1, "粤0105") == ("request_downward" if kind in UPWARD else "outside_subtree")


def test_a_bulletin_is_issued_by_high_courts_and_the_supreme_court() -> None:
    """通报 is no instrument of an intermediate court."""
    assert [may_go("通报", court, OWN) for court in ("最高法", HIGH, UP1)] == [None, None, "wrong_tier"]


@pytest.mark.parametrize("kind", sorted(set(KINDS) - UPWARD))
def test_each_kind_is_signed_by_who_may(kind: Any) -> None:
    """指令, 提级, 约谈, 通报 and 暂缓 need the president."""
    record = directive(kind=kind, from_court=HIGH, to_court=UP1)
    found = {role for role in get_args(Role) if ask("directive.issue", person(role, HIGH), record) is None}
    presidential = {"指令纠正", "提级", "指令执行", "共同执行", "约谈", "通报", "暂缓"}
    assert found == ({"president"} if kind in presidential else {"president", "director"})


def test_who_drafted_does_not_issue() -> None:
    """拟稿 and 签发 are two people; a draft of the engine's is issued by anybody who may."""
    mine = directive(drafted_by=("/sys/duty", "甲"))
    assert ask("directive.issue", person("director", UP1, "甲"), mine) == "self_approval"
    assert ask("directive.issue", person("director", UP1, "乙"), mine) is None
    assert ask("directive.issue", person("director", UP1, "甲"), directive()) is None


def test_an_order_upward_is_refused_when_drafted_and_when_issued() -> None:
    """Whoever drafts it; a request goes."""
    up = {"from_court": OWN, "to_court": UP1}
    assert ask("directive.draft", person("president"), directive(**up), **up) == "order_upward"
    assert ask("directive.draft", person("system"), directive(**up), **up) == "order_upward"
    assert ask("directive.issue", person("president"), directive(**up)) == "order_upward"
    assert ask("directive.draft", person("president"), directive(kind="请示", **up), directive_kind="请示", **up) is None


def test_a_draft_keeps_its_courts() -> None:
    """Nobody turns another court's draft round."""
    assert ask("directive.draft", person("director", HIGH), draft(), from_court=HIGH) == "not_party"
    assert ask("directive.draft", person("director", UP1), draft(), to_court=BESIDE) == "other_courts"


@pytest.mark.parametrize("state", ["drafted", "withdrawn"])
def test_a_draft_is_known_to_its_giver_and_those_above_alone(state: Any) -> None:
    """To its addressee, to the courts between and to strangers it is as one that isn't there, whatever they ask."""
    record = draft(state=state, from_court=HIGH)
    asks = [name for name in KINDS_OF_COMMANDS if name.startswith("directive.")]
    for name in asks:
        for court in (OWN, UP1, BESIDE, "京"):
            principal = person("president", court)
            found = refusal(principal, command(KINDS_OF_COMMANDS[name], principal, from_court=HIGH), record)
            assert found == Refusal("unknown_target", "没有这件指令"), (name, court)
    assert ask("directive.issue", person("president", HIGH), record) is None
    assert ask("directive.issue", person("president", "最高法"), record) == "not_party"
    issued = directive(from_court=HIGH)
    assert ask("directive.receive", person("president", OWN), issued) is None
    assert ask("directive.receive", person("president", UP1), issued) == "not_party"
    assert ask("directive.receive", person("president", BESIDE), issued) == "unknown_target"


def test_a_draft_is_written_in_the_name_of_the_own_court() -> None:
    """Even where there is no draft yet."""
    principal = person("director", HIGH)
    found = refusal(principal, command(c.DirectiveDraft, principal), None)
    assert found is not None
    assert found.code == "not_party"


def test_the_leader_of_the_week_sets_the_roster_whatever_the_role() -> None:
    """Of the own desk only."""
    for court, expected in ((OWN, True), (BESIDE, False), (UP1, False)):
        principal = person("duty_officer", court)
        assert (refusal(principal, command(c.OverrideSet, principal), None, leads=True) is None) == expected
    principal = person("duty_officer")
    assert refusal(principal, command(c.WindowSet, principal), None, leads=True) is not None


def test_a_window_is_about_the_court_whose_roster_it_is_told_to() -> None:
    """Or a superior could hold pages of a court outside the subtree."""
    window = c.Window(id="w", court=BESIDE, start=NOW, end=NOW)
    assert ask("window.set", person("director"), window=window) == "not_your_court"


def test_a_case_is_seen_by_the_subtree_and_by_its_counterparts() -> None:
    """One case is opened to the court that it was entrusted to; nothing else of that court."""
    assert sees(person("director", HIGH), OWN)
    assert not sees(person("director", BESIDE), OWN)
    assert sees(person("director", BESIDE), OWN, [BESIDE])
    assert not sees(person("director", OWN), UP1)
    assert not any(sees(person(role), OWN) for role in ("kiosk", "reader", "technician"))
    assert standing("粤060499", OWN) is None
