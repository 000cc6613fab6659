"""CSV files and mappings."""

import gc
import gzip
import json
from pathlib import Path

import pytest

from producers.importers.mapping import Mapping, MappingError, load_mapping
from producers.importers.rows import Refused
from producers.importers.run import import_file

HEADER = "case_id,Activity,time:timestamp,amount\n"


def imported(path: Path, text: str | bytes, mapping: Mapping | None = None) -> tuple[list[dict[str, object]], list[Refused]]:
    """Import a table; its events and what was refused."""
    file, out = path / "log.csv", path / "out.jsonl"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    refused: list[Refused] = []
    import_file(file, out, mapping or Mapping(), refused.append, lambda _: None)
    return [json.loads(line) for line in out.read_text().splitlines()], refused


def mapped(path: Path, text: str) -> Mapping:
    """A mapping from its TOML."""
    file = path / "map.toml"
    file.write_text(text)
    return load_mapping(file)


def test_a_table_without_mapping(tmp_path: Path) -> None:
    """Usual column names are known, values are text, empty cells are absent, the columns are the payload."""
    events, refused = imported(
        tmp_path, HEADER + 'A1,Create Fine,2006-07-24T00:00:00+02:00,"35,5"\nA1,Pay,2006-08-01T00:00:00Z,\n'
    )
    assert not refused
    assert [(one["id"], one["type"], one["subject"]) for one in events] == [("1", "x.create_fine", "A1"), ("2", "x.pay", "A1")]
    assert events[0]["data"] == {
        "case_id": "A1",
        "Activity": "Create Fine",
        "time:timestamp": "2006-07-24T00:00:00+02:00",
        "amount": "35,5",
    }
    assert "amount" not in events[1]["data"]  # type: ignore[operator]


def test_bad_rows_are_named_with_their_line(tmp_path: Path) -> None:
    """Too few values, no time, a quoted value over two lines, bytes that are no UTF-8: the rest goes on."""
    good = "A1,Pay,2006-08-01T00:00:00Z,1\n"
    body = HEADER + "A1,Pay\n" + 'A1,Pay,never,"x\ny"\n' + good
    events, refused = imported(tmp_path, body.encode() + b"A1,Pay,2006-08-01T00:00:00Z,\xff\n" + good.encode())
    assert [one["id"] for one in events] == ["3", "5"]
    assert [(one.number, one.line) for one in refused] == [(1, 2), (2, 4), (4, 6)]
    assert "2 values for 4 columns" in refused[0].reason
    assert "not an RFC 3339 instant" in refused[1].reason
    assert "is not utf-8" in refused[2].reason


def test_a_row_of_a_court_outside_the_tree_is_named(tmp_path: Path) -> None:
    """What a column gives as the court is asked like at the gateway."""
    body = "case_id,activity,timestamp,court\nA1,Pay,2006-08-01T00:00:00Z,粤0604\nA2,Pay,2006-08-01T00:00:00Z,火0105\n"
    events, refused = imported(tmp_path, body, mapped(tmp_path, 'court = { from = "court" }'))
    assert [one["courtcode"] for one in events] == ["粤0604"]
    assert [(one.line, one.reason) for one in refused] == [
        (3, "courtcode: '火0105' is no 法院代字 of the court tree [unknown_court]")
    ]


def test_delimiters_and_byte_order_marks(tmp_path: Path) -> None:
    """A semicolon or a tab is seen from the header; a byte order mark is no part of a name."""
    events, refused = imported(tmp_path, "\ufeffcase;activity;timestamp\nA;Pay;2006-08-01T00:00:00Z\n")
    assert not refused
    assert events[0]["subject"] == "A"


@pytest.mark.parametrize("header", ["", "a,a,b\n", ",,\n"])
def test_a_header_is_needed(tmp_path: Path, header: str) -> None:
    """Without names of columns, each once, nothing can be read."""
    events, (refused,) = imported(tmp_path, header)
    assert not events
    assert "name the columns" in refused.reason


def test_a_table_without_the_columns_is_refused_once(tmp_path: Path) -> None:
    """A file without a header must not lose its first row silently, nor name each of a million."""
    events, (refused,) = imported(tmp_path, "A1,Pay,2006-08-01T00:00:00Z\nA2,Pay,2006-08-01T00:00:00Z\n")
    assert not events
    assert (refused.number, refused.line) == (None, 1)
    assert "the first line names no column for subject, activity, time" in refused.reason
    assert "it names 'A1', 'Pay', '2006-08-01T00:00:00Z'" in refused.reason
    events, (refused,) = imported(tmp_path, HEADER + "A1,Pay,2006-08-01T00:00:00Z,1\n", Mapping(subject="案件"))
    assert not events
    assert "no column for subject ('案件')" in refused.reason


def test_the_separator_line_of_a_spreadsheet(tmp_path: Path) -> None:
    """Excel writes ``sep=;`` above the header; lines are counted with it."""
    events, (refused,) = imported(
        tmp_path, "\ufeffsep=;\r\ncase_id;activity;timestamp\r\nA;Pay, now;2006-08-01T00:00:00Z\r\nB;Pay;\r\n"
    )
    assert events[0]["data"] == {"case_id": "A", "activity": "Pay, now", "timestamp": "2006-08-01T00:00:00Z"}
    assert refused.line == 4


def test_a_quote_that_is_never_closed(tmp_path: Path) -> None:
    """All that follows it is one value: what is lost is named with the line where it begins."""
    good = "A1,Pay,2006-08-01T00:00:00Z,1\n"
    events, (refused,) = imported(tmp_path, HEADER + good + 'A1,"Pay,2006-08-01T00:00:00Z,1\n' + good + good)
    assert len(events) == 1
    assert (refused.number, refused.line) == (2, 3)
    assert "a quote that opens in line 3 is never closed: the lines to the end, 5, are one value" in refused.reason


def test_a_broken_archive_gives_what_comes_before(tmp_path: Path) -> None:
    """A download that broke off is said in words; so is what is no archive."""
    rows = "".join(f"A{n},Pay,2006-08-01T00:00:00Z,{n}\n" for n in range(5000))
    raw = gzip.compress((HEADER + rows).encode())
    for content, least in ((raw[: len(raw) // 2], 1), (raw[:-4], 5000), (HEADER.encode(), 0)):
        path, out = tmp_path / "log.csv.gz", tmp_path / "out"
        path.write_bytes(content)
        refused: list[Refused] = []
        assert import_file(path, out, Mapping(), refused.append, lambda _: None).written >= least
        assert [one.reason[:36] for one in refused] == ["the file is broken and ends here: " + refused[0].reason[34:36]]


@pytest.mark.parametrize(
    "content", [HEADER.encode("utf-16"), b"PK\x03\x04\x14\x00\x06\x00", b"\0" * 9], ids=["UTF-16", "XLSX", "NUL"]
)
def test_what_is_no_text_is_said_so(tmp_path: Path, content: bytes) -> None:
    """A spreadsheet, or another encoding: neither has columns to be named."""
    path = tmp_path / "log.csv"
    path.write_bytes(content)
    refused: list[Refused] = []
    import_file(path, tmp_path / "out", Mapping(), refused.append, lambda _: None)
    assert [one.reason for one in refused] == [
        "is no text in utf-8; name the file's encoding in a mapping, save a spreadsheet as CSV"
    ]


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_full_disk(tmp_path: Path) -> None:
    """One error, of the file that could not be written, and nothing beside it."""
    path = tmp_path / "log.csv"
    path.write_text(HEADER + "A1,Pay,2006-08-01T00:00:00Z,1\n" * 500)
    with pytest.raises(OSError, match="'/dev/full'"):
        import_file(path, Path("/dev/full"), Mapping(), lambda _: None, lambda _: None)
    gc.collect()


def test_a_long_value(tmp_path: Path) -> None:
    """A value may be as long as an event."""
    events, refused = imported(tmp_path, HEADER + f"A1,Pay,2006-08-01T00:00:00Z,{'x' * 300_000}\n")
    assert not refused
    assert len(events) == 1


def test_times_that_a_mapping_could_read(tmp_path: Path) -> None:
    """A message about a time of another form shows it as it stands, and names the setting that reads it."""
    head = "case_id,activity,timestamp\n"
    _, refused = imported(tmp_path, head + "A,Pay,2024/3/1 10:00\nA,Pay,2024-03-01 10:00:00\nA,Pay,45352.41\n")
    reasons = [one.reason for one in refused]
    assert "'2024/3/1 10:00' is not an RFC 3339 instant" in reasons[0]
    assert "time_format of a mapping" in reasons[0]
    assert "'2024-03-01 10:00:00' has no offset" in reasons[1]
    assert "zone of a mapping" in reasons[1]
    assert "'45352.41'" in reasons[2]


@pytest.mark.parametrize(
    ("text", "fen"),
    [("12.34", 1234), ("1,234.5", 123450), ("-1,234,567", -123456700), ("1.2E+3", 120000), (" 5 ", 500), ("5.", 500)]
    + [(bad, None) for bad in ("12,34", "1.234,50", "1,2345", "1_000", ",5", "1e400000000", "Infinity", "￥5")],
)
def test_amounts_are_read_only_where_they_are_plain(tmp_path: Path, text: str, fen: int | None) -> None:
    """A comma parts thousands; where it is a decimal point elsewhere, the amount must not come out a hundredfold."""
    mapping = mapped(tmp_path, '[events.Go]\ntype = "x.go"\n[events.Go.data]\na_fen = { from = "a", unit = "yuan" }\n')
    events, refused = imported(tmp_path, f'case,activity,timestamp,a\nA,Go,2006-08-01T00:00:00Z,"{text}"\n', mapping)
    assert [one["data"] for one in events] == ([] if fen is None else [{"a_fen": fen}])
    assert all("is no amount of money" in one.reason for one in refused)


def test_a_mapping_gives_contract_types_units_and_the_court(tmp_path: Path) -> None:
    """Fields, exact money, days in the mapping's zone, constants, and the acting court."""
    mapping = mapped(
        tmp_path,
        """
        zone = "Asia/Shanghai"
        subject = "案件"
        activity = "环节"
        time = "时间"
        time_format = "%Y/%m/%d %H:%M"
        encoding = "gb18030"
        court = "京0105"
        [events."立案"]
        type = "case.filed"
        [events."立案".data]
        case_no = { from = "案号", required = true }
        claim_fen = { from = "标的", unit = "yuan" }
        filed_on = { from = "时间", as = "day" }
        tags = { value = ["交通"] }
        """,
    )
    text = '案件,环节,时间,案号,标的\nA,立案,2024/03/01 00:30,（2024）京0105执1号,"1,234.56"\nB,立案,2024/03/01 00:30,,1\n'
    text += "C,立案,2024/03/01 00:30,（2024）京0105执2号,0.001\nD,其他,2024/03/01 00:30,,\n"
    events, refused = imported(tmp_path, text.encode("gb18030"), mapping)
    assert [one["type"] for one in events] == ["cn.court.enforcement.case.filed.v1", "x.其他"]
    filed = events[0]
    assert (filed["time"], filed["courtcode"]) == ("2024-02-29T16:30:00Z", "京0105")
    expected = {"case_no": "（2024）京0105执1号", "claim_fen": 123456, "filed_on": "2024-03-01", "tags": ["交通"]}
    assert filed["data"] == expected
    assert [one.reason for one in refused] == [
        "data.case_no: the row has no '案号' [missing]",
        "data.claim_fen: '0.001' yuan is not a whole number of fen; say round = true to round it [bad_value]",
    ]


@pytest.mark.parametrize(("others", "events", "refusals"), [("keep", 2, 0), ("skip", 1, 0), ("refuse", 1, 1)])
def test_activities_without_an_entry(tmp_path: Path, others: str, events: int, refusals: int) -> None:
    """They stay foreign, are left out, or are refused, as the mapping says."""
    mapping = mapped(tmp_path, f'others = "{others}"\n[events.Pay]\ntype = "x.paid"\n')
    found, refused = imported(tmp_path, HEADER + "A,Pay,2006-08-01T00:00:00Z,1\nA,Go,2006-08-01T00:00:00Z,1\n", mapping)
    assert (len(found), len(refused)) == (events, refusals)
    assert found[0]["type"] == "x.paid"


def test_values_are_turned_exactly(tmp_path: Path) -> None:
    """Integers, numbers, booleans and instants are read strictly; a value that is none refuses its row."""
    mapping = mapped(
        tmp_path,
        """
        [events.Go]
        type = "x.go"
        [events.Go.data]
        n = { from = "n", as = "integer" }
        f = { from = "f", as = "number" }
        b = { from = "b", as = "boolean" }
        at = { from = "at", as = "instant" }
        """,
    )
    head = "case,activity,timestamp,n,f,b,at\n"
    row = "A,Go,2006-08-01T00:00:00Z,{},{},{},{}\n"
    rows = [("7", "1.5", "是", "2006-08-01T08:00:00+08:00"), ("7.0", "1", "0", ""), ("1", "x", "0", ""), ("1", "1", "2", "")]
    events, refused = imported(tmp_path, head + "".join(row.format(*values) for values in rows), mapping)
    assert [one["data"] for one in events] == [{"n": 7, "f": 1.5, "b": True, "at": "2006-08-01T00:00:00Z"}]
    assert [one.number for one in refused] == [2, 3, 4]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("zone = 5", "str"),
        ('zone = "Mars/Base"', "Mars"),
        ('colour = "red"', "colour"),
        ("x = [", "map.toml"),
        ('encoding = "klingon"', "klingon"),
        ('[events.A]\ntype = "x.a"\n[events.A.data]\nf = { as = "text" }', "either from or value"),
        ('delimiter = ";;"', "delimiter: ';;' is not one character"),
        ('time_format = "%s"', "time_format: 's' is a bad directive"),
        ('court = "粤9999"', "court: '粤9999' is no 法院代字"),
        ('[events.A]\ntype = "case.fild"', "events.A.type: '.*case.fild.*' is no type"),
    ],
)
def test_bad_mappings_are_refused(tmp_path: Path, text: str, reason: str) -> None:
    """A misspelt setting is an error with its name, not a silent default."""
    with pytest.raises(MappingError, match=reason):
        mapped(tmp_path, text)


def test_the_mapping_in_the_documentation_loads(tmp_path: Path) -> None:
    """What docs/importing.md shows is what is understood."""
    text = (Path(__file__).parents[2] / "docs" / "importing.md").read_text()
    mapping = mapped(tmp_path, text.partition("```toml\n")[2].partition("```")[0])
    assert mapping.events["立案"].type == "case.filed"
