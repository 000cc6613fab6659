"""How fast indicators and panels are read, of a warehouse with so many events' worth of rows, put straight into the tables.

python bench/figures.py [--events 5000000] [--years 3] [--rounds 20] [--walls 10] [--data DIR]
    [--only fill,indicators,panels] [--as-of DAY] [--each FILE]

Makes an embedded ClickHouse of its own (in DIR, kept; else in a temporary folder), fills `counted` with as many rows of each
measure for a case as the simulated nation has (55 events a case), over courts of very unequal size, adds them up into
`court_days` and `subtree_days`, fills what panels read beside them (nation_rows.py), and prints as JSON lines: what was made,
in how long and with how much CPU, and p50, p95 and p99 in milliseconds of each question, with the engine's CPU, rows and bytes
for one in the mean, which the load of a machine hardly moves. What DIR has already is not filled again; with `--only
indicators,panels` the questions alone are measured: the API's of indicators; Grafana's.
"""

import argparse
import contextlib
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from counted_rows import fill_counted
from meter import Engine, at_once, front, timed, told
from nation_rows import EVENT_TABLES, TABLES, fill_tables
from panels import measure_panel_readers, measure_panel_walls, measure_panels

from contract.courts import SPC
from contract.indicators.catalogue import CLOSED_MEASURES, INDICATORS, MEASURES
from contract.indicators.model import Term
from dashboards import counted, figures
from dashboards.question import EVER, Question, Sum
from infra.clickhouse.client import ClickHouse
from infra.clickhouse.migrate import migrate

AS_OF = date(2025, 12, 31)
MINUTES = 5
"""For how long walls show their boards."""


def measure_reads(client: ClickHouse, engine: Engine, rounds: int) -> None:
    """Each indicator alone, of the nation, a province and a court; then all in one question; then rows."""
    computed = [one for one in INDICATORS.values() if not one.missing]
    opened = [one for one in computed if one.num and not one.whole_court]
    for court in (SPC, "粤", "京0105"):
        question = Question(court, AS_OF)
        for name, ask in (("with 同比 and 环比", figures.with_comparisons), ("value alone", figures.read)):
            engine.since(1)
            took = {one.id: timed(partial(ask, client, [one], question), rounds) for one in computed}
            slowest = max(took, key=lambda name, took=took: statistics.median(took[name]))  # type: ignore[misc]
            every = [ms for times in took.values() for ms in times]
            told(f"one indicator, {name}, {court}", every, **engine.since(len(computed) * (rounds + 1)), slowest=slowest)
        everything = timed(partial(figures.with_comparisons, client, computed, question), 5)
        told(f"all indicators in one question, {court}", everything, **engine.since(6))
    for court in (SPC, "粤", "京0105"):
        question = Question(court, AS_OF)
        of_indicators = {one.id: partial(figures.rows, client, one, question, of="num", limit=100, offset=0) for one in opened}
        _tell_rows(f"the first 100 rows of an indicator, {court}", of_indicators, engine)
        sums = {name: _of_a_panel(name) for name in MEASURES if name not in CLOSED_MEASURES}
        of_measures = {name: partial(counted.rows, client, [one], question, limit=100, offset=0) for name, one in sums.items()}
        _tell_rows(f"the first 100 rows of a measure, {court}", of_measures, engine)


def _of_a_panel(name: str) -> Sum:
    """What a panel counts of a measure: what stands, or what came in a quarter."""
    stock = MEASURES[name].counts == "stock"
    return Sum(Term(name), EVER if stock else AS_OF - timedelta(90), AS_OF)


def _tell_rows(what: str, ask: Mapping[str, Callable[[], object]], engine: Engine) -> None:
    engine.since(1)
    took = {name: timed(one, 2) for name, one in ask.items()}
    slowest = max(took, key=lambda name: statistics.median(took[name]))
    told(what, [ms for times in took.values() for ms in times], **engine.since(3 * len(ask)), slowest=slowest)


def measure_walls(connect: Callable[[], ClickHouse], engine: Engine, walls: int, rounds: int) -> None:
    """So many walls that each ask for one indicator after another, all at once."""
    computed = [one for one in INDICATORS.values() if one.num]
    question = Question(SPC, AS_OF)
    engine.since(1)
    took = at_once(connect, walls, rounds, lambda client, rng: figures.read(client, [rng.choice(computed)], question))
    told(f"one indicator, value alone, {walls} walls at once", took, **engine.since(walls * rounds))


def tell_sizes(client: ClickHouse) -> None:
    """Rows and size of every table."""
    sql = (
        "SELECT table, sum(rows), count(), sum(data_compressed_bytes), sum(data_uncompressed_bytes) FROM system.parts"
        " WHERE active AND database = currentDatabase() GROUP BY table ORDER BY table"
    )
    for table, rows, parts, packed, plain in client.query_rows(sql):
        line = {"table": table, "rows": rows, "parts": parts, "megabytes": round(packed / 1e6, 1)}
        each = {"bytes_a_row": round(packed / rows, 1), "unpacked": round(plain / rows, 1)}
        print(json.dumps(line | each), flush=True)


def fill(client: ClickHouse, events: int, years: int) -> None:
    """Whatever is missing."""
    first = date(AS_OF.year - years + 1, 1, 1)
    started = time.perf_counter()
    engine = Engine(client)

    def tell(what: str) -> None:
        cpu_s = round(engine.since(1)["cpu_ms"] / 1000, 1)
        passed = round(time.perf_counter() - started, 1)
        print(json.dumps({"made": what, "cpu_s": cpu_s, "seconds_since_begin": passed}), flush=True)

    fill_tables(client, TABLES, events, (first, AS_OF), tell)
    if measures := fill_counted(client, events, first, 365 * years):
        tell(f"{events:,} events' worth of {measures} measures")
    fill_tables(client, EVENT_TABLES, events, (first, AS_OF), tell)


def main() -> None:
    """Fill, then measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--walls", type=int, default=10)
    parser.add_argument("--data", type=Path, help="Where the database lies; what it has already is not filled again.")
    parser.add_argument("--only", default="fill,indicators,panels", help="Which of these to do.")
    parser.add_argument("--each", type=Path, help="Write a JSON line for each panel and court here.")
    parser.add_argument("--as-of", type=date.fromisoformat, default=AS_OF, help="The day as of which panels are asked.")
    options = parser.parse_args()
    todo = options.only.split(",")
    if unknown := set(todo) - {"fill", "indicators", "panels"}:
        parser.error(f"--only knows fill, indicators and panels, not {', '.join(sorted(unknown))}")
    with contextlib.ExitStack() as stack:
        folder = options.data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yipanqi-figures-")))
        folder.mkdir(parents=True, exist_ok=True)
        port = stack.enter_context(front(folder))

        def connect(name: str = "bench") -> ClickHouse:
            return ClickHouse("127.0.0.1", port, database=name, timeout_s=3600)

        migrate(connect, "bench")
        client = stack.enter_context(connect())
        if "fill" in todo:
            fill(client, options.events, options.years)
        tell_sizes(client)
        client.execute("SYSTEM STOP MERGES")
        if "indicators" in todo:
            engine = Engine(client)
            measure_reads(client, engine, options.rounds)
            measure_walls(connect, engine, options.walls, options.rounds)
        if "panels" in todo:
            measure_panels(client, options.as_of, options.rounds, options.each)
            measure_panel_walls(connect, options.as_of, options.walls, MINUTES)
            measure_panel_readers(connect, options.as_of, options.walls, options.rounds)


if __name__ == "__main__":
    main()
