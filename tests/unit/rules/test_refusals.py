"""A pack that isn't sound is refused with file, rule and field, and with what would do."""

from pathlib import Path

import pytest
from refusals import HEAD, refused, says, write

RULES: list[tuple[dict[str, str | None], str, str]] = [
    ({"kind": '"dedline"'}, "kind", "unknown kind 'dedline'; there are deadline, sequence, forbidden, ledger, silence, rate"),
    ({"kind": None}, "kind", "required: one of deadline, sequence, forbidden, ledger, silence, rate"),
    ({"witihn": '"1 hours"'}, "witihn", "unknown field; a rule of kind deadline has …"),
    (
        {"levels": '[{ severity = "orange", at = "100%", wehn = "" }]'},
        "levels[0].wehn",
        "unknown field; there are severity, at, when, react, basis",
    ),
    ({"pause": '[{ from = "case.suspended" }]'}, "pause[0].to", "empty: what ends the pause must be named"),
    ({"name": None}, "name", 'required: what the rule is called must be given: { zh = "…", en = "…" }'),
    ({"levels": None}, "levels", "required: a level must be given"),
    ({"stop": "[]"}, "stop", "empty: what fulfils the obligation must be named"),
    ({"stop": None}, "stop", "required: what fulfils the obligation must be named"),
    ({"within": '"10 weeks"'}, "within", "unknown unit 'weeks' in '10 weeks': write N unit…"),
    (
        {"within": '"-1 hours"'},
        "within",
        "a limit has no sign: '-1 hours'; only a level's distance from the due instant has one",
    ),
    (
        {"levels": '[{ severity = "orange", at = "3 moons" }]'},
        "levels[0].at",
        "unknown unit 'moons' in '3 moons': write N unit…",
    ),
    (
        {"within": '"6 months"', "levels": '[{ severity = "orange", at = "80%" }]'},
        "levels[0].at",
        "a level at 80% needs one limit in hours or days; for months, dates and lists only 100% has a meaning",
    ),
    ({"levels": '[{ severity = "purple", at = "100%" }]'}, "levels[0].severity", "'purple' is none of yellow, orange, red"),
    (
        {"levels": '[{ severity = "red", at = "100%" }, { severity = "orange", at = "200%" }]'},
        "levels[1].severity",
        "out of order: a severity only rises from one level to the next",
    ),
    (
        {"levels": '[{ severity = "yellow", at = "100%" }, { severity = "orange", at = "80%" }]'},
        "levels[1].at",
        "out of order: 80% comes before a level that stands ahead of it",
    ),
    (
        {"levels": '[{ severity = "yellow", at = "-1 calendar_days" }, { severity = "red", at = "-5 calendar_days" }]'},
        "levels[1].at",
        "out of order: -5 calendar_days comes before a level that stands ahead of it",
    ),
    (
        {"levels": '[{ severity = "orange", at = "100%" }, { severity = "red", at = "8 calendar_days" }]'},
        "levels[1].at",
        "out of order: 8 calendar_days comes before a level that stands ahead of it",
    ),
    ({"family": '"laziness"'}, "family", "'laziness' is none of inaction, disorder, evasion, assistance, data"),
    ({"arms": '"twice"'}, "arms", "'twice' is none of first, every, last"),
    ({"axis": '"recorded"'}, "axis", "'recorded' is none of time, received"),
    ({"basis": '"custom"'}, "basis", "'custom' is none of statutory, management"),
    ({"outlives": '"yes"'}, "outlives", "must be true or false, without quotes, not text"),
    (
        {"scope": '"a planet"'},
        "scope",
        "unknown scope 'a planet'; there are case, chain, debtor, officer, court and fields of events",
    ),
    (
        {"scope": '"cse"'},
        "scope",
        "unknown scope 'cse'; there are case, chain, debtor, officer, court and fields of events",
    ),
    ({"key": '["colour"]'}, "key[0]", "unknown field 'colour'; a key is the name of a field, such as asset_id"),
    ({"start": '"case.field"'}, "start", "unknown event type 'case.field'; it is no type of this version's contract"),
    ({"start": '"x.c"'}, "start", "unknown event type 'x.c'; list it in pack.events"),
    ({"start": '"sys.ticked"'}, "start", "sys.ticked is a control event; rules read facts"),
    ({"start": '"@month:on"'}, "start", "@month has no field and stands only where a rule begins: in start, after or at"),
    (
        {"start": "\"case.filed if seen('@quarter')\""},
        "start[0]",
        "@quarter has no field and stands only where a rule begins: in start, after or at",
    ),
    ({"stop": '["@quarter"]'}, "stop[0]", "@quarter has no field and stands only where a rule begins: in start, after or at"),
    ({"start": '"case.filed:moment_on"'}, "start", "case.filed has no date or instant called 'moment_on'"),
    ({"start": '"case.filed:claim_fen"'}, "start", "case.filed has no date or instant called 'claim_fen'"),
    (
        {"start": '"case filed"'},
        "start",
        "'case filed' is no reference; write type, type:field or either followed by ' if CEL'",
    ),
    ({"start": "[]"}, "start", "empty: what arms the rule must be named"),
    (
        {"stop": '["case.closed", "case.shut"]'},
        "stop[1]",
        "unknown event type 'case.shut'; it is no type of this version's contract",
    ),
    (
        {"cancel": '["nothing.here"]'},
        "cancel[0]",
        "unknown event type 'nothing.here'; it is no type of this version's contract",
    ),
    ({"extend": '["case.extension_approved"]'}, "extend[0]", "an extension names the field of the new due date: type:field"),
    (
        {"pause": '[{ from = "case.deferred", to = "from:till_on" }]'},
        "pause[0].to",
        "case.deferred has no date or instant called 'till_on'",
    ),
    ({"when": '"event.data.claim_fen >"'}, "when", "no CEL: it goes wrong at '>', in 'event.data.claim_fen >'"),
    ({"when": '"evnt.data.claim_fen > 1"'}, "when", "unknown name 'evnt'; here there are case, event, p, start"),
    ({"when": '"event.data.claim > 1"'}, "when", "unknown field 'claim'; there are …"),
    ({"when": '"event.colour == 1"'}, "when", "unknown field 'colour'; there are …"),
    ({"when": '"event.data.claim_fen.size > 1"'}, "when", "there is nothing called 'size' below a plain value or list"),
    ({"when": '"nope(1)"'}, "when", "unknown function 'nope'; there are …"),
    ({"when": "\"event.data.case_no.reverse() == 'a'\""}, "when", "unknown method 'reverse'; there are …"),
    ({"when": '"seen(event.type)"'}, "when", "seen() takes a literal reference, such as seen('case.filed')"),
    ({"when": "\"seen('case.field')\""}, "when", "unknown event type 'case.field'; it is no type of this version's contract"),
    ({"when": "\"seen('case.notice_issued:day_on')\""}, "when", "case.notice_issued has no date or instant called 'day_on'"),
    (
        {"when": "\"seen('case.closed if event.data.mood == 1')\""},
        "when",
        "unknown field 'mood'; there are …",
    ),
    ({"when": "\"sum('fund.disbursed', 'amont_fen') > 0\""}, "when", "unknown field 'amont_fen' in sum('fund.disbursed', …)"),
    ({"when": "\"count('case.closed', '3 moons') > 0\""}, "when", "unknown unit 'moons' in '3 moons': write N unit…"),
    (
        {"when": '"seen(\'case.closed if count(\\"case.filed\\", \\"3 moons\\") > 0\')"'},
        "when",
        "unknown unit 'moons' in '3 moons': write N unit…",
    ),
    ({"when": '"days(1)"'}, "when", "days() takes 2 arguments, not 1"),
    ({"when": '"event.data.claim_fen + 1"'}, "when", "must be true or false, not 1000001"),
    (
        {"when": '"event.data.case_no > 3"'},
        "when",
        "can't be evaluated on the contract's examples: the operands are of different types, such as text and a number",
    ),
    ({"when": "\"case.colour == 'red'\""}, "when", "unknown field 'colour'; there are …"),
    ({"when": "\"case.assets['a'].colour == 'red'\""}, "when", "unknown field 'colour'; there are …"),
    ({"when": '"p.n > 1"', "params": "{ m = 1 }"}, "when", "unknown field 'n'; there are m"),
    ({"when": '"it > 1"'}, "when", "unknown name 'it'; here there are case, event, p, start"),
    (
        {"when": '"debtor.cases.size() > 1"'},
        "when",
        "'debtor' is read by rules of scope 'debtor' only; here there are case, event, p, start",
    ),
    ({"when": '"interest_fen(case.claim_fen) > 1"'}, "when", "interest_fen() takes 3 arguments, not 1"),
    ({"when": '"prev(value, 1) > 1"'}, "when", "prev() looks at earlier windows: only the levels of a rate have them"),
    ({"start": '"party.registered"', "when": "\"event.data.pii.name == 'x'\""}, "when", "no rule reads pii"),
    (
        {"stop": "[\"case.closed if event.data.mode = 'x'\"]"},
        "stop[0]",
        "no CEL: it goes wrong at \"= 'x'\", in \"event.data.mode = 'x'\"",
    ),
    (
        {"stop": '["case.closed if event.data.paid"]'},
        "stop[0]",
        "unknown field 'paid'; there are …",
    ),
    ({"stop": '["case.closed if event.data.paid_fen"]'}, "stop[0]", "must be true or false, not 1000000"),
    (
        {"match": '"stop.data.asset_id == start.data.case_no"'},
        "match",
        "unknown field 'asset_id'; there are …",
    ),
    ({"each": '"start.data.claim_fen"'}, "each", "must give a list, not 1000000"),
    (
        {"within": '"start.data.fee_fen == 1"'},
        "within",
        "must give a limit such as '10 calendar_days', a number of calendar days, a date or a list, not False",
    ),
    (
        {"within": "\"start.data.is_nonlitigation ? '3 moons' : '6 moons'\""},
        "within",
        "unknown unit 'moons' in '3 moons': write N unit…",
    ),
    (
        {"levels": '[{ severity = "orange", at = "100%", when = "event.data.x" }]'},
        "levels[0].when",
        "unknown name 'event'; here there are case, p, start",
    ),
    ({"react": '["own", "mayor"]'}, "react", "unknown desk in 'mayor'; there are …"),
    ({"hold": '"a while"'}, "hold", "'a while' is no span such as 10 minutes or 1 working_days"),
    ({"seed": '["S8"]'}, "seed", "'S8' is no row of the coverage table such as S-08"),
    ({"effective": "{ from = 2024-01-02, to = 2024-01-01 }"}, "effective.to", "before effective.from"),
    ({"id": '"T 1"'}, "id", "'T 1' is no id such as R-OBJ-01.b"),
    (
        {"start": '"alert.raised"'},
        "start[0]",
        "circle of rules reading alerts: T1 reads T1; say in a condition which it means, such as event.data.rule != 'T1'",
    ),
    ({"name": '""'}, "name", 'empty: what the rule is called must be given: { zh = "…", en = "…" }'),
    ({"name": '{ fr = "x" }'}, "name.fr", "unknown field; there are zh, en"),
    ({"name": "1"}, "name", "must be a table, in { }, not a whole number"),
    (
        {"family": None},
        "family",
        "required: what the rule is about must be given: inaction, disorder, evasion, assistance or data",
    ),
    ({"id": None}, "id", "required: an id such as R-OBJ-01.b"),
    ({"kind": '"rate"'}, "start", "a rule of kind rate has no 'start'; it belongs to deadline"),
    ({"within": '"10calendar_days"'}, "within", "'10calendar_days' is no limit: write N unit…"),
    ({"within": '"1.5 hours"'}, "within", "'1.5 hours' is no limit: write N unit…"),
    (
        {"within": '"2024-01-01"'},
        "within",
        "2024-01-01 is a subtraction in CEL: write the date in quotes of its own, \"'2024-01-01'\"",
    ),
    ({"within": "5"}, "within[0]", "must be text in quotes, not a whole number"),
    ({"within": '"10000000 hours"'}, "within", "'10000000 hours' is no limit: write N unit…"),
    (
        {"levels": '[{ severity = "orange" }]'},
        "levels[0].at",
        "required: when the level is reached; write 100%, 15 calendar_days (from the start), -5 calendar_days or…",
    ),
    (
        {"levels": '[{ severity = "orange", at = "80.5%" }]'},
        "levels[0].at",
        "'80.5%' is no level: a percentage is a whole number without a sign, such as 80%",
    ),
    (
        {"levels": '[{ severity = "orange", at = "+1 working_hours" }]'},
        "levels[0].at",
        "'+1 working_hours': a level can't lie working hours from the due instant; use hours or working_days",
    ),
    ({"levels": '[{ at = "100%" }]'}, "levels[0].severity", "required"),
    ({"levels": '{ severity = "orange" }'}, "levels", "must be a list, in [ ], not a table"),
    ({"levels": '[{ severity = "orange", at = 3 }]'}, "levels[0].at", "must be text in quotes, not a whole number"),
    ({"key": '"asset_id"'}, "key", "must be a list, in [ ], not text"),
    ({"key": '[""]'}, "key[0]", "unknown field ''; a key is the name of a field, such as asset_id"),
    (
        {"start": '"case.*"', "key": '["colour"]'},
        "key[0]",
        "unknown field 'colour'; a key is the name of a field, such as asset_id",
    ),
    ({"effective": '{ from = "soon" }'}, "effective.from", "must be a date such as 2024-01-31"),
    ({"effective": "{ since = 2024-01-01 }"}, "effective.since", "unknown field; there are from, to"),
    ({"citation": '[{ number = "1" }]'}, "citation[0].document", "required"),
    (
        {"citation": '[{ document = "x", checked = true }]'},
        "citation[0].checked",
        "unknown field; there are document, number, article, verified",
    ),
    ({"params": "{ a = nan }"}, "params.a", "nan is no number that can be written exactly: at most 2^53 - 1 either way"),
    (
        {"params": "{ a = 9007199254740993 }"},
        "params.a",
        "9007199254740993 is no number that can be written exactly: at most 2^53 - 1 either way",
    ),
    ({"params": '{ "a b" = 1 }'}, "params.a b", "no name that CEL can read as p.name: letters, digits and '_'"),
    ({"params": '{ a = "1" }'}, "params[...]", "must be a number, not text"),
    ({"hold": '"99999999 hours"'}, "hold", "'99999999 hours' is no span such as 10 minutes or 1 working_days"),
    (
        {"react": '["own:start.data.nope"]'},
        "react",
        "'start.data.nope' names no court: write start.data. and a field of the start, such as to_court",
    ),
    (
        {"react": '["own:event.data.case_no"]'},
        "react",
        "'event.data.case_no' names no court: write start.data. and a field of the start, such as to_court",
    ),
    (
        {"levels": '[{ severity = "orange", at = "100%", react = ["mayor"] }]'},
        "levels[0].react",
        "unknown desk in 'mayor'; there are …",
    ),
    ({"pause": '{ from = "case.suspended", to = "case.stay_ended" }'}, "pause", "must be a list, in [ ], not a table"),
    ({"pause": '[{ to = "case.stay_ended" }]'}, "pause[0].from", "required"),
    (
        {"pause": '[{ from = "case.suspend", to = "case.stay_ended" }]'},
        "pause[0].from",
        "unknown event type 'case.suspend'; it is no type of this version's contract",
    ),
    (
        {"pause": '[{ from = "case.suspended", to = "case.stayed" }]'},
        "pause[0].to",
        "unknown event type 'case.stayed'; it is no type of this version's contract",
    ),
    (
        {"pause": '[{ from = "case.suspended if event.data.x", to = "case.stay_ended" }]'},
        "pause[0].from",
        "unknown field 'x'; there are …",
    ),
    ({"pause": '[{ from = "case.suspended", to = "case.stay_ended if 1" }]'}, "pause[0].to", "must be true or false, not 1"),
    (
        {"cancel": '["case.closed if event.data.x"]'},
        "cancel[0]",
        "unknown field 'x'; there are …",
    ),
    (
        {"extend": '["case.extension_approved:until_on if event.data.x"]'},
        "extend[0]",
        "unknown field 'x'; there are …",
    ),
    ({"when": "\"seen('')\""}, "when", "seen() takes a literal reference, such as seen('case.filed')"),
    (
        {"when": "\"count('case.filed', 3) > 1\""},
        "when",
        (
            "count() takes a span as its last argument, a literal such as '3 months', or the time of an event, "
            "such as last('case.filed').time"
        ),
    ),
    (
        {"when": "\"count('case.filed', '-3 months') > 1\""},
        "when",
        "a limit has no sign: '-3 months'; only a level's distance from the due instant has one",
    ),
    (
        {"when": "\"sum('case.filed', 'case_no') > 1\""},
        "when",
        "'case_no' is no number of case.filed: sum() adds whole numbers, such as fields in _fen",
    ),
    (
        {"when": "\"sum('case.filed', event.type) > 1\""},
        "when",
        "sum() takes the name of a field as its second argument, a literal",
    ),
    (
        {"when": "\"last('case.closed if event.data.mood == 1').time > event.time\""},
        "when",
        "unknown field 'mood'; there are …",
    ),
    ({"when": "\"seen('@month')\""}, "when", "@month has no field and stands only where a rule begins: in start, after or at"),
    ({"when": "\"seen('sys.ticked')\""}, "when", "sys.ticked is a control event; rules read facts"),
    ({"when": "\"seen('x.zzz')\""}, "when", "unknown event type 'x.zzz'; list it in pack.events"),
    ({"when": '"1 / 0 == 1"'}, "when", "can't be evaluated on the contract's examples: division by zero in CEL expression"),
    (
        {"when": "\"add(event.time, '1 moons') == ''\""},
        "when",
        "can't be evaluated on the contract's examples: add(): unknown unit 'moons' in '+1 moons': write N unit…",
    ),
    (
        {"when": "\"end_of('week', event.time) == ''\""},
        "when",
        "can't be evaluated on the contract's examples: end_of(): 'week' is no period: month, quarter or year",
    ),
    (
        {"when": "\"days(event.time, 'soon') > 1\""},
        "when",
        "can't be evaluated on the contract's examples: days(): 'soon' is not an RFC 3339 instant such as…",
    ),
    ({"when": '"size(1) > 0"'}, "when", "can't be evaluated on the contract's examples: size() can't take what it is given"),
    (
        {"when": "\"event.data.case_no.matches('(')\""},
        "when",
        "can't be evaluated on the contract's examples: matches(): '(' not a valid regex: regex parse error: ( ^…",
    ),
    (
        {"when": "\"event.data.case_no + 1 == ''\""},
        "when",
        "can't be evaluated on the contract's examples: Unsupported operation: string + int",
    ),
    ({"when": '"has(1)"'}, "when", "has() takes a path such as event.data.kind"),
    ({"when": '"has(event.colour)"'}, "when", "unknown field 'colour'; there are …"),
    ({"when": '"event.data[event.type] == 1"'}, "when", "an index needs a list, a map or a literal name"),
    ({"when": '"event.data.tags.exists(t)"'}, "when", "exists() takes a variable and an expression"),
    ({"when": '"event.data.claim_fen.exists(t, true)"'}, "when", "exists() needs a list or a map"),
    ({"when": "\"case.parties.all(q, q.role == 'x')\""}, "when", "there is nothing called 'role' below a plain value or list"),
    ({"when": '".event.data.claim_fen > 1"'}, "when", "names have no leading dot: .event"),
    ({"when": '"google.protobuf.Any{} == 1"'}, "when", "messages can't be made in a rule"),
    (
        {"when": f'"{"(" * 200}true{")" * 200}"'},
        "when",
        "no CEL: nested too deeply; write it with fewer brackets",
    ),
    ({"when": '"true &&"'}, "when", "no CEL: it goes wrong at '&&', in 'true &&'"),
    ({"when": '"p.n > 1"'}, "when", "unknown field 'n'; there are none"),
    (
        {"each": '"[1, 2]"', "within": '"it > 1"'},
        "within",
        "must give a limit such as '10 calendar_days', a number of calendar days, a date or a list, not False",
    ),
    ({"each": '"start.data.nope"'}, "each", "unknown field 'nope'; there are …"),
    ({"within": '["5 working_days", "nope"]'}, "within[1]", "unknown name 'nope'; here there are case, event, p, start"),
    ({"match": '"stop.data.paid_fen"'}, "match", "must be true or false, not 1000000"),
    ({"start": '"@quarter:on"'}, "start", "@quarter has no field and stands only where a rule begins: in start, after or at"),
    (
        {"start": '["case.filed", "case.restor"]'},
        "start[1]",
        "unknown event type 'case.restor'; it is no type of this version's contract",
    ),
    (
        {"start": "\"alert.raised if event.data.rule == 'R-OBJ-1'\""},
        "start[0]",
        "\"alert.raised if event.data.rule == 'R-OBJ-1'\" means no rule of this pack, nor of one that it extends; …",
    ),
    (
        {"within": '"2024-3-1"'},
        "within",
        "2024-3-1 is a subtraction in CEL: write the date in quotes of its own, \"'2024-3-1'\"",
    ),
    ({"start": '"sys.gap_opened"'}, "start[0]", "sys.gap_opened stands in the history of a court only; write scope = 'court'"),
    ({"when": "\"count('sys.event_rejected') > 3\""}, "when", "sys.event_rejected stands in the history of a court only; …"),
]
"""(change of a sound rule, field, message); a message that ends with … says more, such as a list of names."""


@pytest.mark.parametrize(("change", "field", "message"), RULES, ids=[f"{c!r}"[:60] for c, _, _ in RULES])
def test_a_rule_is_refused_by_file_rule_and_field(
    tmp_path: Path, change: dict[str, str | None], field: str, message: str
) -> None:
    """Each thing that a loader can know to be wrong is named where it stands."""
    path = write(tmp_path, change)
    error = refused(path)
    assert error.file == str(path)
    assert error.field == field
    assert says(error, message)
    assert str(path) in str(error)
    assert error.rule in ("T1", "number 1")


HEADS = [
    ('[pack]\nid = "demo"\n', "pack.version", "required"),
    ('[pack]\nid = "De mo"\nversion = "1"\n', "pack.id", "'De mo' is no id: lower-case letters, digits, '.', '_' and '-'"),
    ('[pack]\nid = "demo"\nversion = "1"\ncolour = 1\n', "pack.colour", "unknown field; a pack has …"),
    (
        '[pack]\nid = "demo"\nversion = "1"\ntimezone = "Mars/Olympus"\n',
        "pack.timezone",
        "unknown timezone 'Mars/Olympus'; write one such as Asia/Shanghai",
    ),
    ('[pack]\nid = "demo"\nversion = "1"\ncalendar = "us"\n', "pack.calendar", "'us' is none of cn, none"),
    ('[pack]\nid = "demo"\nversion = "1"\nhours = ["9-12"]\n', "pack.hours", "'9-12' is no range of hours such as 09:00-12:00"),
    (
        '[pack]\nid = "demo"\nversion = "1"\nevents = ["case.filed"]\n',
        "pack.events[0]",
        "'case.filed' is no foreign type: each is named whole and begins with 'x.', such as x.create_fine",
    ),
    (
        '[pack]\nid = "demo"\nversion = "1"\nends = ["case.over"]\n',
        "pack.ends[0]",
        "unknown event type 'case.over'; it is no type of this version's contract",
    ),
    (
        '[pack]\nid = "demo"\nversion = "1"\nextends = ["nobody"]\n',
        "pack.extends[0]",
        "unknown pack 'nobody'; load it before, or it is 'cn'",
    ),
    (
        '[pack]\nid = "demo"\nversion = "1"\ncourts = ["火0101"]\n',
        "pack.courts[0]",
        "unknown court '火0101'; a court is named by its code (法院代字)",
    ),
    ("", "pack", "there is no [pack] table"),
    ('[pack\nid = "demo"\n', "", "no TOML: Expected ']' at the end of a table declaration (at line 1, column 6)"),
    ('[pack]\nid = "demo"\nversion = "1"\n[rules]\n', "rules", "unknown table; there are [pack] and [[rule]]"),
    ('[pack]\nid = "demo"\nversion = 1\n', "pack.version", "must be text in quotes, not a whole number"),
    (
        '[pack]\nid = "demo"\nversion = "1"\nhours = []\n',
        "pack.hours",
        "empty: name a working day's hours, such as 09:00-17:00, or leave it out",
    ),
    (
        '[pack]\nid = "demo"\nversion = "1"\nhours = ["09:00-12:00", "11:00-13:00"]\n',
        "pack.hours",
        "'11:00-13:00' begins before the range ahead of it ends; list the hours in order, apart",
    ),
    (
        '[pack]\nid = "demo"\nversion = "1"\ntimezone = "America"\n',
        "pack.timezone",
        "unknown timezone 'America'; write one such as Asia/Shanghai",
    ),
    (
        '[pack]\nid = "demo"\nversion = "1"\nevents = ["x.*"]\n',
        "pack.events[0]",
        "'x.*' is no foreign type: each is named whole and begins with 'x.', such as x.create_fine",
    ),
    (
        '[pack]\nid = "demo"\nversion = "1"\nends = ["case.closed:nope"]\n',
        "pack.ends[0]",
        "case.closed has no date or instant called 'nope'",
    ),
    ('[pack]\nid = "demo"\nversion = "1"\nextends = "cn"\n', "pack.extends", "must be a list, in [ ], not text"),
    (
        '[pack]\nid = "demo"\nversion = "1"\nextends = ["demo"]\n',
        "pack.extends[0]",
        "unknown pack 'demo'; load it before, or it is 'cn'",
    ),
    ('[pack]\nversion = "1"\n', "pack.id", "required"),
    ("pack = 1\n", "pack", "must be a table: [pack]"),
    ('rule = 1\n[pack]\nid = "demo"\nversion = "1"\n', "rule", "must be tables: [[rule]]"),
]


@pytest.mark.parametrize(("head", "field", "message"), HEADS, ids=[h[-40:] for h, _, _ in HEADS])
def test_a_pack_is_refused_by_file_and_field(tmp_path: Path, head: str, field: str, message: str) -> None:
    """The same for the table of the pack and for the file as a whole."""
    error = refused(write(tmp_path, head=head))
    assert error.field == field
    assert says(error, message)


def test_a_repeated_id_is_refused_with_both_places(tmp_path: Path) -> None:
    """Two rules of one id in one pack, even in two files."""
    write(tmp_path, {}).rename(tmp_path / "a.toml")
    write(tmp_path, {}, head="").rename(tmp_path / "b.toml")
    error = refused(tmp_path)
    assert (error.file, error.rule, error.field) == (str(tmp_path / "b.toml"), "T1", "id")
    assert "repeated id" in error.message
    assert "a.toml" in error.message


def test_a_longer_circle_names_its_way(tmp_path: Path) -> None:
    """Each rule reads the alerts of the next, and the last those of the first."""
    rules = {"A": "B", "B": "C", "C": "A"}
    changes = [
        {"id": f'"{name}"', "start": f"\"alert.raised if event.data.rule == '{other}'\""} for name, other in rules.items()
    ]
    error = refused(write(tmp_path, *changes))
    assert (error.rule, error.field) == ("A", "start[0]")
    assert error.message.startswith("circle of rules reading alerts: A reads B reads C reads A; ")


def test_the_whole_message_names_file_rule_and_field(tmp_path: Path) -> None:
    """In one line."""
    path = write(tmp_path, {"within": '"10 weeks"'})
    assert str(refused(path)).startswith(f"{path}: rule T1: within: unknown unit 'weeks' in '10 weeks': write N unit, ")


@pytest.mark.parametrize(
    ("condition", "message"), [("event.data.mood ==", "no CEL"), ("event.data.mood == 1", "unknown field")]
)
def test_conditions_of_a_packs_ends_are_checked(tmp_path: Path, condition: str, message: str) -> None:
    """They are judged for every rule that ends with its case."""
    error = refused(write(tmp_path, {}, head=HEAD.replace('"case.closed"', f'"case.closed if {condition}"')))
    assert error.field == "pack.ends[0]"
    assert message in error.message
