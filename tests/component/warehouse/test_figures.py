"""What indicators count, on the real engine: the same in every order of arrival, and every sum opens its rows."""

import random
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from contract.codec import read_lines
from contract.courts import COURTS, SPC
from contract.envelope import Event
from contract.indicators.catalogue import MEASURES
from contract.times import civil_date
from contract.topics import EVENTS
from infra.clickhouse.client import ClickHouse
from streams.shell.figures import Figures
from streams.shell.seam import TP
from streams.shell.warehouse import Batch, Warehouse
from yipanqi.simulate import command as simulate

_ROWS = "SELECT * EXCEPT (version) FROM counted FINAL WHERE amount != 0 ORDER BY ALL"
_SUMS = "SELECT * EXCEPT (version) FROM {table} FINAL WHERE value != 0 ORDER BY ALL"


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


def _write_run(clickhouse: ClickHouse, records: Sequence[Any], first: int) -> None:
    batch = Batch()
    batch.add(TP(EVENTS, 0), first, records)
    Warehouse(clickhouse).write(batch)


def _all(clickhouse: ClickHouse) -> tuple[list[Any], list[Any], list[Any]]:
    sums = [clickhouse.query_rows(_SUMS.format(table=table)) for table in ("court_days", "subtree_days")]
    return clickhouse.query_rows(_ROWS), sums[0], sums[1]


def _empty(clickhouse: ClickHouse) -> None:
    for table in ("chain_events", "log", "ingested", "counted", "chain_counts", "court_days", "subtree_days", "figured"):
        clickhouse.execute(f"TRUNCATE TABLE {table}")


def _count_all(clickhouse: ClickHouse) -> None:
    figures = Figures(clickhouse)
    while figures.step():
        pass


def test_batches_repeats_and_restarts_change_no_figure(
    clickhouse: ClickHouse, nation: list[Event], of_event: Callable[..., Any]
) -> None:
    """All at once; then in random batches, each delivered again in part, the counter begun anew each time."""
    records = [of_event(event, offset) for offset, event in enumerate(nation)]
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
        figures = Figures(clickhouse, stretch=rng.randrange(300, 3000))
        figures.step()
        figures.close()
        at = until
    _count_all(clickhouse)
    again_all = _all(clickhouse)
    for before, after in zip(once, again_all, strict=True):
        assert after == before


def test_sums_are_those_of_their_rows_up_the_tree(
    clickhouse: ClickHouse, nation: list[Event], of_event: Callable[..., Any]
) -> None:
    """A court's days add up its rows, a subtree's those of its courts; the Supreme Court's subtree has everything."""
    _write_run(clickhouse, [of_event(event, offset) for offset, event in enumerate(nation)], 0)
    _count_all(clickhouse)
    rows, own, subtree = _all(clickhouse)
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


def test_what_was_known_at_the_end_of_a_day_is_what_that_days_log_gives(
    clickhouse: ClickHouse, nation: list[Event], of_event: Callable[..., Any]
) -> None:
    """As known at day K: the rows of a warehouse that has only what was received until then."""
    ordered = sorted(nation, key=lambda event: (event.receivedtime, event.source, event.id))
    records = [of_event(event, offset) for offset, event in enumerate(ordered)]
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
