"""Sums of rows that a test put into `counted` by itself, as the counter would have written them."""

from infra.clickhouse.client import ClickHouse


def add_up(clickhouse: ClickHouse) -> None:
    """Write `court_days` of all rows."""
    clickhouse.execute(
        "INSERT INTO court_days SELECT measure, court, day, kind, known_on, sum(amount), 1 FROM counted FINAL GROUP BY ALL"
    )
