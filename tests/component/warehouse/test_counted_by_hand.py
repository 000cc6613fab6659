"""The figures of docs/indicators-by-hand.md: its events through supervision and warehouse, and counted plainly."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from counted_log import Make, count
from counted_plainly.answers import Answers, Sums
from counted_plainly.answers import rows as plain_rows
from told_log import supervised

from contract.control import ticked
from contract.envelope import Event
from contract.indicators.catalogue import INDICATORS
from contract.registry import validate
from dashboards import figures
from dashboards.question import Question
from infra.clickhouse.client import ClickHouse

_PAGE = Path(__file__).parents[3] / "docs" / "indicators-by-hand.md"
_EVENT = re.compile(r"(\S+?)(?:>(\S+))? (\S+) (\S+) (\{.*\})")
_FIGURE = re.compile(r"(?P<id>\S+) (?P<court>\S+) (?P<day>\S+)(?: known (?P<known>\S+))?: (?:(\d+) / (\d+) = )?(\S+)")
_MORNING = timedelta(hours=2)
"""Ten in the morning in Beijing, in UTC; each line of the page a second later."""


class Said(NamedTuple):
    """One figure of the page; None where it tells no numerator, and of a value that there is none."""

    indicator: str
    court: str
    as_of: date
    known_on: date | None
    num: int | None
    den: int | None
    value: float | None


def blocks(kind: str) -> Iterator[str]:
    """The lines of the page's blocks of a kind."""
    for block in re.findall(rf"```{kind}\n(.*?)```", _PAGE.read_text(encoding="utf-8"), re.DOTALL):
        yield from block.splitlines()


def events() -> Iterator[Event]:
    """The events of the page, each valid to the gateway."""
    for number, line in enumerate(blocks("events")):
        happened, received, subjects, name, data = _EVENT.fullmatch(line).groups()  # type: ignore[union-attr]
        for subject in subjects.split(","):
            told = json.loads(data)
            if name == "case.filed":
                told["case_no"] = f"（2024）京0105执{ord(subject) - ord('a') + 1}号"
            event = Event(
                id=f"{number}-{subject}",
                source="/court/京0105/hand",
                type=f"cn.court.enforcement.{name}.v1",
                subject=subject,
                rootid=subject,
                time=_at(happened, number),
                recordedtime=_at(received or happened, number),
                courtcode="京0105",
                data=told,
            )
            assert validate(event) == [], line
            yield event


def _at(day: str, number: int) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC) + _MORNING + timedelta(seconds=number)


def said() -> Iterator[Said]:
    """The figures of the page."""
    for line in blocks("figures"):
        name, court, day, known, num, den, value = _FIGURE.fullmatch(line).groups()  # type: ignore[union-attr]
        yield Said(
            name,
            court,
            date.fromisoformat(day),
            date.fromisoformat(known) if known else None,
            int(num) if num else None,
            int(den) if den else None,
            None if value == "none" else float(value),
        )


def test_the_page_is_right(clickhouse: ClickHouse, of_event: Make, of_output: Make) -> None:
    """Each figure, by the warehouse and by plain counting; and all figures of alerts are on the page."""
    log = supervised([*events(), ticked(1, datetime(2024, 12, 31, tzinfo=UTC))])
    count(clickhouse, log, of_event, of_output)
    journal = [msgspec.json.decode(step.encode()) for step in log.journal]
    page = list(said())
    for one in page:
        indicator = INDICATORS[one.indicator]
        found = figures.read(clickhouse, [indicator], Question(one.court, one.as_of, one.known_on))[one.indicator]
        assert (found.num, found.den) == (one.num, one.den), one
        assert found.value == (None if one.value is None else pytest.approx(one.value, abs=1e-6)), one
        plainly = Answers(Sums(plain_rows(log.events, journal, one.known_on)), one.as_of).of(indicator, one.court)
        assert plainly == (found.num, found.den, pytest.approx(found.value)), one
    of_alerts = {
        name for name, one in INDICATORS.items() if {"alerts_raised", "rulings_sound"} & {term.measure for term in one.terms()}
    }
    assert of_alerts <= {one.indicator for one in page}
