"""A rule of each kind that isn't sound is refused with file, rule and field, and with what would do."""

from pathlib import Path

import pytest
from refusals import SOUND, refused, write

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
