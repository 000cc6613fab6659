"""A number on a board opens exactly the rows that it counts: its link, with what the row and the variables say, gives them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import pytest
from grafana_queries import EVERYTHING, Asked, asked, run
from simulated_tables import Nation

from contract.courts import COURTS
from contract.indicators.catalogue import INDICATORS, MEASURES
from contract.indicators.model import Indicator, Measure, Part, Term
from contract.times import civil_date
from dashboards import counted, figures
from dashboards.asked import Days, case_types
from dashboards.board_links import address
from dashboards.counted import Opened
from dashboards.grafana import indicator_sql as sql
from dashboards.grafana import rows_links
from dashboards.grafana.freshness import STRIP
from dashboards.grafana.macros import ALL, Value, Window, expand
from dashboards.grafana.model import NO_VALUE
from dashboards.measure_api import RowsAsked, sum_of
from dashboards.question import EVER, Kinds, Question, Sum
from infra.clickhouse.client import ClickHouse

pytestmark = pytest.mark.timeout(1800)  # the first waits for the lives
_PLACE = re.compile(r"\$\{([^}]+)\}")
_BOARD = "${console}/board/"
_MOST = 100_000
_MIDDLES = {"平均天数", "中位天数", "P90 天数"}
"""Of rows in the order of days: `test_the_middle_of_the_rows_takes_those_of_zero_too` says which."""
_OF_NO_ROW = {"已持续天数", "未结天数"}
"""How long what a line names has stood: the line itself is the row."""


class Asking(NamedTuple):
    """What a link asks for: an indicator, its rows, or rows of a measure."""

    what: Indicator | Measure
    question: Question
    of: Part
    rows: RowsAsked
    days: Days
    opens: bool


def linked() -> Iterator[tuple[Asked, str, Sequence[str]]]:
    """Every column that opens rows, with its addresses; panels that ask the same, once."""
    seen = set()
    for one in asked():
        for column in one.panel.columns:
            found = [link for link in (column.link, *(link for _, link in column.also)) if link.startswith(_BOARD)]
            if found and (one.sql, column.name) not in seen:
                seen.add((one.sql, column.name))
                yield one, column.name, found


class Follower:
    """Follows links as Grafana fills them: of a range, with what is chosen."""

    def __init__(self, clickhouse: ClickHouse, window: Window, chosen: Mapping[str, Value]) -> None:
        self.clickhouse = clickhouse
        self._window = window
        self._chosen = chosen
        self._known: dict[str, Opened] = {}

    def follow(self, link: str, row: Mapping[str, Any]) -> Asking:
        """What a link of a row asks for."""
        filled = _PLACE.sub(lambda place: self._filled(place[1], row), link.removeprefix("${console}"))
        at = urlsplit(filled.replace("+", "%2B"))
        _, what, name, *tail = at.path.strip("/").split("/")
        query = parse_qsl(at.query, keep_blank_values=True)
        days = urlsplit(address(what, unquote(name), query, rows=bool(tail)))
        return _asking(*unquote(days.path).strip("/").split("/"), query=parse_qsl(days.query, keep_blank_values=True))

    def opened(self, asking: Asking) -> Opened:
        """The rows; each asked for once."""
        key = f"{asking.what.id} {asking[1:]}"
        if key not in self._known:
            self._known[key] = found = self._rows(asking)
            assert (len(found.items), sum(row["total"] for row in found.items)) == (found.number, found.total)
        return self._known[key]

    def _rows(self, one: Asking) -> Opened:
        if isinstance(one.what, Indicator):
            assert one.what.opens_rows(one.of)
            asked_for = {"of": one.of, "limit": _MOST, "offset": 0, "days": one.days.bounds}
            return figures.rows(self.clickhouse, one.what, one.question, **asked_for)
        part = sum_of(one.what, one.question, one.rows, one.days)
        return counted.rows(self.clickhouse, [part], one.question, limit=_MOST, offset=0)

    def _filled(self, place: str, row: Mapping[str, Any]) -> str:
        name, _, form = place.partition(":")
        if name in ("__from", "__to"):
            instant = self._window.start if name == "__from" else self._window.end
            return str(round(instant.timestamp() * 1000))
        if name == "__value.time":
            return str(round(row["time"].timestamp() * 1000))
        if name == "case_type":
            return "All" if self._chosen[name] == ALL else " + ".join(self._chosen[name])
        if name.startswith("__data.fields."):  # as it is shown: of an empty one Grafana tells what the panel says of no value
            value = str(row[name.removeprefix("__data.fields.")]) or NO_VALUE
        else:
            value = str(self._chosen[name])
        return quote(value, safe="") if form == "percentencode" else value


def _asking(what: str, name: str, *tail: str, query: Sequence[tuple[str, str]]) -> Asking:
    """What the address in days asks for, as the API reads it."""
    said = dict(query)
    day = {key: date.fromisoformat(said.pop(key)) for key in ("as_of", "known_on", "first", "last") if key in said}
    question = Question(
        said.pop("court"),
        day["as_of"],
        day.get("known_on"),
        below=said.pop("below", "true") == "true",
        case_types=case_types(said.pop("case_type", "All")),
    )
    took = Days(*(int(said.pop(key)) if key in said else None for key in ("min_days", "max_days")))
    kinds = [value for key, value in query if key == "kind"]
    rows = RowsAsked(day.get("first"), day.get("last"), kinds or None, said.pop("step", ""))
    parts: dict[str, Part] = {"num": "num", "den": "den", "days": "days"}
    of = parts[said.pop("of", "num")]
    assert said.keys() <= {"kind"}, said
    found: Indicator | Measure = INDICATORS[name] if what == "indicators" else MEASURES[name]
    return Asking(found, question, of, rows, took, tail == ("rows",))


def wanted(follower: Follower, opened: Sequence[Asking]) -> float | None:
    """What the rows that a number opens make of it."""
    first, *others = opened
    if isinstance(first.what, Indicator):
        return _value(follower, first, others)
    total = follower.opened(first).total
    if others:
        below = follower.opened(others[0]).total
        return total / below if below else None
    return total / (1e6 if first.what.amount == "fen" else 1)


def _value(follower: Follower, first: Asking, others: Sequence[Asking]) -> float | None:
    one, question = first.what, first.question
    assert isinstance(one, Indicator)
    if first.of == "days":
        return follower.opened(first).number
    if not first.opens:
        value = figures.read(follower.clickhouse, [one], question)[one.id].value
    else:
        sums = {each.of: follower.opened(each).total for each in (first, *others) if one.opens_rows(each.of)}
        within = sum(COURTS.within(court.code, question.court) for court in COURTS)
        value = one.value(sums["num"], within if one.courts else sums.get("den"))
    return None if value is None else value / (1e6 if one.unit == "fen" else 1)


def busiest(clickhouse: ClickHouse) -> str:
    """The court of the lowest tier with most rows."""
    found = clickhouse.query_rows("SELECT court FROM counted GROUP BY court ORDER BY count() DESC")
    return next(str(code) for (code,) in found if code in COURTS and COURTS[code].tier == "BASIC")


CHOICES: Sequence[tuple[Callable[[Nation], str], str, Value, str, int]] = (
    (lambda _: "最高法", "then", ALL, "now", 1500),  # what came to be known later lies in few courts
    (lambda lives: COURTS.ancestors(busiest(lives.clickhouse))[-2].code, "now", ALL, "month", 400),
    (lambda lives: COURTS.ancestors(busiest(lives.clickhouse))[0].code, "now", ["执恢", "执保"], "now", 100),
)


@pytest.mark.parametrize(
    ("court", "known", "types", "period", "least"), CHOICES, ids=["nation-then", "province-month", "court-types"]
)
def test_every_linked_number_is_the_sum_of_the_rows_that_it_opens(
    lives: Nation, court: Callable[[Nation], str], known: str, types: Value, period: str, least: int
) -> None:
    """Tiles, cells, points of lines and bars: of indicators, alerts and everything that a module counts by itself."""
    end = lives.until - timedelta(322)
    chosen = EVERYTHING | {"court": court(lives), "known": known, "case_type": types, "period": period}
    window = Window(end - timedelta(365), end)
    follower, told = Follower(lives.clickhouse, window, chosen), dict[str, int]()
    measures = set()
    for one, name, links in linked():
        columns, found = run(lives.clickhouse, expand(one.sql, window, chosen))
        points = found[::-1][::5] if one.panel.look in ("lines", "bars") else found
        for values in points:
            row = dict(zip(columns, values, strict=True))
            number = row[name]
            if one.panel.look == "tiles" or name in _MIDDLES:
                continue
            opened = [follower.follow(link, row) for link in links]
            if isinstance(number, str):
                _is_told(follower, opened, name, number, row)
            elif name == "占比":
                assert follower.opened(opened[0]).number == row["件数"]
            else:
                value = wanted(follower, opened)
                assert number == (None if value is None else pytest.approx(value)), (one.panel.title, name, row, opened)
            told[one.panel.look] = told.get(one.panel.look, 0) + bool(number)
            measures |= {each.what.id for each in opened if isinstance(each.what, Measure) and number}
    assert min(told[look] for look in ("stat", "table", "lines", "bars")) > 2, told
    assert sum(told.values()) > least, told
    assert len(measures) > 5


def _is_told(follower: Follower, opened: Sequence[Asking], name: str, text: str, row: Mapping[str, Any]) -> None:
    """A line of the overview: its value as text; its id opens what its value is made of."""
    first = opened[0]
    assert isinstance(first.what, Indicator)
    reading = figures.read(follower.clickhouse, [first.what], first.question)[first.what.id]
    if name == "id":
        kept = [each for each in opened if each.opens and first.what.opens_rows(each.of) and each.of != "days"]
        sums = [follower.opened(each).total for each in kept]
        assert sums == [reading.num, reading.den][: len(sums)] or first.what.courts, row
    elif text == "—":
        assert reading.value is None
    else:
        scale = {"%": 0.01, "亿元": 1e10, "万元": 1e6, "天": 1.0}
        unit = next((unit for unit in scale if text.endswith(unit)), "")
        step = scale.get(unit, 1.0)
        assert float(text.removesuffix(unit)) * step == pytest.approx(reading.value, abs=0.06 * step), row


def test_a_row_asks_for_its_own_kind_alone(lives: Nation) -> None:
    """Whatever signs are in it: a court's system may call a kind anything. And it is never empty, which Grafana shows as —."""
    kinds = ["", "a", "a*", "a*b", "axb", r"a\*b", "执&恢", "x y", "x+y", "#?=", "50%", "505", "_", "é", "'q'", '"', "\n", "\\"]
    listed = ", ".join(sql.quoted(kind) for kind in kinds)
    text = f"SELECT kind, {rows_links.asked_kind('kind')} FROM (SELECT arrayJoin([{listed}]) AS kind)"
    for kind, asked_for in lives.clickhouse.query_rows(text):
        ((name, said),) = parse_qsl(asked_for.removeprefix("&"), keep_blank_values=True, strict_parsing=bool(kind))
        part = Sum(Term("petitions_received"), EVER, EVER, Kinds(like=(said,)))
        params: dict[str, Any] = {}
        them = f"arrayJoin([{listed.replace('%', '%%')}]) AS kind"
        chosen = f"SELECT kind FROM (SELECT {them}, %(measure)s AS measure, %(first)s AS day) WHERE {part.condition(params)}"
        assert (name, lives.clickhouse.query_rows(chosen, params)) == ("kind", [(kind,)])


@pytest.mark.parametrize("days", [-1, 322, 400])
def test_what_is_counted_has_a_row_for_each_one(lives: Nation, days: int) -> None:
    """So that a nation's rows are counted by adding up: also of what was known then, and of days in the midst."""
    counts = [name for name, one in MEASURES.items() if one.amount == "count"]
    then = civil_date(lives.until - timedelta(days))
    counted_so = (
        "SELECT measure, total, any(subject), count() FROM (SELECT measure, subject, sum(amount) AS total FROM counted FINAL"
        " WHERE measure IN %(counts)s AND {some} GROUP BY measure, court, kind, subject, ref, rootid)"
        " GROUP BY measure, total HAVING total NOT IN (0, 1)"
    )
    for some in ("known_on <= %(then)s AND day <= %(then)s", "day <= %(then)s", "known_on <= %(then)s"):
        assert lives.clickhouse.query_rows(counted_so.format(some=some), {"counts": counts, "then": then}) == []
    flows = [name for name in counts if MEASURES[name].counts == "flow"]
    of_days = counted_so.format(some="day BETWEEN %(first)s AND %(then)s")
    assert lives.clickhouse.query_rows(of_days, {"counts": flows, "then": then, "first": then - timedelta(40)}) == []


def test_every_number_of_a_board_about_courts_opens_rows(lives: Nation) -> None:
    """All columns of numbers, but those that say how long something stands, those that say when, and how whole the data is."""
    end = lives.until - timedelta(322)
    unlinked = set()
    for one in asked():
        columns, rows = run(lives.clickhouse, expand(one.sql, Window(end - timedelta(365), end), EVERYTHING))
        links = {column.name for column in one.panel.columns if column.link}
        numbers = {
            name
            for at, name in enumerate(columns)
            if any(isinstance(row[at], int | float) and not isinstance(row[at], bool) for row in rows)
        }
        hidden = {column.name for column in one.panel.columns if column.hidden}
        of_tiles = {name for name in numbers if f"{name}·说" in links}
        if one.board.courts and one.panel not in STRIP:
            unlinked |= {(one.panel.title, name) for name in numbers - links - hidden - of_tiles - _OF_NO_ROW}
    assert not unlinked


def test_every_indicator_has_a_tile_or_a_line_that_opens_its_rows() -> None:
    """Of all that open any; those of whole courts, and what is made of others, lead to the indicator itself."""
    line = re.compile(r"\('(I-[\w.]+)', (?:'[^']*', ){6}'([^']+)', \d\)")
    paths = dict(found for one in asked() if one.panel.title.startswith("指标一览") for found in line.findall(one.sql))
    assert paths == {name: f"{name}/rows" if one.opens_rows() else name for name, one in INDICATORS.items() if not one.missing}
