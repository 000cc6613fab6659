"""A pack that isn't sound is refused with file, rule and field, and with what would do."""

from pathlib import Path

import pytest
from refusals import HEAD, refused, write

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


@pytest.mark.parametrize(
    ("condition", "message"), [("event.data.mood ==", "no CEL"), ("event.data.mood == 1", "unknown field")]
)
def test_conditions_of_a_packs_ends_are_checked(tmp_path: Path, condition: str, message: str) -> None:
    """They are judged for every rule that ends with its case."""
    error = refused(write(tmp_path, {}, head=HEAD.replace('"case.closed"', f'"case.closed if {condition}"')))
    assert error.field == "pack.ends[0]"
    assert message in error.message
