"""Figures as a reader in China writes them."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboards.wall.figures import age_text, count_text, day_text, due_text, instant_text, money_text, rate_text

NOW = datetime(2024, 3, 1, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (9_999, "9,999"), (12_345, "1.2万"), (99_999_999, "10,000万"), (216_000_000, "2.2亿")],
)
def test_counts(number: int, text: str) -> None:
    """Counts from ten thousand on are written in 万 and 亿."""
    assert count_text(number) == text


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (3_550, "35.50元"),
        (99_999_999, "100.0万元"),
        (12_345_678, "12.3万元"),
        (2_160_000_000_000, "216.00亿元"),
        (None, "—"),
        (-150, "-1.50元"),
    ],
)
def test_money(fen: int | None, text: str) -> None:
    """Money is kept in fen and written in yuan."""
    assert money_text(fen) == text


def test_rates_of_nothing_are_a_dash() -> None:
    """Where nothing was counted there is no rate, and not zero."""
    assert (rate_text(1, 400), rate_text(0, 0)) == ("2.5", "—")


def test_times_are_written_in_beijing_time() -> None:
    """年月日 and 24 hours."""
    assert instant_text(NOW) == "2024年3月1日 09:30:00"
    assert day_text(NOW.date()) == "2024年3月1日"


@pytest.mark.parametrize(("seconds", "text"), [(86_400 * 3, "余3天"), (-3_700, "逾期1小时"), (0, "余0秒")])
def test_due(seconds: int, text: str) -> None:
    """A due instant is ahead or behind."""
    assert due_text(NOW + timedelta(seconds=seconds), NOW) == text


@pytest.mark.parametrize(
    ("seconds", "state"), [(0, "live"), (15, "live"), (16, "late"), (60, "late"), (61, "stale"), (None, "broken")]
)
def test_freshness(seconds: int | None, state: str) -> None:
    """Data are live up to 15 s, late up to 60 s, then stale; never heard of is broken."""
    heard = None if seconds is None else NOW - timedelta(seconds=seconds)
    assert age_text(heard, NOW)[0] == state
