"""A pack that isn't sound is refused with file, rule and field, and with what would do."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from streams.rules.errors import PackError
from streams.rules.load import load_packs
from streams.rules.model import pack_from_canonical

HEAD = """
[pack]
id = "demo"
version = "1"
events = ["x.a", "x.b"]
ends = ["case.closed"]
"""

SOUND = {
    "id": '"T1"',
    "name": '{ zh = "试", en = "test" }',
    "family": '"inaction"',
    "kind": '"deadline"',
    "start": '"case.filed"',
    "stop": '["case.closed"]',
    "within": '"10 calendar_days"',
    "levels": '[{ severity = "orange", at = "100%" }]',
}


def write(folder: Path, *changes: Mapping[str, str | None], head: str = HEAD) -> Path:
    """A pack file: the head and a rule for each set of changes to a sound one; None leaves a field out."""
    text = head
    for change in changes:
        fields = {**SOUND, **change}
        text += "\n[[rule]]\n" + "".join(f"{name} = {value}\n" for name, value in fields.items() if value is not None)
    path = folder / "demo.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path) -> PackError:
    """The error with which a pack is refused."""
    with pytest.raises(PackError) as caught:
        load_packs([path])
    return caught.value


RULES: list[tuple[dict[str, str | None], str, str]] = [
    ({"kind": '"dedline"'}, "kind", "unknown kind 'dedline'"),
    ({"kind": None}, "kind", "unknown kind None"),
    ({"witihn": '"1 hours"'}, "witihn", "unknown field"),
    ({"levels": '[{ severity = "orange", at = "100%", wehn = "" }]'}, "levels[0].wehn", "unknown field"),
    ({"pause": '[{ from = "case.suspended" }]'}, "pause[0].to", "empty"),
    ({"name": None}, "name", "required"),
    ({"levels": None}, "levels", "required"),
    ({"stop": "[]"}, "stop", "empty"),
    ({"stop": None}, "stop", "required: what fulfils the obligation must be named"),
    ({"within": '"10 weeks"'}, "within", "unknown unit 'weeks'"),
    ({"within": '"-1 hours"'}, "within", "no sign"),
    ({"levels": '[{ severity = "orange", at = "3 moons" }]'}, "levels[0].at", "unknown unit 'moons'"),
    ({"within": '"6 months"', "levels": '[{ severity = "orange", at = "80%" }]'}, "levels[0].at", "only 100%"),
    ({"levels": '[{ severity = "purple", at = "100%" }]'}, "levels[0].severity", "invalid enum value"),
    (
        {"levels": '[{ severity = "red", at = "100%" }, { severity = "orange", at = "200%" }]'},
        "levels[1].severity",
        "out of order",
    ),
    ({"levels": '[{ severity = "yellow", at = "100%" }, { severity = "orange", at = "80%" }]'}, "levels[1].at", "out of order"),
    (
        {"levels": '[{ severity = "yellow", at = "-1 calendar_days" }, { severity = "red", at = "-5 calendar_days" }]'},
        "levels[1].at",
        "out of order",
    ),
    (
        {"levels": '[{ severity = "orange", at = "100%" }, { severity = "red", at = "8 calendar_days" }]'},
        "levels[1].at",
        "out of order",
    ),
    ({"family": '"laziness"'}, "family", "invalid enum value"),
    ({"arms": '"twice"'}, "arms", "invalid enum value"),
    ({"axis": '"recorded"'}, "axis", "invalid enum value"),
    ({"basis": '"custom"'}, "basis", "invalid enum value"),
    ({"outlives": '"yes"'}, "outlives", "expected `bool`"),
    ({"scope": '"a planet"'}, "scope", "unknown scope"),
    ({"key": '["colour"]'}, "key[0]", "unknown field 'colour'"),
    ({"start": '"case.field"'}, "start", "unknown event type 'case.field'"),
    ({"start": '"x.c"'}, "start", "list it in pack.events"),
    ({"start": '"sys.ticked"'}, "start", "control event"),
    ({"start": '"@month:on"'}, "start", "has no field"),
    ({"stop": '["@quarter"]'}, "stop[0]", "stands only where a rule begins"),
    ({"start": '"case.filed:moment_on"'}, "start", "no date or instant called 'moment_on'"),
    ({"start": '"case.filed:claim_fen"'}, "start", "no date or instant called 'claim_fen'"),
    ({"start": '"case filed"'}, "start", "is no reference"),
    ({"start": "[]"}, "start", "empty"),
    ({"stop": '["case.closed", "case.shut"]'}, "stop[1]", "unknown event type 'case.shut'"),
    ({"cancel": '["nothing.here"]'}, "cancel[0]", "unknown event type"),
    ({"extend": '["case.extension_approved"]'}, "extend[0]", "names the field of the new due date"),
    ({"pause": '[{ from = "case.deferred", to = "from:till_on" }]'}, "pause[0].to", "no date or instant called 'till_on'"),
    ({"when": '"event.data.claim_fen >"'}, "when", "no CEL"),
    ({"when": '"evnt.data.claim_fen > 1"'}, "when", "unknown name 'evnt'"),
    ({"when": '"event.data.claim > 1"'}, "when", "unknown field 'claim'"),
    ({"when": '"event.colour == 1"'}, "when", "unknown field 'colour'"),
    ({"when": '"event.data.claim_fen.size > 1"'}, "when", "nothing called 'size'"),
    ({"when": '"nope(1)"'}, "when", "unknown function 'nope'"),
    ({"when": "\"event.data.case_no.reverse() == 'a'\""}, "when", "unknown method 'reverse'"),
    ({"when": '"seen(event.type)"'}, "when", "takes a literal reference"),
    ({"when": "\"seen('case.field')\""}, "when", "unknown event type 'case.field'"),
    ({"when": "\"seen('case.notice_issued:day_on')\""}, "when", "no date or instant called 'day_on'"),
    ({"when": "\"seen('case.closed if event.data.mood == 1')\""}, "when", "unknown field 'mood'"),
    ({"when": "\"sum('fund.disbursed', 'amont_fen') > 0\""}, "when", "unknown field 'amont_fen'"),
    ({"when": "\"count('case.closed', '3 moons') > 0\""}, "when", "unknown unit 'moons'"),
    ({"when": '"seen(\'case.closed if count(\\"case.filed\\", \\"3 moons\\") > 0\')"'}, "when", "unknown unit 'moons'"),
    ({"when": '"days(1)"'}, "when", "takes 2 arguments, not 1"),
    ({"when": '"event.data.claim_fen + 1"'}, "when", "must be true or false"),
    ({"when": '"event.data.case_no > 3"'}, "when", "can't be evaluated on the contract's examples"),
    ({"when": "\"case.colour == 'red'\""}, "when", "unknown field 'colour'"),
    ({"when": "\"case.assets['a'].colour == 'red'\""}, "when", "unknown field 'colour'"),
    ({"when": '"p.n > 1"', "params": "{ m = 1 }"}, "when", "unknown field 'n'"),
    ({"when": '"it > 1"'}, "when", "unknown name 'it'"),
    ({"when": '"debtor.cases.size() > 1"'}, "when", "read by rules of scope 'debtor' only"),
    ({"when": '"interest_fen(case.claim_fen) > 1"'}, "when", "takes 3 arguments, not 1"),
    ({"when": '"prev(value, 1) > 1"'}, "when", "only the levels of a rate"),
    ({"start": '"party.registered"', "when": "\"event.data.pii.name == 'x'\""}, "when", "no rule reads pii"),
    ({"stop": "[\"case.closed if event.data.mode = 'x'\"]"}, "stop[0]", "no CEL"),
    ({"stop": '["case.closed if event.data.paid"]'}, "stop[0]", "unknown field 'paid'"),
    ({"stop": '["case.closed if event.data.paid_fen"]'}, "stop[0]", "must be true or false"),
    ({"match": '"stop.data.asset_id == start.data.case_no"'}, "match", "unknown field 'asset_id'"),
    ({"each": '"start.data.claim_fen"'}, "each", "must give a list"),
    ({"within": '"start.data.fee_fen == 1"'}, "within", "must give a limit"),
    ({"within": "\"start.data.is_nonlitigation ? '3 moons' : '6 moons'\""}, "within", "unknown unit 'moons'"),
    ({"levels": '[{ severity = "orange", at = "100%", when = "event.data.x" }]'}, "levels[0].when", "unknown name 'event'"),
    ({"react": '["own", "mayor"]'}, "react", "unknown desk"),
    ({"hold": '"a while"'}, "hold", "no span"),
    ({"seed": '["S8"]'}, "seed", "no row"),
    ({"effective": "{ from = 2024-01-02, to = 2024-01-01 }"}, "effective.to", "before effective.from"),
    ({"id": '"T 1"'}, "id", "is no id"),
    ({"start": '"alert.raised"'}, "start[0]", "circle of rules reading alerts: T1 reads T1"),
]


@pytest.mark.parametrize(("change", "field", "message"), RULES, ids=[f"{c!r}"[:60] for c, _, _ in RULES])
def test_a_rule_is_refused_by_file_rule_and_field(
    tmp_path: Path, change: dict[str, str | None], field: str, message: str
) -> None:
    """Each thing that a loader can know to be wrong is named where it stands."""
    path = write(tmp_path, change)
    error = refused(path)
    assert error.file == str(path)
    assert error.field == field
    assert message in error.message
    assert str(path) in str(error)
    assert error.rule in ("T1", "number 1")


NAMED = {"id": '"T1"', "name": '{ zh = "试", en = "test" }', "family": '"disorder"'}

OF_KIND: dict[str, dict[str, str | None]] = {
    "sequence": {"before": '"asset.controlled"', "after": '"auction.announced"', "key": '["asset_id"]'},
    "forbidden": {"at": '"asset.controlled"', "when": '"event.data.rank == 1"'},
    "ledger": {"at": '["fund.received", "fund.disbursed"]', "balance": '"case.balance_fen"'},
    "silence": {
        "scope": '"court"',
        "expect": '["case.*"]',
        "within": '"2 hours"',
        "levels": '[{ severity = "yellow", at = "100%" }]',
    },
    "rate": {
        "scope": '"court"',
        "window": '"3 months"',
        "every": '"1 months"',
        "measures": "{ filed = \"count('case.filed')\", closed = \"count('case.closed')\" }",
        "num": '"closed"',
        "den": '"filed"',
        "baseline": '{ of = "self", windows = 24, like = "month" }',
        "levels": '[{ severity = "orange", when = "z > 300 && prev(closed, 1) < value" }]',
    },
}
"""A sound rule of each of the other kinds."""

ONE_CHECK = '{ id = "a", name = "甲", fail = "event.data.rank == 1" }'

KINDS: list[tuple[str, dict[str, str | None], str, str]] = [
    ("sequence", {"before": None}, "before", "required: what has to come first"),
    ("sequence", {"before": "[]"}, "before", "empty: what has to come first"),
    ("sequence", {"after": None}, "after", "required: the events at which it is judged"),
    ("sequence", {"after": '""'}, "after", "empty: the events at which it is judged"),
    ("sequence", {"before": '["asset.controled"]'}, "before[0]", "unknown event type"),
    ("sequence", {"before": '["@month"]'}, "before[0]", "stands only where a rule begins"),
    ("sequence", {"exempt": '"case.owed_fen"'}, "exempt", "must be true or false"),
    ("sequence", {"exempt": '"stop.data.round == 1"'}, "exempt", "unknown name 'stop'"),
    ("sequence", {"arms": '"last"'}, "arms", "judged at events: first or every"),
    (
        "sequence",
        {"within": '"3 months"'},
        "within",
        "has no 'within'; it belongs to deadline, silence",
    ),
    ("sequence", {"when": '"true"'}, "when", "has no 'when'; it belongs to deadline, forbidden, silence"),
    ("sequence", {"levels": '[{ severity = "red", at = "10 calendar_days" }]'}, "levels[0].at", "leave at out"),
    ("sequence", {"levels": '[{ severity = "red", when = "case.owed_fen" }]'}, "levels[0].when", "must be true or false"),
    ("forbidden", {"at": None}, "at", "required: the events at which it is judged"),
    ("forbidden", {"at": "[]"}, "at", "empty: the events at which it is judged"),
    ("forbidden", {"when": None}, "when", "empty: what must not be true"),
    ("forbidden", {"checks": f"[{ONE_CHECK}]"}, "checks", "there is a when already"),
    ("forbidden", {"when": '"event.data.rank"'}, "when", "must be true or false"),
    ("forbidden", {"when": None, "checks": f"[{ONE_CHECK}, {ONE_CHECK}]"}, "checks[1].id", "repeated id 'a'"),
    ("forbidden", {"when": None, "checks": '[{ id = "a b", name = "x", fail = "true" }]'}, "checks[0].id", "is no id"),
    ("forbidden", {"when": None, "checks": '[{ id = "a", name = "x", fail = "" }]'}, "checks[0].fail", "empty"),
    ("forbidden", {"when": None, "checks": '[{ id = "a", name = "x" }]'}, "checks[0].fail", "required"),
    ("forbidden", {"when": None, "checks": '[{ id = "a", name = "x", fail = "1 + 1" }]'}, "checks[0].fail", "true or false"),
    (
        "forbidden",
        {"when": None, "checks": '[{ id = "a", name = "x", fail = "true", severity = "pink" }]'},
        "checks[0].severity",
        "invalid enum value",
    ),
    (
        "forbidden",
        {"when": None, "checks": f"[{ONE_CHECK}]", "levels": '[{ severity = "red" }]'},
        "levels",
        "each of the checks has a severity of its own",
    ),
    ("forbidden", {"sign": "true"}, "sign", "it belongs to ledger"),
    ("forbidden", {"holds": '"yes"'}, "holds", "expected `bool`"),
    ("forbidden", {"clears": '["asset.freed"]'}, "clears[0]", "unknown event type"),
    (
        "forbidden",
        {"levels": '[{ severity = "red" }, { severity = "yellow", when = "true" }]'},
        "levels[1].severity",
        "out of order",
    ),
    ("ledger", {"balance": None}, "balance", "required: the expression"),
    ("ledger", {"balance": '""'}, "balance", "empty: the expression"),
    ("ledger", {"balance": '"case.balance_fen == 0"'}, "balance", "must give a whole number"),
    ("ledger", {"balance": '"1.5"'}, "balance", "must give a whole number"),
    ("ledger", {"tolerance": "-1"}, "tolerance", "must not be negative"),
    ("ledger", {"tolerance": '"1 yuan"'}, "tolerance", "expected `int`"),
    ("ledger", {"sign": "1"}, "sign", "expected `bool`"),
    ("ledger", {"holds": "true"}, "holds", "it belongs to sequence, forbidden"),
    ("ledger", {"levels": '[{ severity = "red", when = "balance" }]'}, "levels[0].when", "must be true or false"),
    ("silence", {"expect": None}, "expect", "required: what is expected"),
    ("silence", {"expect": "[]"}, "expect", "empty: what is expected"),
    ("silence", {"within": '"2 moons"'}, "within", "unknown unit 'moons'"),
    ("silence", {"start": '"case.filed"'}, "start", "it belongs to deadline"),
    ("silence", {"arms": '"first"'}, "arms", "it belongs to deadline, sequence, forbidden, ledger"),
    ("rate", {"window": None}, "window", "required: the window"),
    ("rate", {"window": '""'}, "window", "empty: the window"),
    ("rate", {"window": '"3 moons"'}, "window", "unknown unit 'moons'"),
    ("rate", {"window": '"3 working_days"'}, "window", "is no window"),
    ("rate", {"window": '"0 months"'}, "window", "is no window"),
    ("rate", {"every": '"7 calendar_days"'}, "every", "must count in months as the window does"),
    ("rate", {"every": '"4 months"'}, "every", "longer than the window"),
    ("rate", {"window": '"12 months"', "every": '"5 months"'}, "every", "must divide the year"),
    ("rate", {"measures": "{}"}, "measures", "empty: what is counted"),
    ("rate", {"measures": '{ value = "1" }'}, "measures.value", "nothing else has"),
    ("rate", {"measures": '{ filed = "seen(\'case.filed\')", closed = "1" }'}, "measures.filed", "must give a whole number"),
    ("rate", {"measures": '{ filed = "count(\'case.field\')", closed = "1" }'}, "measures.filed", "unknown event type"),
    ("rate", {"measures": '{ filed = "case.claim_fen", closed = "1" }'}, "measures.filed", "unknown name 'case'"),
    ("rate", {"num": None}, "num", "required: the numerator"),
    ("rate", {"num": '"opened"'}, "num", "unknown name 'opened'"),
    ("rate", {"num": '"closed > 1"'}, "num", "must give a whole number"),
    ("rate", {"den": "\"count('case.filed')\""}, "den", "belongs into measures"),
    ("rate", {"least": "0"}, "least", "at least 1"),
    ("rate", {"baseline": '{ of = "village" }'}, "baseline.of", "invalid enum value"),
    ("rate", {"baseline": "{ windows = 3 }"}, "baseline.of", "required"),
    ("rate", {"baseline": '{ of = "self", windows = 0 }'}, "baseline.windows", "between 1 and 240"),
    ("rate", {"baseline": '{ of = "peers", like = "month" }'}, "baseline.like", "own past"),
    ("rate", {"scope": '"officer"', "baseline": '{ of = "nation" }'}, "baseline.of", "only a rule of scope court"),
    ("rate", {"baseline": None}, "levels[0].when", "this rule has none"),
    ("rate", {"levels": '[{ severity = "red", when = "prev(case, 1) > 1" }]'}, "levels[0].when", "the name of a measure"),
    ("rate", {"levels": '[{ severity = "red", when = "value" }]'}, "levels[0].when", "must be true or false"),
    ("rate", {"levels": '[{ severity = "red", at = "80%" }]'}, "levels[0].at", "leave at out"),
    ("rate", {"scope": '"case"'}, "scope", "counted over many cases"),
    ("rate", {"key": '["asset_id"]'}, "key", "it belongs to deadline"),
    ("rate", {"colour": "1"}, "colour", "unknown field; a rule of kind rate has"),
    ("deadline", {"checks": "[]"}, "checks", "a rule of kind deadline has no 'checks'; it belongs to forbidden"),
    ("deadline", {"balance": '"1"'}, "balance", "it belongs to ledger"),
]


def write_kind(folder: Path, kind: str, change: dict[str, str | None]) -> Path:
    """A pack with a sound rule of a kind, changed."""
    sound = SOUND if kind == "deadline" else dict.fromkeys(SOUND) | NAMED | OF_KIND[kind] | {"kind": f'"{kind}"'}
    return write(folder, {**sound, **change})


@pytest.mark.parametrize("kind", OF_KIND)
def test_the_rules_that_are_changed_here_are_sound(tmp_path: Path, kind: str) -> None:
    """Without the change nothing is refused; the canonical form brings the pack back."""
    (pack,) = load_packs([write_kind(tmp_path, kind, {})])
    assert pack.rule("T1").kind == kind
    assert pack_from_canonical(pack.canonical()) == pack


@pytest.mark.parametrize(
    ("kind", "change", "field", "message"), KINDS, ids=[f"{kind}-{change!r}"[:70] for kind, change, _, _ in KINDS]
)
def test_a_rule_of_each_kind_is_refused(
    tmp_path: Path, kind: str, change: dict[str, str | None], field: str, message: str
) -> None:
    """What a kind asks for, and what belongs to another."""
    error = refused(write_kind(tmp_path, kind, change))
    assert (error.rule, error.field) == ("T1", field)
    assert message in error.message


HEADS = [
    ('[pack]\nid = "demo"\n', "pack.version", "required"),
    ('[pack]\nid = "De mo"\nversion = "1"\n', "pack.id", "is no id"),
    ('[pack]\nid = "demo"\nversion = "1"\ncolour = 1\n', "pack.colour", "unknown field"),
    ('[pack]\nid = "demo"\nversion = "1"\ntimezone = "Mars/Olympus"\n', "pack.timezone", "unknown timezone"),
    ('[pack]\nid = "demo"\nversion = "1"\ncalendar = "us"\n', "pack.calendar", "invalid enum value"),
    ('[pack]\nid = "demo"\nversion = "1"\nhours = ["9-12"]\n', "pack.hours", "no range of hours"),
    ('[pack]\nid = "demo"\nversion = "1"\nevents = ["case.filed"]\n', "pack.events[0]", "no foreign type"),
    ('[pack]\nid = "demo"\nversion = "1"\nends = ["case.over"]\n', "pack.ends[0]", "unknown event type"),
    ('[pack]\nid = "demo"\nversion = "1"\nextends = ["nobody"]\n', "pack.extends[0]", "unknown pack"),
    ('[pack]\nid = "demo"\nversion = "1"\ncourts = ["火0101"]\n', "pack.courts[0]", "unknown court"),
    ("", "pack", "no [pack] table"),
    ('[pack\nid = "demo"\n', "", "no TOML"),
    ('[pack]\nid = "demo"\nversion = "1"\n[rules]\n', "rules", "unknown table"),
]


@pytest.mark.parametrize(("head", "field", "message"), HEADS, ids=[h[-40:] for h, _, _ in HEADS])
def test_a_pack_is_refused_by_file_and_field(tmp_path: Path, head: str, field: str, message: str) -> None:
    """The same for the table of the pack and for the file as a whole."""
    error = refused(write(tmp_path, head=head))
    assert error.field == field
    assert message in error.message


def test_a_repeated_id_is_refused_with_both_places(tmp_path: Path) -> None:
    """Two rules of one id in one pack, even in two files."""
    write(tmp_path, {}).rename(tmp_path / "a.toml")
    write(tmp_path, {}, head="").rename(tmp_path / "b.toml")
    error = refused(tmp_path)
    assert (error.file, error.rule, error.field) == (str(tmp_path / "b.toml"), "T1", "id")
    assert "repeated id" in error.message
    assert "a.toml" in error.message


CIRCLES = [
    ("\"alert.raised if event.data.rule == 'B'\"", "[\"alert.ended if event.data.rule in ['A', 'C']\"]"),
    (
        "\"alert.raised if event.data.severity == 'red' && event.data.rule != 'A'\"",
        "[\"obligation.fulfilled if 'A' == event.data.rule\"]",
    ),
    ("\"alert.* if event.data.rule.startsWith('B')\"", "[\"case.closed if case.alerts['A'].severity == 'red'\"]"),
    ("\"case.filed if 'B' in case.alerts\"", '["case.closed if seen(\'alert.raised if event.data.rule == \\"A\\"\')"]'),
]


@pytest.mark.parametrize(("start", "cancel"), CIRCLES)
def test_a_circle_of_rules_reading_alerts_is_refused(tmp_path: Path, start: str, cancel: str) -> None:
    """Rules that wait for each other's alerts could never be put in an order, whichever way they read them."""
    one, other = {"id": '"A"', "start": start}, {"id": '"B"', "cancel": cancel}
    assert "circle of rules reading alerts: A reads B reads A" in refused(write(tmp_path, one, other)).message


def test_a_rule_that_reads_all_alerts_reads_its_own(tmp_path: Path) -> None:
    """Whoever counts all alerts must leave its own out."""
    error = refused(write(tmp_path, {"cancel": '["alert.raised"]'}))
    assert (error.field, error.message) == ("cancel[0]", "circle of rules reading alerts: T1 reads T1")
    assert load_packs([write(tmp_path, {"cancel": "[\"alert.raised if event.data.rule != 'T1'\"]"})])


def test_a_case_never_reads_the_alerts_of_a_group(tmp_path: Path) -> None:
    """A case would have to wait for the courts of the whole country."""
    group = {"id": '"G"', "scope": '"court"'}
    error = refused(write(tmp_path, group, {"start": "\"alert.raised if event.data.rule == 'G'\""}))
    assert (error.rule, error.field) == ("T1", "start[0]")
    assert "a case never reads a group" in error.message
    wide = {"start": "\"alert.raised if event.data.rule != 'T1'\""}
    assert load_packs([write(tmp_path, group, wide)])


def test_what_is_told_in_confidence_is_read_by_restricted_rules_only(tmp_path: Path) -> None:
    """Interference is recorded in confidence: no common alert tells of it, not even by way of another alert."""
    error = refused(write(tmp_path, {"when": "\"seen('pers.interference_recorded')\""}))
    assert (error.rule, error.field) == ("T1", "when")
    assert "only a rule with restricted = true reads it" in error.message
    kept = {
        "id": '"S"',
        "restricted": "true",
        "start": '"pers.interference_recorded"',
        "stop": '["pers.interference_reported"]',
    }
    assert load_packs([write(tmp_path, kept)])
    error = refused(write(tmp_path, kept, {"cancel": "[\"alert.raised if event.data.rule == 'S'\"]"}))
    assert (error.rule, error.field) == ("T1", "cancel[0]")
    assert "which are restricted" in error.message


def test_a_rule_may_read_the_alerts_of_another(tmp_path: Path) -> None:
    """Without a circle there is an order in which they are judged."""
    (pack,) = load_packs([write(tmp_path, {}, {"id": '"T2"', "start": "\"alert.raised if event.data.rule == 'T1'\""})])
    assert pack.rule("T2").start == ("alert.raised if event.data.rule == 'T1'",)


@pytest.mark.parametrize(
    ("condition", "message"), [("event.data.mood ==", "no CEL"), ("event.data.mood == 1", "unknown field")]
)
def test_conditions_of_a_packs_ends_are_checked(tmp_path: Path, condition: str, message: str) -> None:
    """They are judged for every rule that ends with its case."""
    error = refused(write(tmp_path, {}, head=HEAD.replace('"case.closed"', f'"case.closed if {condition}"')))
    assert error.field == "pack.ends[0]"
    assert message in error.message
