"""The command `yipanqi import` as it is called."""

from pathlib import Path

from click.testing import CliRunner

from yipanqi.importer import command

GOOD = '<event><string key="concept:name" value="A"/><date key="time:timestamp" value="2006-07-24T00:00:00Z"/></event>'
LOG = '<log>\n<trace><string key="concept:name" value="c1"/>\n{}\n</trace>\n</log>'


def run(path: Path, content: str) -> tuple[int, str, list[str]]:
    """Call it on a file; exit status, what it says, and the lines it wrote."""
    file, out = path / "log.xes", path / "events.jsonl"
    file.write_text(content)
    result = CliRunner().invoke(command, [str(file), "--out", str(out)])
    return result.exit_code, result.output, out.read_text().splitlines()


def test_a_good_file(tmp_path: Path) -> None:
    """Exit status 0, the count on stderr, the events in the file and no half file beside it."""
    status, said, lines = run(tmp_path, LOG.format(GOOD))
    assert (status, len(lines)) == (0, 1)
    assert "1 events written" in said
    assert sorted(file.name for file in tmp_path.iterdir()) == ["events.jsonl", "log.xes"]


def test_a_file_with_bad_places(tmp_path: Path) -> None:
    """File, line, event and reason of each; the rest is written; exit status 1."""
    status, said, lines = run(tmp_path, LOG.format("<event/>\n" + GOOD))
    assert (status, len(lines)) == (1, 1)
    assert f"{tmp_path / 'log.xes'}:3: event 1: activity: the event has no" in said
    assert "1 refused" in said


def test_a_file_that_is_no_log(tmp_path: Path) -> None:
    """Refused in one sentence, without a traceback."""
    file = tmp_path / "log.txt"
    file.write_text("")
    result = CliRunner().invoke(command, [str(file), "--out", str(tmp_path / "out")])
    assert result.exit_code == 1
    assert "can be imported" in result.output
