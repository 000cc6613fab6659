"""A rule of each kind that isn't sound is refused with file, rule and field, and with what would do."""

from pathlib import Path

import pytest
from refusals import SOUND, refused, says, write

from streams.rules.load import load_packs
from streams.rules.model import pack_from_canonical

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
    ("sequence", {"before": None}, "before", "required: what has to come first must be named"),
    ("sequence", {"before": "[]"}, "before", "empty: what has to come first must be named"),
    ("sequence", {"after": None}, "after", "required: the events at which it is judged must be named"),
    ("sequence", {"after": '""'}, "after", "empty: the events at which it is judged must be named"),
    (
        "sequence",
        {"before": '["asset.controled"]'},
        "before[0]",
        "unknown event type 'asset.controled'; it is no type of this version's contract",
    ),
    (
        "sequence",
        {"before": '["@month"]'},
        "before[0]",
        "@month has no field and stands only where a rule begins: in start, after or at",
    ),
    ("sequence", {"exempt": '"case.owed_fen"'}, "exempt", "must be true or false, not 1010000"),
    ("sequence", {"exempt": '"stop.data.round == 1"'}, "exempt", "unknown name 'stop'; here there are case, event, p, start"),
    ("sequence", {"arms": '"last"'}, "arms", "a rule of kind sequence is judged at events: first or every"),
    (
        "sequence",
        {"within": '"3 months"'},
        "within",
        "a rule of kind sequence has no 'within'; it belongs to deadline, silence",
    ),
    (
        "sequence",
        {"when": '"true"'},
        "when",
        "a rule of kind sequence has no 'when'; it belongs to deadline, forbidden, silence",
    ),
    (
        "sequence",
        {"levels": '[{ severity = "red", at = "10 calendar_days" }]'},
        "levels[0].at",
        "a level of kind sequence is reached when the rule is judged; leave at out",
    ),
    (
        "sequence",
        {"levels": '[{ severity = "red", when = "case.owed_fen" }]'},
        "levels[0].when",
        "must be true or false, not 1010000",
    ),
    ("forbidden", {"at": None}, "at", "required: the events at which it is judged must be named"),
    ("forbidden", {"at": "[]"}, "at", "empty: the events at which it is judged must be named"),
    ("forbidden", {"when": None}, "when", "empty: what must not be true stands in when, or in checks"),
    (
        "forbidden",
        {"checks": f"[{ONE_CHECK}]"},
        "checks",
        "there is a when already; put it among the checks, or leave the checks out",
    ),
    ("forbidden", {"when": '"event.data.rank"'}, "when", "must be true or false, not 1"),
    (
        "forbidden",
        {
            "when": None,
            "checks": f"[{ONE_CHECK}, {ONE_CHECK}]",
        },
        "checks[1].id",
        "repeated id 'a'",
    ),
    (
        "forbidden",
        {"when": None, "checks": '[{ id = "a b", name = "x", fail = "true" }]'},
        "checks[0].id",
        "'a b' is no id: letters, digits, '.', '_' and '-'",
    ),
    (
        "forbidden",
        {"when": None, "checks": '[{ id = "a", name = "x", fail = "" }]'},
        "checks[0].fail",
        "empty: what must not be true has to be written",
    ),
    ("forbidden", {"when": None, "checks": '[{ id = "a", name = "x" }]'}, "checks[0].fail", "required"),
    (
        "forbidden",
        {"when": None, "checks": '[{ id = "a", name = "x", fail = "1 + 1" }]'},
        "checks[0].fail",
        "must be true or false, not 2",
    ),
    (
        "forbidden",
        {"when": None, "checks": '[{ id = "a", name = "x", fail = "true", severity = "pink" }]'},
        "checks[0].severity",
        "'pink' is none of yellow, orange, red",
    ),
    (
        "forbidden",
        {
            "when": None,
            "checks": f"[{ONE_CHECK}]",
            "levels": '[{ severity = "red" }]',
        },
        "levels",
        "each of the checks has a severity of its own; leave levels out",
    ),
    ("forbidden", {"sign": "true"}, "sign", "a rule of kind forbidden has no 'sign'; it belongs to ledger"),
    ("forbidden", {"holds": '"yes"'}, "holds", "must be true or false, without quotes, not text"),
    (
        "forbidden",
        {"clears": '["asset.freed"]'},
        "clears[0]",
        "unknown event type 'asset.freed'; it is no type of this version's contract",
    ),
    (
        "forbidden",
        {"levels": '[{ severity = "red" }, { severity = "yellow", when = "true" }]'},
        "levels[1].severity",
        "out of order: a severity only rises from one level to the next",
    ),
    ("ledger", {"balance": None}, "balance", "required: the expression that gives the balance in fen must be written"),
    ("ledger", {"balance": '""'}, "balance", "empty: the expression that gives the balance in fen must be written"),
    ("ledger", {"balance": '"case.balance_fen == 0"'}, "balance", "must give a whole number, not True"),
    ("ledger", {"balance": '"1.5"'}, "balance", "must give a whole number, not 1.5"),
    ("ledger", {"tolerance": "-1"}, "tolerance", "must not be negative: up to so many fen beside 0 are let pass"),
    ("ledger", {"tolerance": '"1 yuan"'}, "tolerance", "must be a whole number, not text"),
    ("ledger", {"sign": "1"}, "sign", "must be true or false, without quotes, not a whole number"),
    ("ledger", {"holds": "true"}, "holds", "a rule of kind ledger has no 'holds'; it belongs to sequence, forbidden"),
    ("ledger", {"levels": '[{ severity = "red", when = "balance" }]'}, "levels[0].when", "must be true or false, not 1"),
    ("silence", {"expect": None}, "expect", "required: what is expected must be named"),
    ("silence", {"expect": "[]"}, "expect", "empty: what is expected must be named"),
    ("silence", {"within": '"2 moons"'}, "within", "unknown unit 'moons' in '2 moons': write N unit…"),
    ("silence", {"start": '"case.filed"'}, "start", "a rule of kind silence has no 'start'; it belongs to deadline"),
    (
        "silence",
        {"arms": '"first"'},
        "arms",
        "a rule of kind silence has no 'arms'; it belongs to deadline, sequence, forbidden, ledger",
    ),
    ("rate", {"window": None}, "window", "required: the window must be given, such as '1 months'"),
    ("rate", {"window": '""'}, "window", "empty: the window must be given, such as '1 months'"),
    ("rate", {"window": '"3 moons"'}, "window", "unknown unit 'moons' in '3 moons': write N unit…"),
    (
        "rate",
        {"window": '"3 working_days"'},
        "window",
        "'3 working_days' is no window: write N months, N calendar_days or N hours, N at least 1",
    ),
    (
        "rate",
        {"window": '"0 months"'},
        "window",
        "'0 months' is no window: write N months, N calendar_days or N hours, N at least 1",
    ),
    ("rate", {"every": '"7 calendar_days"'}, "every", "must count in months as the window does, not calendar_days"),
    ("rate", {"every": '"4 months"'}, "every", "longer than the window: what lies between two windows would never be counted"),
    (
        "rate",
        {"window": '"12 months"', "every": '"5 months"'},
        "every",
        "a step in months must divide the year: 1, 2, 3, 4, 6 or 12 months",
    ),
    ("rate", {"measures": "{}"}, "measures", "empty: what is counted must be named"),
    ("rate", {"measures": '{ value = "1" }'}, "measures.value", "must be a name of lower-case letters that nothing else has"),
    (
        "rate",
        {"measures": '{ filed = "seen(\'case.filed\')", closed = "1" }'},
        "measures.filed",
        "must give a whole number, not True",
    ),
    (
        "rate",
        {"measures": '{ filed = "count(\'case.field\')", closed = "1" }'},
        "measures.filed",
        "unknown event type 'case.field'; it is no type of this version's contract",
    ),
    (
        "rate",
        {"measures": '{ filed = "case.claim_fen", closed = "1" }'},
        "measures.filed",
        "unknown name 'case'; here there are p",
    ),
    ("rate", {"num": None}, "num", "required: the numerator must be given, over the names of measures"),
    ("rate", {"num": '"opened"'}, "num", "unknown name 'opened'; here there are closed, filed, p"),
    ("rate", {"num": '"closed > 1"'}, "num", "must give a whole number, not False"),
    ("rate", {"den": "\"count('case.filed')\""}, "den", "count() belongs into measures; name what it counts there"),
    ("rate", {"least": "0"}, "least", "must be at least 1: below so many in the denominator nothing is judged"),
    ("rate", {"baseline": '{ of = "village" }'}, "baseline.of", "'village' is none of self, peers, nation"),
    ("rate", {"baseline": "{ windows = 3 }"}, "baseline.of", "required"),
    ("rate", {"baseline": '{ of = "self", windows = 0 }'}, "baseline.windows", "must lie between 1 and 240"),
    (
        "rate",
        {"baseline": '{ of = "peers", like = "month" }'},
        "baseline.like",
        "only a scope's own past, in windows of months, has months of the same number",
    ),
    (
        "rate",
        {"scope": '"officer"', "baseline": '{ of = "nation" }'},
        "baseline.of",
        "nation are courts: only a rule of scope court compares with them",
    ),
    ("rate", {"baseline": None}, "levels[0].when", "median and z compare with a baseline, and this rule has none"),
    (
        "rate",
        {"levels": '[{ severity = "red", when = "prev(case, 1) > 1" }]'},
        "levels[0].when",
        "prev() takes value or the name of a measure, and how many windows back: prev(value, 1)",
    ),
    ("rate", {"levels": '[{ severity = "red", when = "value" }]'}, "levels[0].when", "must be true or false, not 1"),
    (
        "rate",
        {"levels": '[{ severity = "red", at = "80%" }]'},
        "levels[0].at",
        "a level of kind rate is reached when the rule is judged; leave at out",
    ),
    ("rate", {"scope": '"case"'}, "scope", "a rate is counted over many cases: scope court, officer, debtor or a field"),
    (
        "rate",
        {"key": '["asset_id"]'},
        "key",
        "a rule of kind rate has no 'key'; it belongs to deadline, sequence, forbidden, ledger, silence",
    ),
    ("rate", {"colour": "1"}, "colour", "unknown field; a rule of kind rate has …"),
    ("deadline", {"checks": "[]"}, "checks", "a rule of kind deadline has no 'checks'; it belongs to forbidden"),
    ("deadline", {"balance": '"1"'}, "balance", "a rule of kind deadline has no 'balance'; it belongs to ledger"),
    ("sequence", {"match": '"start.data.x"'}, "match", "unknown field 'x'; there are …"),
    ("sequence", {"key": "1"}, "key", "must be a list, in [ ], not a whole number"),
    ("forbidden", {"match": '"true"'}, "match", "nothing to compare with the start: the rule has no cancel or clears"),
    (
        "forbidden",
        {"when": '"case.owed_fen / 0 > 1"'},
        "when",
        "can't be evaluated on the contract's examples: division by zero in CEL expression",
    ),
    (
        "forbidden",
        {"within": '"1 hours"'},
        "within",
        "a rule of kind forbidden has no 'within'; it belongs to deadline, silence",
    ),
    ("forbidden", {"start": '"case.filed"'}, "start", "a rule of kind forbidden has no 'start'; it belongs to deadline"),
    ("forbidden", {"each": '"1"'}, "each", "must give a list, not 1"),
    ("ledger", {"tolerance": "9007199254740993"}, "tolerance", "too great to be written exactly: at most 2^53 - 1"),
    (
        "ledger",
        {"balance": "\"sum('fund.received', 'amount')\""},
        "balance",
        "unknown field 'amount' in sum('fund.received', …)",
    ),
    ("ledger", {"when": '"true"'}, "when", "a rule of kind ledger has no 'when'; it belongs to deadline, forbidden, silence"),
    ("ledger", {"stop": '["case.closed"]'}, "stop", "a rule of kind ledger has no 'stop'; it belongs to deadline"),
    ("silence", {"stop": '["case.closed"]'}, "stop", "a rule of kind silence has no 'stop'; it belongs to deadline"),
    ("silence", {"expect": '["case.*:on", "x.zz"]'}, "expect[1]", "unknown event type 'x.zz'; list it in pack.events"),
    (
        "silence",
        {"levels": '[{ severity = "yellow" }]'},
        "levels[0].at",
        "required: when the level is reached; write 100%, 15 calendar_days (from the start), -5 calendar_days or…",
    ),
    ("rate", {"least": "9007199254740993"}, "least", "too great to be written exactly: at most 2^53 - 1"),
    ("rate", {"baseline": '{ of = "self", window = 3 }'}, "baseline.window", "unknown field; there are of, windows, like"),
    ("rate", {"every": "[]"}, "every", "must be text in quotes, not a list"),
    (
        "rate",
        {"den": '"filed / 0"'},
        "den",
        "can't be evaluated on the contract's examples: division by zero in CEL expression",
    ),
    ("rate", {"start": '"case.filed"'}, "start", "a rule of kind rate has no 'start'; it belongs to deadline"),
    (
        "rate",
        {"measures": "{ filed = \"count('case.filed', '3')\", closed = \"1\" }"},
        "measures.filed",
        "'3' is no limit: write N unit…",
    ),
    ("rate", {"measures": '{ Filed = "1" }'}, "measures.Filed", "must be a name of lower-case letters that nothing else has"),
    (
        "rate",
        {"levels": '[{ severity = "red", when = "prev(value) > 1" }]'},
        "levels[0].when",
        "prev() takes 2 arguments, not 1",
    ),
    (
        "rate",
        {"levels": '[{ severity = "red", when = "prev(median, 1) > 1" }]'},
        "levels[0].when",
        "prev() takes value or the name of a measure, and how many windows back: prev(value, 1)",
    ),
    (
        "rate",
        {"levels": '[{ severity = "red", when = "count(\'case.filed\') > 1" }]'},
        "levels[0].when",
        "count() belongs into measures; name what it counts there",
    ),
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
    assert says(error, message)
