"""What commands write: whole or not at all, never over what they read, and refused in words where it can't be."""

import gzip
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from infra.whole_file import open_whole, whole_file
from yipanqi.__main__ import cli

LINE = (
    b'{"specversion":"1.0","id":"1","source":"/court/\xe4\xba\xac0105/t","type":"case.closed","subject":"c",'
    b'"time":"2024-03-01T09:30:00+08:00","data":{"mode":"\xe9\x94\x80\xe6\xa1\x88"}}\n'
)


def call(*arguments: object) -> Result:
    """Call the command line."""
    return CliRunner().invoke(cli, [str(one) for one in arguments])


@pytest.fixture
def events(tmp_path: Path) -> Path:
    """An event file of one line."""
    path = tmp_path / "events.jsonl"
    path.write_bytes(LINE)
    return path


def test_what_fails_leaves_what_was_there(tmp_path: Path) -> None:
    """Neither half a file nor a part of one, also when somebody presses Ctrl-C."""
    path = tmp_path / "out"
    path.write_text("old")

    def broken_off() -> None:
        with open_whole(path) as file:
            file.write(b"new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert [one.read_text() for one in tmp_path.iterdir()] == ["old"]


def test_a_link_stays_one_and_a_pipe_is_written_to(tmp_path: Path) -> None:
    """A device or pipe is never replaced by a file."""
    (tmp_path / "link").symlink_to(tmp_path / "file")
    with open_whole(tmp_path / "link") as file:
        file.write(b"x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_bytes() == b"x"
    os.mkfifo(tmp_path / "pipe")
    with whole_file(tmp_path / "pipe") as part:
        assert part == tmp_path / "pipe"
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize("option", ["--out", "--journal"])
def test_nothing_is_written_over_what_is_read(events: Path, tmp_path: Path, option: str) -> None:
    """Nor are two results written into one file."""
    other = "--journal" if option == "--out" else "--out"
    result = call("supervise", events, option, events, other, tmp_path / "x")
    assert result.exit_code == 2
    assert f"{option} and EVENTS are one file, {events}: name another to write to" in result.output
    assert events.read_bytes() == LINE
    result = call("supervise", events, "--out", tmp_path / "x", "--journal", tmp_path / "." / "x")
    assert "--journal and --out are one file" in result.output


def test_a_table_is_not_written_over(tmp_path: Path) -> None:
    """By way of a link, too."""
    (tmp_path / "log.csv").write_text("case,activity,timestamp\n")
    (tmp_path / "link").symlink_to("log.csv")
    assert call("import", tmp_path / "log.csv", "--out", tmp_path / "link").exit_code == 2
    assert (tmp_path / "log.csv").read_text() == "case,activity,timestamp\n"


def test_a_folder_that_is_not_there(events: Path, tmp_path: Path) -> None:
    """It is said in a sentence."""
    for arguments in (
        ("supervise", events, "--out", tmp_path / "no" / "x"),
        ("conform", events, "--report", tmp_path / "no" / "x.md"),
        ("simulate", "--seed", "1", "--cases", "1", "--out", tmp_path / "no" / "x", "--truth", tmp_path / "t"),
    ):
        result = call(*arguments)
        assert result.exit_code == 1
        assert f"Error: [Errno 2] No such file or directory: '{tmp_path / 'no' / 'x'}" in result.output
        assert isinstance(result.exception, SystemExit)


def test_a_full_disk(events: Path) -> None:
    """The file that could not be written is named."""
    result = call("supervise", events, "--out", "/dev/null", "--journal", "/dev/full")
    assert result.exit_code in {0, 1}  # nothing to write yet
    result = call("simulate", "--seed", "1", "--cases", "3", "--out", "/dev/full", "--truth", "/dev/null")
    assert result.exit_code == 1
    assert "Error: [Errno 28] No space left on device: '/dev/full'" in result.output


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (gzip.compress(LINE), "it is compressed: gunzip it first"),
        (b"PK\x03\x04...", "it is a ZIP"),
        (LINE.decode().encode("utf-16"), "it is UTF-16"),
        (b"\xef\xbb\xbf\r\n [" + LINE.strip() + b"]", "it is one array"),
        (LINE.replace(b'{"s', b'{\r\n "s', 1), "its events span several lines"),
    ],
)
def test_what_is_no_event_file_is_said_once(tmp_path: Path, content: bytes, reason: str) -> None:
    """By each command that reads one, and not for each of its lines."""
    path = tmp_path / "events.jsonl"
    path.write_bytes(content)
    pack = "docs/tutorial/packs/road_fines.toml"
    for arguments in (
        ("supervise", path, "--out", tmp_path / "out"),
        ("conform", path),
        ("publish", path),
        ("backtest", pack, "--events", path),
    ):
        result = call(*arguments)
        assert result.exit_code == 2
        assert reason in " ".join(result.output.split())
    assert not (tmp_path / "out").exists()


def test_a_pipe_is_read_once(events: Path, tmp_path: Path) -> None:
    """A terminal shows how far a file was read; of a pipe this would take all that is in it."""
    master, terminal = pty.openpty()
    program = [sys.executable, "-m", "yipanqi", "supervise", "/dev/stdin", "--out", tmp_path / "a", "--journal", tmp_path / "j"]
    done = subprocess.run(program, input=events.read_bytes() + b"{}\n", stderr=terminal, check=False)
    os.close(terminal)
    said = os.read(master, 100_000).decode()
    os.close(master)
    assert done.returncode == 1
    assert "/dev/stdin:2: " in said
    assert "1 lines refused" in said
