"""How fast Grafana's panels are read: each ClickHouse query of the catalogue, with the plan of those that cost most."""

import json
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from meter import Engine, percentiles, timed, told

from contract.courts import SPC
from dashboards.grafana.board import annotations
from dashboards.grafana.build import boards
from dashboards.grafana.macros import ALL, Value, Window, expand
from infra.clickhouse.client import ClickHouse

ROLL_UPS = frozenset({"subtree_days", "subtree_months", "courts", "watermarks", "figured"})
COURTS_ASKED = (SPC, "粤", "京0105")
EVERYTHING: dict[str, Value] = {"period": "now", "case_type": ALL, "known": "now", "console": "http://127.0.0.1:8000"}
SLOW_MS = 1000.0
_TREE = " │├└─"
"""What the engine draws before a line of a plan."""


class Asked(NamedTuple):
    """One query, and whether it reads roll-ups alone (a wall panel) or rows of alerts and cases (a drill-down)."""

    board: str
    title: str
    sql: str
    rolled_up: bool


def catalogue() -> list[Asked]:
    """Every query of every panel and annotation, each once."""
    found: dict[str, Asked] = {}
    for board in boards():
        for panel in (panel for section in board.sections for panel in section.panels if panel.source == "clickhouse"):
            rolled_up = set(panel.ceiling.tables) <= ROLL_UPS
            for ask in panel.asks:
                found.setdefault(ask.text, Asked(board.uid, panel.title, ask.text, rolled_up))
    for mark in annotations():
        found.setdefault(mark.query.sql, Asked("every board", mark.name, mark.query.sql, rolled_up=False))
    return list(found.values())


def expanded(one: Asked, court: str, as_of: date) -> str:
    """Its SQL for a court and the ninety days to `as_of`, which is what a board opens with."""
    end = datetime(as_of.year, as_of.month, as_of.day, 15, 59, 59, tzinfo=UTC)
    return expand(one.sql, Window(end - timedelta(90), end, 86_400), EVERYTHING | {"court": court})


def measure_panels(client: ClickHouse, as_of: date, rounds: int, each: Path | None, *, rolled_up: bool) -> None:
    """Each query of one kind alone, for the nation, a province and a court; then the plans of the ten that take most CPU.

    A JSON line for each is added to the file `each` at once, for a slow query is seen while the others still run.
    """
    engine = Engine(client)
    lines: list[dict[str, Any]] = []
    name = "panels of roll-ups" if rolled_up else "drill-downs"
    for court in COURTS_ASKED:
        here = []
        for one in catalogue():
            if one.rolled_up is rolled_up:
                here.append(_measured(client, engine, one, court, as_of, rounds))
                _keep(here[-1], each)
        every = [ms for line in here for ms in line["took"]]
        worst = max(here, key=lambda line: line["cpu_ms"])
        mean = round(sum(line["cpu_ms"] for line in here) / len(here), 1)
        told(f"{name}, {court}", every, queries=len(here), cpu_ms=mean, worst=f"{worst['board']} {worst['panel']}")
        lines += here
    tell_slowest(client, lines)


def _measured(client: ClickHouse, engine: Engine, one: Asked, court: str, as_of: date, rounds: int) -> dict[str, Any]:
    """What one query took and cost; a slow one is asked once, since it needs no more."""
    sql = expanded(one, court, as_of)
    engine.since(1)
    started = time.perf_counter()
    client.query_rows(sql)
    first = (time.perf_counter() - started) * 1000
    slow = first > SLOW_MS
    took = [first] if slow else timed(lambda: client.query_rows(sql), rounds)
    cost = engine.since(1 if slow else len(took) + 2)
    place = {"court": court, "board": one.board, "panel": one.title, "rolled_up": one.rolled_up}
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


def measure_panel_walls(connect: Callable[[], ClickHouse], as_of: date, walls: int, rounds: int) -> None:
    """So many readers at once, each of one panel of roll-ups after another."""
    asked = [expanded(one, SPC, as_of) for one in catalogue() if one.rolled_up]
    took: list[float] = []

    def wall(seed: int) -> None:
        rng = random.Random(seed)
        with connect() as client:
            for _ in range(rounds):
                sql = rng.choice(asked)
                started = time.perf_counter()
                client.query_rows(sql)
                took.append((time.perf_counter() - started) * 1000)

    with connect() as client:
        engine = Engine(client)
        threads = [threading.Thread(target=wall, args=(seed,)) for seed in range(walls)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        told(f"panels of roll-ups, {walls} walls at once", took, **engine.since(walls * rounds))
