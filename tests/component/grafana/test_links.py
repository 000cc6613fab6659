"""A number on a board opens exactly the rows that it counts: its link, with what the row and the variables say, gives them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from grafana_queries import EVERYTHING, Asked, asked, run
from simulated_tables import Nation

from contract.courts import COURTS
from contract.indicators.catalogue import INDICATORS
from contract.indicators.model import Indicator, Part
from contract.times import civil_date
from dashboards.figures import Question, read, rows
from dashboards.grafana.macros import ALL, Value, Window, expand
from dashboards.indicator_api import case_types
from infra.clickhouse.client import ClickHouse

pytestmark = pytest.mark.timeout(1800)  # the first waits for the lives
_PLACE = re.compile(r"\$\{(?:__data\.fields\.)?([\w:]+)\}")
_API = "/api/v1/indicators/"


class Opened(NamedTuple):
    """What a link asks for."""

    indicator: Indicator
    of: Part
    question: Question
    has_rows: bool


def busiest(clickhouse: ClickHouse) -> str:
    """The court of the lowest tier with most rows."""
    found = clickhouse.query_rows("SELECT court FROM counted GROUP BY court ORDER BY count() DESC")
    return next(str(code) for (code,) in found if code in COURTS and COURTS[code].tier == "BASIC")


def linked() -> Iterator[tuple[Asked, str, Sequence[str]]]:
    """Every column that opens rows of an indicator, with its addresses; panels that ask the same, once."""
    seen = set()
    for one in asked():
        for column in one.panel.columns:
            found = [address for address in (column.link, *(address for _, address in column.also)) if _API in address]
            if found and (one.sql, column.name) not in seen:
                seen.add((one.sql, column.name))
                yield one, column.name, found


def follow(address: str, row: Mapping[str, Any], chosen: Mapping[str, Value]) -> Opened:
    """The question behind a link, as Grafana fills it and the API reads it."""
    types = chosen["case_type"]
    text = {
        "console": "http://x",
        "court:percentencode": str(chosen["court"]),
        "case_type:text": "All" if types == ALL else " + ".join(types),
    }
    at = urlsplit(_PLACE.sub(lambda found: str(text[found[1]] if found[1] in text else row[found[1].split(":")[0]]), address))
    query = {name: values[0] for name, values in parse_qs(at.query.replace("+", "%2B")).items()}
    name, _, tail = unquote(at.path).removeprefix(_API).partition("/")
    known = query.get("known_on")
    question = Question(
        query["court"],
        date.fromisoformat(query["as_of"]),
        date.fromisoformat(known) if known else None,
        case_types=case_types(query["case_type"]),
    )
    of: dict[str, Part] = {"num": "num", "den": "den", "days": "days"}
    return Opened(INDICATORS[name], of[query.get("of", "num")], question, tail == "rows")


class Counted:
    """How many rows links open, all of them, and their sum; each asked once."""

    def __init__(self, clickhouse: ClickHouse) -> None:
        self.clickhouse = clickhouse
        self._known: dict[tuple[str, Part, Question], tuple[int, int]] = {}

    def of(self, one: Opened) -> tuple[int, int]:
        """(count, sum)."""
        key = (one.indicator.id, one.of, one.question)
        if key not in self._known:
            count, total, found = rows(self.clickhouse, one.indicator, one.question, of=one.of, limit=100_000, offset=0)
            assert (len(found), sum(row["total"] for row in found)) == (count, total)
            self._known[key] = count, total
        return self._known[key]


def is_value(counted: Counted, number: Any, opened: Sequence[Opened]) -> bool:
    """Whether a number (in 万元 where it is money) is what the rows above its line, by those below it, give."""
    one, question = opened[0].indicator, opened[0].question
    scale = 1e6 if one.unit == "fen" else 1
    if not opened[0].has_rows:
        value = read(counted.clickhouse, [one], question)[one.id].value
    else:
        sums = {each.of: counted.of(each)[1] for each in opened}
        within = sum(COURTS.within(court.code, question.court) for court in COURTS)
        value = one.value(sums["num"], within if one.courts else sums.get("den"))
    return bool(number == (None if value is None else pytest.approx(value / scale)))


CHOICES: Sequence[tuple[Callable[[Nation], str], str, Value]] = (
    (lambda _: "最高法", "then", ALL),  # what came to be known later lies in few courts
    (lambda lives: COURTS.ancestors(busiest(lives.clickhouse))[-2].code, "now", ALL),
    (lambda lives: busiest(lives.clickhouse), "now", ["执", "执保"]),
)


@pytest.mark.parametrize(("court", "known", "types"), CHOICES, ids=["nation-then", "province-now", "court-types"])
def test_every_linked_number_is_the_sum_of_the_rows_that_it_opens(
    lives: Nation, court: Callable[[Nation], str], known: str, types: Value
) -> None:
    """Tiles, cells of the courts below, lines of the overview, and how many things a median is taken from."""
    end = lives.until - timedelta(322)
    chosen = EVERYTHING | {"court": court(lives), "known": known, "case_type": types}
    counted, told = Counted(lives.clickhouse), dict[str, int]()
    for one, name, addresses in linked():
        columns, found = run(lives.clickhouse, expand(one.sql, Window(end - timedelta(365), end), chosen))
        for values in found:
            row = dict(zip(columns, values, strict=True))
            opened = [follow(address, row, chosen) for address in addresses]
            assert opened[0].question.as_of == civil_date(end)
            if opened[0].of == "days":
                assert counted.of(opened[0]) == (row["件数"], row["件数"]), row
            elif name != "id":
                assert is_value(counted, row[name], opened), (one.board.uid, one.panel.title, name, row)
            else:
                kept = [each for each in opened if each.has_rows and each.indicator.opens_rows(each.of)]
                sums = [counted.of(each)[1] for each in kept]
                reading = read(lives.clickhouse, [opened[0].indicator], opened[0].question)[row["id"]]
                assert sums == [reading.num, reading.den][: len(sums)] or opened[0].indicator.courts, row
            told[one.panel.look] = told.get(one.panel.look, 0) + 1
    assert told["stat"] > 40
    assert told["table"] > 100


def test_every_indicator_has_a_tile_or_a_line_that_opens_its_rows() -> None:
    """Of all that open any; those of whole courts, and what is made of others, lead to the indicator itself."""
    line = re.compile(r"\('(I-[\w.]+)', (?:'[^']*', ){6}'([^']+)', \d\)")
    paths = dict(found for one in asked() if one.panel.title.startswith("指标一览") for found in line.findall(one.sql))
    assert paths == {name: f"{name}/rows" if one.opens_rows() else name for name, one in INDICATORS.items() if not one.missing}
