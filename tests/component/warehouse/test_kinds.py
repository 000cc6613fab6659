"""Which kinds a question takes, on the real engine, beside the same said in plain Python: over kinds of any signs."""

import random
import re
from datetime import date

import pytest
from own_sums import add_up

from contract.indicators.catalogue import MEASURES
from contract.indicators.model import Measure, Term
from dashboards import counted
from dashboards.question import Kinds, Question, Sum
from infra.clickhouse.client import ClickHouse

_DAY = date(2024, 5, 6)
_QUESTION = Question("最高法", _DAY)
_SIGNS = ("执", "恢", "a", "%", "_", "*", "\\", "'", '"', "\n", "(", "[", ".", "?", "{", "é")
_SPLITS = {
    "filed": "case_type",
    "closed_by_days": "case_type_days",
    "open_at": "case_type_stage",
    "feedback_by_days": "institution_days",
    "directives_at": "directive_step",
    "petitions_received": "theme",
    "alerts_raised": "alert",
}
_SECOND = {"case_type_stage": ("FILED", "CLOSED"), "directive_step": ("已发出", "已签收")}
"""The second part of a twofold kind; of those by days, a number of them."""


def _word(rng: random.Random, longest: int = 4) -> str:
    return "".join(rng.choice(_SIGNS) for _ in range(rng.randrange(longest + 1)))


def _kind(rng: random.Random, measure: Measure) -> str:
    stem = _word(rng)
    if not measure.twofold:
        return stem
    if not measure.by_case_type and rng.random() < 0.3:
        stem += " " + _word(rng)
    return f"{stem} {rng.choice(_SECOND.get(measure.split) or (0, 1, 9, 10, 95, 400))}"


def _stem(measure: Measure, kind: str) -> str:
    return kind[: kind.rindex(" ")] if measure.twofold else kind


def _kinds(rng: random.Random, measure: Measure, there: list[str]) -> Kinds:
    """Some of those that are there and some at random, with * put in for some of their signs."""
    stems = [_stem(measure, kind) for kind in there]
    like = [rng.choice([*rng.sample(stems, 2), _word(rng)]) for _ in range(rng.randrange(4))]
    like = ["".join(_put_in(rng, sign) for sign in one) + rng.choice(("", "", "*")) for one in like]
    types = tuple(rng.sample(stems, 2)) if rng.random() < 0.4 else ()
    step = rng.choice(("", "", rng.choice(there).rpartition(" ")[2])) if measure.twofold else ""
    days = tuple(rng.choice((None, 0, 5, 9, 95, 1_000_000)) for _ in range(2)) if measure.by_days else (None, None)
    return Kinds(types, tuple(like), step, (days[0], days[1]))


def _put_in(rng: random.Random, sign: str) -> str:
    return "*" if rng.random() < 0.3 else r"\*" if sign == "*" and rng.random() < 0.7 else sign


def _takes(measure: Measure, kinds: Kinds, kind: str) -> bool:
    """The same in plain Python."""
    stem, second = _stem(measure, kind), kind.rpartition(" ")[2]
    if kinds.case_types and measure.by_case_type and stem not in kinds.case_types:
        return False
    parts = [one.replace(r"\*", "\0").split("*") for one in kinds.like]
    texts = [".*".join(re.escape(part.replace("\0", "*")) for part in one) for one in parts]
    if texts and not any(re.fullmatch(text, stem, re.DOTALL) for text in texts):
        return False
    least, most = kinds.days
    if measure.by_days and not ((least is None or int(second) >= least) and (most is None or int(second) <= most)):
        return False
    return not kinds.step or second == kinds.step


def _fill(clickhouse: ClickHouse, kinds: dict[str, list[str]]) -> None:
    rows = [(measure, kind) for measure, there in kinds.items() for kind in there]
    number = len(rows)
    columns = {
        "measure": [measure for measure, _ in rows],
        "court": ["京0105"] * number,
        "day": [_DAY] * number,
        "kind": [kind for _, kind in rows],
        "subject": [f"s{index}" for index in range(number)],
        "ref": ["1"] * number,
        "rootid": [f"s{index}" for index in range(number)],
        "known_on": [_DAY] * number,
        "amount": [1] * number,
        "version": [1] * number,
    }
    clickhouse.insert_columns("counted", columns)
    add_up(clickhouse)


def _opened(clickhouse: ClickHouse, part: Sum) -> list[str]:
    found = counted.rows(clickhouse, [part], _QUESTION, limit=1000, offset=0)
    assert found.number == found.total == len(found.items)
    return sorted(str(row["kind"]) for row in found.items)


@pytest.fixture
def there(clickhouse: ClickHouse) -> dict[str, list[str]]:
    """{measure: its kinds}, a row for each."""
    rng = random.Random(7)
    found = {name: [_kind(rng, MEASURES[name]) for _ in range(120)] for name in _SPLITS}
    _fill(clickhouse, found)
    return found


def test_what_a_question_takes_is_what_plain_python_takes(clickhouse: ClickHouse, there: dict[str, list[str]]) -> None:
    """Patterns, types of cases, steps and days, alone and together, over measures of every kind of split."""
    rng = random.Random(11)
    taken = 0
    for name, split in _SPLITS.items():
        measure = MEASURES[name]
        assert measure.split == split
        for _ in range(60):
            kinds = _kinds(rng, measure, there[name])
            wanted = sorted(kind for kind in there[name] if _takes(measure, kinds, kind))
            assert _opened(clickhouse, Sum(Term(name), _DAY, _DAY, kinds)) == wanted, (name, kinds)
            taken += 0 < len(wanted) < len(there[name])
    assert taken > 150


def test_a_value_takes_the_kinds_that_its_rows_have(clickhouse: ClickHouse, there: dict[str, list[str]]) -> None:
    """What `takes` says of a kind, by which values are added up, is what SQL chooses among rows."""
    rng = random.Random(13)
    taken = 0
    for name in ("filed", "closed_by_days", "open_at", "petitions_received"):
        for _ in range(60):
            kinds = there[name]
            begins = tuple(
                rng.choice((kind, kind[:2].replace("*", "") + "*")) for kind in rng.sample(kinds, 2) if "*" not in kind
            )
            types = tuple(_stem(MEASURES[name], kind) for kind in rng.sample(kinds, rng.choice((0, 3))))
            part = Sum(Term(name, kinds=begins), _DAY, _DAY, Kinds(types))
            wanted = sorted(kind for kind in kinds if part.takes(kind))
            assert _opened(clickhouse, part) == wanted, (name, part)
            taken += 0 < len(wanted) < len(kinds)
    assert taken > 80
