"""A table as CSV holds nothing that a spreadsheet would compute; numbers stay numbers, and Parquet stays as it is."""

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboards.exports.tables import write

SCHEMA = pa.schema([("subject", pa.string()), ("total", pa.int64()), ("value", pa.float64()), ("since", pa.date32())])
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠SUM", '=HYPERLINK("x","y")', "-")
PLAIN = ("BJ-CY-1", "x\r=1", "x\n=1", "x,=1", "（2024）京0105执1号", "a=b", "'quoted", " =1", "", None)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_begins_like_a_formula_is_a_text(tmp_path: Path, text: str) -> None:
    """It begins with an apostrophe, and what follows it is what was told; Parquet has no apostrophe."""
    row = {"subject": text, "total": -5, "value": -0.5, "since": None}
    for kind in ("csv", "parquet"):
        assert write([row], SCHEMA, tmp_path / kind, kind=kind, about={}) == 1
    with (tmp_path / "csv").open(encoding="utf-8", newline="") as file:
        (found,) = csv.DictReader(file)
    assert found == {"subject": "'" + text, "total": "-5", "value": "-0.5", "since": ""}
    assert pq.read_table(tmp_path / "parquet").to_pylist() == [row]


@pytest.mark.parametrize("text", PLAIN)
def test_other_texts_are_as_they_are(tmp_path: Path, text: str | None) -> None:
    """Nothing is added where nothing would be computed."""
    write([{"subject": text, "total": None, "value": None, "since": None}], SCHEMA, tmp_path / "csv", kind="csv", about={})
    with (tmp_path / "csv").open(encoding="utf-8", newline="") as file:
        (found,) = csv.DictReader(file)
    assert found["subject"] == (text or "")
