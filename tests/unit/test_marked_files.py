"""Files as Windows editors save them: a byte order mark before the first line is no part of it."""

from pathlib import Path

from contract.codec import encode_line, from_json, read_lines
from contract.envelope import Event
from producers.conform.check import _lines
from producers.importers.mapping import load_mapping
from producers.publish import check_lines
from streams.rules.load import load_packs

MARK = b"\xef\xbb\xbf"
EVENT = {
    "specversion": "1.0",
    "id": "1",
    "source": "/court/京0105/t",
    "type": "x.a",
    "subject": "c1",
    "time": "2024-03-01T09:30:00+08:00",
    "data": {},
}
LINE = encode_line(from_json(EVENT)) + b"\r\n"


def test_event_files(tmp_path: Path) -> None:
    """Supervision, publishing and the check of a feed lose no first line; a mark further down is a fault of that line."""
    path = tmp_path / "events.jsonl"
    path.write_bytes(MARK + LINE + MARK + LINE)
    assert [isinstance(event, Event) for _, event in read_lines(path)] == [True, False]
    outcomes, _ = check_lines([MARK + LINE, MARK + LINE], 1, None)
    assert [isinstance(event, Event) for _, event in outcomes] == [True, False]
    assert [line.startswith(MARK) for _, line in _lines(path, lambda _: None)] == [False, True]


def test_toml_files(tmp_path: Path) -> None:
    """Mappings and packs."""
    path = tmp_path / "some.toml"
    path.write_bytes(MARK + b'zone = "Asia/Shanghai"\r\n')
    assert load_mapping(path).zone == "Asia/Shanghai"
    path.write_bytes(MARK + b'[pack]\r\nid = "p"\r\nversion = "1"\r\n')
    assert [pack.id for pack in load_packs([path])] == ["p"]
