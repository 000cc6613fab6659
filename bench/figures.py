"""How fast indicators are read, of a warehouse with so many events' worth of counted rows, put straight into the tables.

python bench/figures.py [--events 5000000] [--years 3] [--rounds 20] [--walls 10] [--data DIR]

Makes an embedded ClickHouse of its own (in DIR, kept; else in a temporary folder), fills `counted` with as many rows of each
measure for a case as the simulated nation has (55 events a case), over courts of very unequal size, adds them up into
`court_days` and `subtree_days`, and prints as JSON lines: what was made, and p50, p95 and p99 in milliseconds of each question,
with the CPU time of the engine for one in the mean, which the load of a machine hardly moves.
"""

import argparse
import contextlib
import json
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

from contract.courts import COURTS, SPC
from contract.indicators.catalogue import INDICATORS, MEASURES
from contract.indicators.model import Measure
from dashboards import figures
from dashboards.figures import Question
from infra.clickhouse.client import ClickHouse
from infra.clickhouse.figures.counting import Counting
from infra.clickhouse.migrate import migrate
from infra.processes import free_ports

EVENTS_A_CASE = 55
AS_OF = date(2025, 12, 31)
_RATES = (
    (1.0, "filed open open_over_6m open_over_12m open_over_18m open_over_36m disputes pieces"),
    (0.7, "closed closed_in_term days_net claim_fen reached_fen closed_real money_filed"),
    (0.35, "closed_full closed_terminated closed_property terminated terminated_over_5y rulings"),
    (0.5, "receipts_fen due_fen due_paid_fen paid_out_fen held_fen inquiry_due inquiry_made"),
    (2.7, "feedback feedback_good"),
    (5.0, "alerts_raised alerts_open"),
    (12.0, "events"),
)
RATES = {name: rate for rate, names in _RATES for name in names.split()}
"""Rows a case, rounded from the simulated nation; all other measures have one for each ten cases."""
OTHERS = 0.1
KINDS = {
    "case_type": ("执", "执", "执", "执", "执恢", "执保"),
    "institution": ("国有银行", "股份行", "不动产登记", "车管", "证券", "网络银行"),
    "matter": ("送达", "查询", "冻结"),
    "directive": ("督办", "提级"),
    "field": ("机票", "高铁"),
    "rule": tuple(f"R-TIME-{n:02}" for n in range(40)),
    "quarter": ("2025Q1", "2025Q2"),
    "none": ("",),
}
_OWN = """
INSERT INTO court_days SELECT measure, court, day, kind, known_on, sum(amount), 1 FROM counted
WHERE measure = %(measure)s GROUP BY measure, court, day, kind, known_on
"""
_SUBTREE = """
INSERT INTO subtree_days SELECT measure, above, day, kind, known_on, sum(value), 1
FROM
(
    SELECT d.*, arrayJoin(arrayPushFront(c.above, toString(d.court))) AS above
    FROM court_days AS d
    INNER JOIN courts AS c ON c.code = d.court
    WHERE d.measure = %(measure)s
)
GROUP BY measure, above, day, kind, known_on
"""


def fill(client: ClickHouse, events: int, years: int) -> None:
    """Rows of every measure; a stock row comes, and nine in ten go some hundred days later."""
    basic = [court.code for court in COURTS if court.tier == "BASIC"]
    random.Random(1).shuffle(basic)
    first = date(AS_OF.year - years + 1, 1, 1)
    for measure in MEASURES.values():
        rows = int(events / EVENTS_A_CASE * RATES.get(measure.id, OTHERS))
        kinds = list(KINDS[measure.split])
        edges = ["toInt64(1)"] if measure.counts == "flow" else ["toInt64(1)", "toInt64(-1)"]
        for number, sign in enumerate(edges):
            client.execute(
                _rows_sql(measure, sign, gone=number == 1),
                {"courts": basic, "kinds": kinds, "first": first, "days": 365 * years, "rows": max(10, rows)},
                settings={"max_insert_threads": 2},
            )
        for sql in (_OWN, _SUBTREE):
            client.execute(sql, {"measure": measure.id})
    for table in ("counted", "court_days", "subtree_days"):
        client.execute(f"OPTIMIZE TABLE {table} FINAL")


def _rows_sql(measure: Measure, sign: str, *, gone: bool) -> str:
    amount = {"fen": "toInt64(exp(15.6 + 1.2 * randNormal(0, 1, 2)))", "days": "toInt64(20 + rand(3) %% 160)"}.get(
        measure.amount, "toInt64(1)"
    )
    later = " + 20 + rand(number) %% 160" if gone else ""
    some = " WHERE number %% 10 < 9" if gone else ""
    return (
        f"INSERT INTO counted SELECT '{measure.id}',"
        # the tenth part of the courts with the most cases has about 40 % of them
        " %(courts)s[1 + toUInt32(pow(cityHash64(number) %% 1000000 / 1000000, 2.5) * length(%(courts)s))],"
        f" toDate32(%(first)s) + cityHash64(number, 'd') %% %(days)s{later} AS day,"
        " %(kinds)s[1 + cityHash64(number, 'k') %% length(%(kinds)s)],"
        " concat('case-', toString(number)), '1', concat('case-', toString(number)),"
        f" day + if(number %% 20 = 0, cityHash64(number, 'l') %% 9, 0), {sign} * {amount}, 1"
        f" FROM numbers(%(rows)s){some}"
    )


class Cpu:
    """CPU time of a process, in milliseconds since it was last asked."""

    def __init__(self, pid: int) -> None:
        self._stat = Path(f"/proc/{pid}/stat")
        self._last = 0.0
        self.since()

    def since(self) -> float:
        """How much was used since the last call."""
        fields = self._stat.read_text().rsplit(")", 1)[1].split()
        used = (int(fields[11]) + int(fields[12])) * 10.0
        self._last, passed = used, used - self._last
        return passed


def timed(what: Callable[[], object], rounds: int) -> list[float]:
    """Milliseconds of each round, after one that warms up."""
    what()
    took = []
    for _ in range(rounds):
        started = time.perf_counter()
        what()
        took.append((time.perf_counter() - started) * 1000)
    return took


def told(name: str, took: list[float], cpu: Cpu, asked: int, **more: object) -> None:
    """One line of results; `asked` = how many were asked, those that warm up too."""
    ordered = sorted(took)
    at = {q: ordered[min(len(ordered) - 1, int(len(ordered) * q / 100))] for q in (50, 95, 99)}
    line = {"question": name, **{f"p{q}_ms": round(value, 1) for q, value in at.items()}}
    line |= {"cpu_ms": round(cpu.since() / asked, 1), **more}
    print(json.dumps(line, ensure_ascii=False), flush=True)


def measure_reads(client: ClickHouse, cpu: Cpu, rounds: int) -> None:
    """Each indicator alone, of the nation, a province and a court; then all in one question; then rows."""
    computed = [one for one in INDICATORS.values() if not one.missing]
    opened = [one for one in computed if one.num and not one.whole_court]
    for court in (SPC, "粤", "京0105"):
        question = Question(court, AS_OF)
        for name, ask in (("with 同比 and 环比", figures.with_comparisons), ("value alone", figures.read)):
            cpu.since()
            took = {one.id: timed(partial(ask, client, [one], question), rounds) for one in computed}
            slowest = max(took, key=lambda name, took=took: statistics.median(took[name]))  # type: ignore[misc]
            every = [ms for times in took.values() for ms in times]
            told(f"one indicator, {name}, {court}", every, cpu, len(computed) * (rounds + 1), slowest=slowest)
        everything = timed(partial(figures.with_comparisons, client, computed, question), 5)
        told(f"all indicators in one question, {court}", everything, cpu, 6)
    for court in ("粤", "京0105"):
        rows: list[float] = []
        cpu.since()
        for one in opened:
            open_it = partial(figures.rows, client, one, Question(court, AS_OF), below_the_line=False, limit=100, offset=0)
            rows += timed(open_it, 2)
        told(f"the first 100 rows of a number, {court}", rows, cpu, 3 * len(opened))


def measure_walls(connect: Callable[[], ClickHouse], cpu: Cpu, walls: int, rounds: int) -> None:
    """So many walls that each ask for one indicator after another, all at once."""
    computed = [one for one in INDICATORS.values() if one.num]
    took: list[float] = []

    def wall(seed: int) -> None:
        rng = random.Random(seed)
        client = connect()
        for _ in range(rounds):
            started = time.perf_counter()
            figures.read(client, [rng.choice(computed)], Question(SPC, AS_OF))
            took.append((time.perf_counter() - started) * 1000)

    cpu.since()
    threads = [threading.Thread(target=wall, args=(seed,)) for seed in range(walls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told(f"one indicator, value alone, {walls} walls at once", took, cpu, walls * rounds)


@contextlib.contextmanager
def front(folder: Path) -> Iterator[tuple[int, int]]:
    """An embedded ClickHouse over a folder; its port and process id."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "yipanqi", "clickhouse-front", "--data", str(folder), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def main() -> None:
    """Fill, then measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--walls", type=int, default=10)
    parser.add_argument("--data", type=Path, help="Where the database lies; one that is there already is only read.")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = options.data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yipanqi-figures-")))
        folder.mkdir(parents=True, exist_ok=True)
        port, pid = stack.enter_context(front(folder))

        def connect(name: str = "bench") -> ClickHouse:
            return ClickHouse("127.0.0.1", port, database=name, timeout_s=3600)

        migrate(connect, "bench")
        client = stack.enter_context(connect())
        last = {"measure": list(MEASURES)[-1]}
        if client.query_rows("SELECT count() FROM subtree_days WHERE measure = %(measure)s", last) == [(0,)]:
            for table in ("counted", "court_days", "subtree_days"):
                client.execute(f"TRUNCATE TABLE {table}")
            started = time.perf_counter()
            counting = Counting(client)
            counting.prepare()
            counting.close()
            fill(client, options.events, options.years)
            print(json.dumps({"made": f"{options.events:,} events' worth", "seconds": round(time.perf_counter() - started, 1)}))
        sizes = (
            "SELECT table, sum(rows), sum(bytes_on_disk) FROM system.parts WHERE active AND database = 'bench' GROUP BY table"
        )
        for table, rows, size in sorted(client.query_rows(sizes)):
            if table in ("counted", "court_days", "subtree_days"):
                print(json.dumps({"table": table, "rows": rows, "megabytes": round(size / 1e6, 1)}), flush=True)
        cpu = Cpu(pid)
        measure_reads(client, cpu, options.rounds)
        measure_walls(connect, cpu, options.walls, options.rounds)


if __name__ == "__main__":
    main()
