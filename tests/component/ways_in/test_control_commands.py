"""What a person decides about rules goes into every partition once, beside the running clock."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from contract.calendar import calendar_of, cn_calendar
from contract.codec import from_kafka
from contract.topics import EMBEDDED_PARTITIONS, EVENTS, RESTRICTED
from producers.clock import Clock
from streams.cases.rulebook import RuleBook
from streams.rules.load import load_packs
from streams.shell.cores import core_factory, shelf_of
from yipanqi.__main__ import cli
from yipanqi.clock import calendar_activation

PACK = Path(__file__).parents[3] / "docs" / "tutorial" / "packs"


def run(kafka: str, data: Path, *arguments: object) -> str:
    """Run a command before this log; what it says."""
    result = CliRunner().invoke(cli, [*map(str, arguments), "--kafka", kafka, "--data", str(data)])
    assert result.exit_code == 0, result.output
    return result.output


def test_each_goes_into_every_partition_under_one_number(
    wall_log: str, tmp_path: Path, records: Callable[..., list[Any]]
) -> None:
    """The restricted ones too; the clock at its next start finds them and writes nothing of them again."""
    pack = next(PACK.glob("*.toml"))
    notice = tmp_path / "notice.toml"
    year = (cn_calendar().years or (0, 0))[1] + 1
    notice.write_text(
        f'version = "试〔{year}〕1号"\nyears = [{year}]\n[rest]\n{year}-01-01 = "元旦"\n[work]\n', encoding="utf-8"
    )
    run(wall_log, tmp_path, "rules", "activate", pack, "--rejudge")
    run(wall_log, tmp_path, "rules", "deactivate", load_packs([pack])[-1].id, "--always")
    words = ["--basis", "试行办法", "--approver", "主任", "--from", "2026-12-01"]
    run(wall_log, tmp_path, "rules", "param", "R-INIT-03.a", "within", "15 calendar_days", *words)
    run(wall_log, tmp_path, "calendar", "activate", notice)
    with Clock(wall_log, line="wall", calendar=calendar_activation()):
        pass
    decided = [
        (record.topic, record.partition, event.short, (event.data or {})["control"])
        for topic in (EVENTS, RESTRICTED)
        for record in records(wall_log, topic)
        if (event := from_kafka(record.value, record.headers)).short not in ("sys.ticked", "sys.line_started")
    ]
    numbers = {number: kind for _, _, kind, number in decided}
    assert list(numbers.values()) == [
        "sys.pack_activated",
        "sys.pack_deactivated",
        "sys.rule_params_changed",
        "sys.calendar_changed",
        "sys.calendar_changed",  # the clock brings the installed one, which this log never had
    ]
    assert len(decided) == len(numbers) * EMBEDDED_PARTITIONS * 2


def test_the_calendar_of_a_file_is_the_installed_one_and_its_years(
    wall_log: str, tmp_path: Path, records: Callable[..., list[Any]]
) -> None:
    """Its content travels whole and gives the hash that the event names."""
    base = cn_calendar()
    year = (base.years or (0, 0))[1] + 1
    notice = tmp_path / "notice.toml"
    notice.write_text(f'version = "试"\nyears = [{year}]\n[rest]\n{year}-01-01 = "元旦"\n', encoding="utf-8")
    run(wall_log, tmp_path, "calendar", "activate", notice)
    events = [from_kafka(record.value, record.headers) for record in records(wall_log)]
    data = next(event.data for event in events if event.short == "sys.calendar_changed")
    assert data is not None
    found = calendar_of("cn", "试", data["days"])
    assert (found.sha256, found.years) == (data["sha256"], ((base.years or (0, 0))[0], year))
    assert not found.is_workday(date(year, 1, 1))


def test_an_activated_pack_is_found_by_its_hash(wall_log: str, tmp_path: Path) -> None:
    """In the data folder, by every process that was not given it."""
    pack = next(PACK.glob("*.toml"))
    run(wall_log, tmp_path, "rules", "activate", pack)
    loaded = load_packs([pack])[-1]
    core = core_factory(None, shelf=shelf_of(tmp_path))({})
    book: RuleBook = core._book  # type: ignore[attr-defined]  # what it was told stands nowhere else
    assert book._shelf(loaded.id, loaded.sha256) == loaded
    assert book._shelf("other", loaded.sha256) is None


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["rules", "param", "R-NONE", "within", "1 months"], "has no such rule"),
        (["rules", "param", "R-INIT-03.a", "stop", "case.closed"], "no parameter of a rule"),
        (["rules", "param", "R-INIT-03.a", "levels.0.at", "5 moons"], "moons"),
    ],
)
def test_what_the_engine_would_refuse_is_not_written(arguments: list[str], why: str) -> None:
    """The command says what the loader says; no broker is asked."""
    words = ["--basis", "b", "--approver", "a", "--from", "2026-12-01", "--kafka", "127.0.0.1:1"]
    result = CliRunner().invoke(cli, [*arguments, *words])
    assert result.exit_code == 1
    assert why in result.output
