"""Every query of Grafana's panels, and how to ask it of a simulated nation."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from simulated_tables import Nation

from dashboards.grafana.board import panels_on
from dashboards.grafana.build import boards
from dashboards.grafana.macros import ALL, Value, Window
from dashboards.grafana.model import Board, Panel
from infra.clickhouse.client import ClickHouse

EVERYTHING: dict[str, Value] = {
    "court": "最高法",
    "period": "now",
    "case_type": ALL,
    "known": "now",
    "console": "http://127.0.0.1:8000",
}


class Asked(NamedTuple):
    """One query of one panel of one board."""

    board: Board
    panel: Panel
    sql: str


def asked() -> Iterator[Asked]:
    """Every ClickHouse query of the catalogue."""
    for board in boards():
        for panel in panels_on(board):
            if panel.source == "clickhouse":
                yield from (Asked(board, panel, ask.text) for ask in panel.asks)


ASKED = list({one.sql: one for one in asked()}.values())


def windows(lives: Nation) -> Iterator[Window]:
    """A year to each of some days of the simulation: what is seldom open stands on one of them."""
    for days in (322, 420, 250, 150, 60):
        end = lives.until - timedelta(days)
        yield Window(end - timedelta(365), end, 86_400)


def window(lives: Nation) -> Window:
    """The first of them."""
    return next(windows(lives))


def run(clickhouse: ClickHouse, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Columns and rows."""
    found = clickhouse.query_columns(sql)
    return list(found), list(zip(*found.values(), strict=True))
