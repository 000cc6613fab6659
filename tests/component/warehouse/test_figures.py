"""What indicators count, on the real engine: the same in every order of arrival, and every sum opens its rows."""

import random
import uuid
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from fetched import Fetched

from contract.codec import read_lines, to_kafka
from contract.courts import COURTS, SPC
from contract.envelope import Event
from contract.indicators.catalogue import INDICATORS, MEASURES
from contract.times import civil_date
from contract.topics import EVENTS
from dashboards import figures
from dashboards.question import Question
from infra.clickhouse.client import ClickHouse
from infra.clickhouse.figures.counting import Counting
from infra.clickhouse.migrate import migrate
from streams.shell.figures import Figures, forget
from streams.shell.seam import TP
from streams.shell.warehouse import Batch, Warehouse
from yipanqi.simulate import command as simulate

_ROWS = "SELECT * EXCEPT (version) FROM counted FINAL WHERE amount != 0 ORDER BY ALL"
_SUMS = "SELECT * EXCEPT (version) FROM {table} FINAL WHERE value != 0 ORDER BY ALL"
_MONTHS = "SELECT measure, court, month, kind, value FROM subtree_months FINAL WHERE value != 0 ORDER BY ALL"
_OF_DAYS = (
    "SELECT measure, court, toDate32(toStartOfMonth(day)) AS month, kind, sum(value) AS value FROM subtree_days FINAL"
    " GROUP BY ALL HAVING value != 0 ORDER BY ALL"
)


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> list[Event]:
    """The events of a small simulated nation, each received when it was recorded."""
    path = tmp_path_factory.mktemp("nation") / "events.jsonl"
    _simulate(path)
    events = [event for _, event in read_lines(path) if isinstance(event, Event)]
    return [msgspec.structs.replace(event, receivedtime=event.receivedtime or event.recordedtime) for event in events]


def _simulate(path: Path) -> None:
    arguments = ["--seed", "5", "--cases", "60", "--out", str(path), "--truth", str(path.with_suffix(".truth"))]
    result = CliRunner().invoke(simulate, arguments)
    assert result.exit_code == 0, result.output


def _connect(port: int, database: str) -> ClickHouse:
    return ClickHouse("127.0.0.1", port, database=database)


def _record_of(event: Event, offset: int) -> Fetched:
    key, value, headers = to_kafka(event)
    return Fetched(EVENTS, 0, offset, 0, key, value, tuple(headers))


def _write_run(clickhouse: ClickHouse, records: Sequence[Any], first: int) -> None:
    batch = Batch()
    batch.add(TP(EVENTS, 0), first, records)
    Warehouse(clickhouse).write(batch)


def _all(clickhouse: ClickHouse) -> tuple[list[Any], list[Any], list[Any]]:
    """Rows, and their sums of courts and up the tree; those of months are the days' always."""
    assert clickhouse.query_rows(_MONTHS) == clickhouse.query_rows(_OF_DAYS)
    sums = [clickhouse.query_rows(_SUMS.format(table=table)) for table in ("court_days", "subtree_days")]
    return clickhouse.query_rows(_ROWS), sums[0], sums[1]


def _empty(clickhouse: ClickHouse) -> None:
    for table in (
        "chain_events",
        "log",
        "ingested",
        "counted",
        "chain_counts",
        "court_days",
        "subtree_days",
        "subtree_months",
        "figured",
    ):
        clickhouse.execute(f"TRUNCATE TABLE {table}")


def _count_all(clickhouse: ClickHouse) -> None:
    counter = Figures(clickhouse)
    while counter.step():
        pass


def test_batches_repeats_and_restarts_change_no_figure(clickhouse: ClickHouse, nation: list[Event]) -> None:
    """All at once; then in random batches, each delivered again in part, the counter begun anew each time."""
    records = [_record_of(event, offset) for offset, event in enumerate(nation)]
    _write_run(clickhouse, records, 0)
    _count_all(clickhouse)
    once = _all(clickhouse)
    assert len({row[0] for row in once[0]}) > 60
    _empty(clickhouse)
    rng = random.Random(1)
    at = 0
    while at < len(records):
        until = min(len(records), at + rng.randrange(1, 2 * len(records) // 6))
        again = max(0, at - rng.randrange(400))
        _write_run(clickhouse, records[again:until], again)
        counter = Figures(clickhouse, stretch=rng.randrange(300, 3000))
        counter.step()
        counter.close()
        at = until
    _count_all(clickhouse)
    again_all = _all(clickhouse)
    for before, after in zip(once, again_all, strict=True):
        assert after == before


def test_what_was_known_at_the_end_of_a_day_is_what_that_days_log_gives(clickhouse: ClickHouse, nation: list[Event]) -> None:
    """As known at day K: the rows of a warehouse that has only what was received until then."""
    ordered = sorted(nation, key=lambda event: (event.receivedtime, event.source, event.id))
    records = [_record_of(event, offset) for offset, event in enumerate(ordered)]
    known = date(2024, 6, 30)
    _write_run(clickhouse, records, 0)
    _count_all(clickhouse)
    as_known = (
        "SELECT measure, court, day, kind, subject, ref, sum(amount) AS total FROM counted FINAL WHERE known_on <= %(known)s"
        " GROUP BY ALL HAVING total != 0 ORDER BY ALL"
    )
    found = clickhouse.query_rows(as_known, {"known": known})
    _empty(clickhouse)
    _write_run(clickhouse, [record for record, event in zip(records, ordered, strict=True) if _received_on(event) <= known], 0)
    _count_all(clickhouse)
    assert found == clickhouse.query_rows(as_known, {"known": known})
    assert found


def _received_on(event: Event) -> date:
    assert event.receivedtime is not None
    return civil_date(event.receivedtime)


def _nobodys(nation: Sequence[Event]) -> list[Event]:
    """Some of the cases once more: of an imported log, which names no court, and of a court that the tree lacks."""
    roots = sorted({event.rootid for event in nation})
    imported, outside = set(roots[::9]), set(roots[1::9])
    return [
        msgspec.structs.replace(
            one,
            source=f"/import/{'0' * 64}" if one.rootid in imported else "/court/外01/oa",
            courtcode=None,
            id=f"again-{one.id}",
            rootid=f"again-{one.rootid}",
            subject=f"again-{one.subject}",
        )
        for one in nation
        if one.rootid in imported | outside
    ]


@pytest.fixture(scope="module")
def counted(clickhouse_front: Any, nation: list[Event]) -> Iterator[ClickHouse]:
    """A warehouse in which the nation is counted."""
    name = f"w_{uuid.uuid4().hex[:12]}"
    migrate(partial(_connect, clickhouse_front.port), name)
    with _connect(clickhouse_front.port, name) as client:
        _write_run(client, [_record_of(event, offset) for offset, event in enumerate([*nation, *_nobodys(nation)])], 0)
        _count_all(client)
        yield client
        client.execute(f"DROP DATABASE {name}")


def test_what_was_counted_wrongly_is_set_right_when_it_is_counted_again(counted: ClickHouse) -> None:
    """Rows that no event gives go, rows that are missing come, in every table; what is right isn't written again."""
    before = _all(counted)
    wrong = "SELECT rootid, known_on, measure, court, day, kind, subject, ref, amount + 1, version + 1 FROM chain_counts FINAL"
    counted.execute(f"INSERT INTO chain_counts {wrong} WHERE measure = 'filed'")
    columns = "measure, court, day, kind, subject, ref, rootid, known_on, amount + 1, version + 1"
    counted.execute(f"INSERT INTO counted SELECT {columns} FROM counted FINAL WHERE measure = 'filed'")
    rows = "SELECT count() FROM chain_counts"
    ((written,),) = counted.query_rows(rows)
    assert _all(counted) != before
    forget(counted)
    _count_all(counted)
    assert _all(counted) == before
    counted.execute("OPTIMIZE TABLE chain_counts FINAL")
    assert counted.query_rows(rows)[0][0] <= written


def test_a_chain_too_large_for_all_its_days_has_the_same_sums(clickhouse: ClickHouse, counted: ClickHouse) -> None:
    """Counted for its latest day alone, from nothing and over what was counted before: as known now it is the same."""
    now = "SELECT measure, court, day, kind, sum(value) AS n FROM subtree_days FINAL GROUP BY ALL HAVING n != 0 ORDER BY ALL"
    wanted = counted.query_rows(now)
    clickhouse.execute(f"INSERT INTO chain_events SELECT * FROM {counted.database}.chain_events")
    counting = Counting(clickhouse)
    counting.most = 1
    counting.prepare()
    touched = {root: date(2000, 1, 1) for (root,) in clickhouse.query_rows("SELECT DISTINCT rootid FROM chain_events")}
    counting.count(touched)
    assert clickhouse.query_rows(now) == wanted
    assert clickhouse.query_rows("SELECT max(n) FROM (SELECT uniq(known_on) AS n FROM counted GROUP BY rootid)") == [(1,)]
    counting.most = 2_000
    counting.count(touched)
    counting.close()
    assert clickhouse.query_rows(now) == wanted


def test_two_that_count_at_once_leave_the_sums_of_all(
    clickhouse_front: Any, clickhouse: ClickHouse, counted: ClickHouse, nation: list[Event]
) -> None:
    """Workers that share the partitions touch the same courts and days; whoever is last has what the other wrote."""
    parts: tuple[list[Any], list[Any]] = ([], [])
    for event in [*nation, *_nobodys(nation)]:
        records = parts[zlib.crc32(event.rootid.encode()) % 2]
        records.append(_record_of(event, len(records))._replace(partition=int(records is parts[1])))
    batch = Batch()
    for part, records in enumerate(parts):
        batch.add(TP(EVENTS, part), 0, records)
    Warehouse(clickhouse).write(batch)

    def count(part: int) -> None:
        with _connect(clickhouse_front.port, clickhouse.database) as client:
            figures = Figures(client, stretch=150)
            while figures.step({(EVENTS, part): len(parts[part])}):
                pass
            figures.close()

    with ThreadPoolExecutor(2) as both:
        list(both.map(count, (0, 1)))
    assert _all(clickhouse) == _all(counted)


def test_sums_are_those_of_their_rows_up_the_tree(counted: ClickHouse) -> None:
    """A court's days add up its rows, a subtree's those of its courts; the Supreme Court's subtree has everything."""
    rows, own, subtree = _all(counted)
    wanted: dict[tuple[Any, ...], int] = {}
    above: dict[tuple[Any, ...], int] = {}
    for measure, court, day, kind, _, _, _, known_on, amount in rows:
        assert measure in MEASURES
        wanted[measure, court, day, kind, known_on] = wanted.get((measure, court, day, kind, known_on), 0) + amount
        for code in {court, SPC} if court not in COURTS else {court, *(one.code for one in COURTS.ancestors(court))}:
            key = (measure, code, day, kind, known_on)
            above[key] = above.get(key, 0) + amount
    assert {row[:-1]: row[-1] for row in own} == {key: value for key, value in wanted.items() if value}
    assert {row[:-1]: row[-1] for row in subtree} == {key: value for key, value in above.items() if value}


def test_every_figure_opens_the_rows_that_it_is_the_sum_of(counted: ClickHouse) -> None:
    """Of each indicator, above and below the line, of the nation, a province and a court alone, now and as once known."""
    ((busiest,),) = counted.query_rows("SELECT argMax(court, n) FROM (SELECT court, count() AS n FROM counted GROUP BY court)")
    province = COURTS.ancestors(busiest)[-2].code if busiest in COURTS else "京"
    as_of = date(2024, 12, 31)
    told = 0
    for question in (
        Question(SPC, as_of),
        Question(SPC, as_of, known_on=date(2024, 7, 1)),
        Question(province, date(2024, 8, 15)),
        Question(busiest, as_of, below=False),
    ):
        read = figures.read(counted, INDICATORS.values(), question)
        for one in INDICATORS.values():
            for part, wanted in (("num", read[one.id].num), ("den", read[one.id].den), ("days", read[one.id].den)):
                if one.opens_rows(part):
                    count, total, rows = figures.rows(counted, one, question, of=part, limit=1000, offset=0)
                    assert total == wanted, (one.id, part, question)
                    assert count == len(rows)
                    assert sum(row["total"] for row in rows) == total
                    told += total > 0
    assert told > 120


def test_a_child_and_its_siblings_make_up_their_parent(counted: ClickHouse) -> None:
    """(num, den) of a court's subtree are the sums of those below it and its own; ratios are never averaged.

    What no court of the tree owns is the root's own, in values and in rows.
    """
    as_of = date(2024, 12, 31)
    wanted = [one for one in INDICATORS.values() if one.num and not one.whole_court]
    elsewhere = {row[0] for row in counted.query_rows("SELECT DISTINCT court FROM counted") if row[0] not in COURTS}
    assert elsewhere == {"-", "外01"}
    courts = "SELECT court FROM counted GROUP BY court ORDER BY count() DESC"
    busiest = next(court for (court,) in counted.query_rows(courts) if court in COURTS and court != SPC)
    for parent in (SPC, COURTS[busiest].province):
        below = [figures.read(counted, wanted, Question(court.code, as_of)) for court in COURTS.children(parent)]
        whole = figures.read(counted, wanted, Question(parent, as_of))
        alone = Question(parent, as_of, below=False)
        own = figures.read(counted, wanted, alone)
        for one in wanted:
            parts = [own[one.id], *(each[one.id] for each in below)]
            assert whole[one.id].num == sum(part.num or 0 for part in parts), one.id
            if one.den:
                assert (whole[one.id].den or 0) == sum(part.den or 0 for part in parts), one.id
            rows = figures.rows(counted, one, alone, of="num", limit=1000, offset=0)
            assert rows.total == own[one.id].num, one.id
        assert sum(bool(each.den) for each in whole.values()) > 5


@pytest.mark.parametrize("name", [one.id for one in INDICATORS.values() if one.median])
def test_the_middle_of_the_rows_takes_those_of_zero_too(counted: ClickHouse, name: str) -> None:
    """Median and P90 against the net days of every closed proceeding, and as rows of those it opens."""
    one, question = INDICATORS[name], Question(SPC, date(2024, 12, 31))
    reading = figures.read(counted, [one], question)[one.id]
    count, _, rows = figures.rows(counted, one, question, of="num", limit=1000, offset=0)
    assert reading.den is not None
    assert reading.den or name == "I-28.b", "so small a nation may have no such case"
    days = sorted([row["total"] for row in rows] + [0] * (reading.den - count))
    wanted = (days[-(-len(days) // 2) - 1], days[-(-9 * len(days) // 10) - 1]) if days else None
    assert figures.spread(counted, one, question) == wanted
    _, _, opened = figures.rows(counted, one, question, of="days", limit=1000, offset=0)
    assert [int(row["kind"].split()[-1]) for row in opened] == days
