"""How fast Grafana's panels are read: each ClickHouse query of the catalogue, with the plan of those that cost most."""

import json
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from meter import Engine, at_once, percentiles, timed, told, took_ms

from contract.courts import SPC
from dashboards.grafana.board import annotations, on_a_wall, panels_on
from dashboards.grafana.build import boards
from dashboards.grafana.macros import ALL, Value, Window, expand
from dashboards.grafana.model import Board
from infra.clickhouse.client import ClickHouse

ROLL_UPS = frozenset({"subtree_days", "subtree_months", "courts", "watermarks", "figured"})
COURTS_ASKED = (SPC, "粤", "京0105")
EVERYTHING: dict[str, Value] = {"period": "now", "case_type": ALL, "known": "now", "console": "http://127.0.0.1:8000"}
SLOW_MS = 1000.0
CONNECTIONS = 6
"""What a browser opens to one server."""
_TREE = " │├└─"
"""What the engine draws before a line of a plan."""


class Asked(NamedTuple):
    """One query, whether it reads roll-ups alone or rows of alerts and cases too, and whether some board has it on a wall."""

    board: str
    title: str
    sql: str
    rolled_up: bool
    wall: bool


def catalogue() -> list[Asked]:
    """Every query of every panel and annotation, each once."""
    found: dict[str, Asked] = {}
    for board in boards():
        wall = on_a_wall(board)
        for panel in (one for one in panels_on(board) if one.source == "clickhouse"):
            rolled_up = set(panel.ceiling.tables) <= ROLL_UPS
            for ask in panel.asks:
                first = found.setdefault(ask.text, Asked(board.uid, panel.title, ask.text, rolled_up, wall=False))
                found[ask.text] = first._replace(wall=first.wall or panel in wall)
    for mark in annotations():
        found.setdefault(mark.query.sql, Asked("every board", mark.name, mark.query.sql, rolled_up=False, wall=True))
    return list(found.values())


def expanded(sql: str, court: str, as_of: date) -> str:
    """SQL for a court and the ninety days to `as_of`, which is what a board opens with."""
    end = datetime(as_of.year, as_of.month, as_of.day, 15, 59, 59, tzinfo=UTC)
    return expand(sql, Window(end - timedelta(90), end, 86_400), EVERYTHING | {"court": court})


def measure_panels(client: ClickHouse, as_of: date, rounds: int, each: Path | None) -> None:
    """Each query alone, for the nation, a province and a court; then the plans of the ten that take most CPU.

    They are told in three: those on a wall, other ones of sums, other ones of rows; and all of sums together. A JSON line for
    each query is added to the file `each` at once, for a slow query is seen while the others still run.
    """
    engine = Engine(client)
    lines: list[dict[str, Any]] = []
    for court in COURTS_ASKED:
        here = []
        for one in catalogue():
            here.append(_measured(client, engine, one, court, as_of, rounds))
            _keep(here[-1], each)
        _tell(f"panels on a wall, {court}", [line for line in here if line["wall"]])
        _tell(f"other panels of sums, {court}", [line for line in here if not line["wall"] and line["rolled_up"]])
        _tell(f"panels of sums, {court}", [line for line in here if line["rolled_up"]])
        _tell(f"other panels of rows, {court}", [line for line in here if not line["wall"] and not line["rolled_up"]])
        lines += here
    tell_slowest(client, lines)


def _tell(name: str, lines: list[dict[str, Any]]) -> None:
    worst = max(lines, key=lambda line: line["cpu_ms"])
    mean = round(sum(line["cpu_ms"] for line in lines) / len(lines), 1)
    every = [ms for line in lines for ms in line["took"]]
    told(name, every, queries=len(lines), cpu_ms=mean, worst=f"{worst['board']} {worst['panel']}")


def _measured(client: ClickHouse, engine: Engine, one: Asked, court: str, as_of: date, rounds: int) -> dict[str, Any]:
    """What one query took and cost; a slow one is asked once, since it needs no more."""
    sql = expanded(one.sql, court, as_of)
    engine.since(1)
    first = took_ms(lambda: client.query_rows(sql))
    slow = first > SLOW_MS
    took = [first] * rounds if slow else timed(lambda: client.query_rows(sql), rounds)
    cost = engine.since(1 if slow else rounds + 2)
    place = {"court": court, "board": one.board, "panel": one.title, "rolled_up": one.rolled_up, "wall": one.wall}
    return {**place, **percentiles(took), **cost, "took": took, "sql": sql}


def _keep(line: dict[str, Any], each: Path | None) -> None:
    if each is not None:
        with each.open("a", encoding="utf-8") as out:
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


def tell_slowest(client: ClickHouse, lines: list[dict[str, Any]]) -> None:
    """The ten panels that cost most CPU, each once, with the parts and granules that its plan reads."""
    costliest: dict[str, dict[str, Any]] = {}
    for line in sorted(lines, key=lambda line: -line["cpu_ms"]):
        costliest.setdefault(line["panel"], line)
    for line in list(costliest.values())[:10]:
        plan = [row[0].lstrip(_TREE) for row in client.query_rows(f"EXPLAIN indexes = 1 {line['sql']}")]
        keep = ("ReadFromMergeTree", "Parts:", "Granules:", "Condition:")
        shown = {key: value for key, value in line.items() if key not in ("took", "sql")}
        print(json.dumps({"slowest": shown, "plan": [row for row in plan if row.startswith(keep)]}, ensure_ascii=False))


def measure_panel_walls(connect: Callable[[], ClickHouse], as_of: date, walls: int, minutes: int) -> None:
    """So many walls, each with a board of its own about the nation that it asks for anew at the board's own pace.

    As a browser does, a wall sends as many questions as it has connections, and the next as answers come; a question's time
    begins when it is sent, a screen's with the first. Walls begin at chance moments; then all at the same, as after a failure.
    """
    rng = random.Random(1)
    about_courts = [board for board in boards() if board.courts]
    chosen = rng.sample(about_courts, min(walls, len(about_courts)))
    _measure_walls(connect, as_of, chosen, [rng.random() for _ in chosen], minutes, f"{len(chosen)} walls")
    _measure_walls(connect, as_of, chosen, [0.0 for _ in chosen], 1, f"{len(chosen)} walls at the same moment")


def _measure_walls(
    connect: Callable[[], ClickHouse], as_of: date, shown: list[Board], offsets: list[float], refreshes: int, name: str
) -> None:
    """``offsets``: when each begins, as a share of its pace."""
    took: list[float] = []
    whole: list[float] = []
    begun = time.perf_counter() + 1

    def wall(board: Board, offset: float) -> None:
        texts = [ask.text for panel in on_a_wall(board) if panel.source == "clickhouse" for ask in panel.asks]
        asked = [expanded(text, SPC, as_of) for text in (*texts, *(mark.query.sql for mark in annotations()))]
        pace = _seconds(board.refresh)
        with ThreadPoolExecutor(CONNECTIONS) as pool, connect() as client:
            for refresh in range(refreshes):
                time.sleep(max(0.0, begun + (offset + refresh) * pace - time.perf_counter()))
                started = time.perf_counter()
                took.extend(pool.map(lambda sql: took_ms(lambda: client.query_rows(sql)), asked))
                whole.append((time.perf_counter() - started) * 1000)

    with connect() as client:
        engine = Engine(client)
        with ThreadPoolExecutor(len(shown)) as pool:
            list(pool.map(wall, shown, offsets))
        told(f"a panel, {name}", took, **engine.since(len(took)))
        told(f"a whole screen, {name}", whole)


def measure_panel_readers(connect: Callable[[], ClickHouse], as_of: date, readers: int, rounds: int) -> None:
    """So many readers at once, each of one panel on a wall after another without a pause."""
    asked = [expanded(one.sql, SPC, as_of) for one in catalogue() if one.wall]
    with connect() as client:
        engine = Engine(client)
        took = at_once(connect, readers, rounds, lambda client, rng: client.query_rows(rng.choice(asked)))
        told(f"panels on a wall, {readers} readers without a pause", took, **engine.since(readers * rounds))


def _seconds(pace: str) -> int:
    """Seconds of a refresh as Grafana says it."""
    return int(pace[:-1]) * {"s": 1, "m": 60}[pace[-1]]
