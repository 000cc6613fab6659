"""An indicator as CSV and Parquet: the same as the API tells, and its rows sum to it."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from contract.codec import read_lines
from contract.courts import COURTS, SPC
from contract.envelope import Event
from contract.indicators.catalogue import INDICATORS
from contract.topics import EVENTS
from dashboards import figures
from dashboards.exports import tables
from dashboards.question import Question
from infra.clickhouse.client import ClickHouse
from streams.shell.figures import Figures
from streams.shell.seam import TP
from streams.shell.warehouse import Batch, Warehouse
from yipanqi.export import command
from yipanqi.simulate import command as simulate

AS_OF = date(2024, 12, 31)


@pytest.fixture
def counted(clickhouse: ClickHouse, of_event: Callable[..., Any], tmp_path: Path) -> ClickHouse:
    """The figures of a small simulated nation."""
    path = tmp_path / "nation.jsonl"
    arguments = ["--seed", "5", "--cases", "60", "--out", str(path), "--truth", str(path.with_suffix(".truth"))]
    assert CliRunner().invoke(simulate, arguments).exit_code == 0
    events = [one for _, one in read_lines(path) if isinstance(one, Event)]
    batch = Batch()
    received = [msgspec.structs.replace(one, receivedtime=one.receivedtime or one.recordedtime) for one in events]
    batch.add(TP(EVENTS, 0), 0, [of_event(one, offset) for offset, one in enumerate(received)])
    Warehouse(clickhouse).write(batch)
    counter = Figures(clickhouse)
    while counter.step():
        pass
    return clickhouse


def test_files_say_what_the_query_says(counted: ClickHouse, tmp_path: Path) -> None:
    """Values of a court and those right below; the children's numerators and denominators add up; rows sum to them."""
    place = ["--clickhouse", f"{counted.host}:{counted.port}", "--database", counted.database]

    def run(*options: str) -> Any:
        return CliRunner().invoke(command, ["indicator", *options, *place])

    for name in ("I-05", "I-01"):
        one = INDICATORS[name]
        out = tmp_path / f"{name}.csv"
        done = run(name, "--as-of", str(AS_OF), "--out", str(out))
        assert done.exit_code == 0, done.output
        found = list(csv.DictReader(out.read_text("utf-8").splitlines()))
        assert len(found) == 1 + len(COURTS.children(SPC))
        whole = figures.read(counted, [one], Question(SPC, AS_OF))[name]
        assert (found[0]["court"], found[0]["num"]) == (SPC, str(whole.num))
        assert float(found[0]["value"]) == whole.value
        assert sum(int(row["num"]) for row in found[1:]) == whole.num
        assert sum(int(row["den"]) for row in found[1:]) == whole.den
        parquet = tmp_path / f"{name}.parquet"
        assert run(name, "--as-of", str(AS_OF), "--out", str(parquet)).exit_code == 0
        table = pq.read_table(parquet)
        assert table.schema.remove_metadata() == tables.VALUES
        assert table.schema.metadata[b"as_of"] == b"2024-12-31"
        assert table.column("num").to_pylist() == [int(row["num"]) for row in found]
        rows = tmp_path / f"{name}.rows"
        assert run(name, "--rows", "--as-of", str(AS_OF), "--out", str(rows), "--format", "parquet").exit_code == 0
        listed = pq.read_table(rows).to_pylist()
        assert sum(row["total"] for row in listed if row["part"] == "num") == whole.num
        assert sum(row["total"] for row in listed if row["part"] == "den") == whole.den


def test_what_cant_be_written_is_said(clickhouse: ClickHouse, tmp_path: Path) -> None:
    """An unknown indicator, court or form, one that opens no rows, and a warehouse without a day."""
    place = ["--clickhouse", f"{clickhouse.host}:{clickhouse.port}", "--database", clickhouse.database]
    closed = next(one.id for one in INDICATORS.values() if not one.opens_rows())
    for options in (
        ["I-99", "--out", "a.csv"],
        ["I-05", "--court", "nowhere", "--out", "a.csv"],
        ["I-05", "--out", "a.xlsx"],
        [closed, "--rows", "--out", "a.csv"],
        ["I-05", "--out", "a.csv"],
    ):
        done = CliRunner().invoke(command, ["indicator", *options, *place])
        assert done.exit_code == 2, done.output
