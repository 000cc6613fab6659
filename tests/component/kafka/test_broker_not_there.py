"""Every command that needs the log says what is wrong, where, and what to do, where no broker answers or it goes away."""

import shlex
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from kafka.errors import KafkaTimeoutError

from infra.kafka.connect import WAIT, BadWait, wait_s
from infra.processes import free_ports
from streams.rules.load import NATIONAL
from yipanqi import options
from yipanqi.__main__ import cli

# What each needs beside the address; {file} is an event file, {notice} days of rest, {pack} the national pack.
CALLS = {
    "backtest": "{pack}",
    "calendar activate": "{notice}",
    "clock": "",
    "dlq list": "",
    "dlq show": "1",
    "dlq replay": "1",
    "dlq dismiss": "1 --why test",
    "duty audit": "",
    "duty quality": "",
    "duty simulate": "京0105",
    "export": "--out {folder}/out.jsonl",
    "notifier": "",
    "publish": "{file}",
    "rebuild": "--alerts",
    "rules activate": "{pack}",
    "rules deactivate": "cn",
    "rules param": "R-OBJ-01.a levels.0.at '1 hours' --from 2024-01-01 --basis test --approver test",
    "simulator-feed": "",
    "topics": "--check",
    "verify": "--replay",
    "worker cases": "--port 1",
    "worker duty": "--port 1",
    "worker groups": "--port 1",
    "worker projections": "--port 1",
    "worker restricted": "--port 1",
}
LATER = {
    "dropbox watch": "looks for a broker when a court drops a file",
    "export case": "asks the warehouse first",
    "export check": "opens the bundle first",
    "gateway": "waits for it and says so on its health page",
    "prover": "tries again each minute",
    "wall": "shows what it has, and how old it is",
}


def needing_a_log(group: click.Group, context: click.Context, *, inherited: bool = False) -> Iterator[str]:
    """The commands below a group that take an address of the log, themselves or by their group."""
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        takes = inherited or any(parameter.name == "kafka" for parameter in found.params)
        if isinstance(found, click.Group):
            below = [f"{name} {one}" for one in needing_a_log(found, context, inherited=takes and name == "dlq")]
            yield from below
            takes = takes and found.invoke_without_command
        if takes:
            yield name


@pytest.fixture
def place(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """What the calls name; what a command changes in its process is put back."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    file, notice = tmp_path / "events.jsonl", tmp_path / "notice.toml"
    file.write_text("{}\n")
    notice.write_text('version = "test"\nyears = [2027]\n')
    yield {"folder": tmp_path, "file": file, "notice": notice, "pack": NATIONAL}
    for number, handler in handlers.items():
        signal.signal(number, handler)


def test_no_command_is_forgotten() -> None:
    """Whoever takes the address of the log is called below, or needs it later only."""
    assert set(needing_a_log(cli, click.Context(cli))) == CALLS.keys() | LATER.keys()


@pytest.mark.parametrize("name", CALLS)
def test_a_broker_that_is_not_there_is_told_soon(name: str, place: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """What, where, how long was waited, and what to do; never a trace of ours."""
    (port,) = free_ports(1)
    address, folder = f"127.0.0.1:{port}", str(place["folder"])
    monkeypatch.setenv(WAIT, "0.2")
    monkeypatch.setenv("YIPANQI_KAFKA", address)
    monkeypatch.setenv("YIPANQI_DATA", folder)
    words = [*name.split(), *(word.format(**place) for word in shlex.split(CALLS[name]))]
    began = time.monotonic()
    done = CliRunner().invoke(cli, words)
    assert time.monotonic() - began < 10
    assert done.exit_code == 1, done.output
    assert isinstance(done.exception, SystemExit), done.exception
    assert f"Error: no broker answers at {address} (waited 0.2 s): start the system" in done.output
    assert "`yipanqi up`" in done.output
    assert "--kafka" in done.output


def test_a_broker_that_goes_away_while_a_command_works_is_told() -> None:
    """As one error of the command line; whatever else went wrong stays what it is."""

    @click.command()
    @options.kafka
    @click.argument("what")
    def command(kafka: str, what: str) -> None:
        raise {"away": KafkaTimeoutError("no answer"), "other": KeyError(kafka)}[what]

    away = CliRunner().invoke(command, ["away", "--kafka", "kafka-1:9092"])
    assert away.exit_code == 1
    assert "Error: the broker at kafka-1:9092 answers no more" in away.output
    assert "run this again when it does" in away.output
    assert isinstance(CliRunner().invoke(command, ["other"]).exception, KeyError)


def test_how_long_a_broker_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under ten seconds for a person; a stack may say another time, which must be one."""
    monkeypatch.delenv(WAIT, raising=False)
    assert 5 <= wait_s() < 10
    monkeypatch.setenv(WAIT, "0.5")
    assert wait_s() == 0.5
    for wrong in ("soon", "0", "-1", "nan", "inf"):
        monkeypatch.setenv(WAIT, wrong)
        with pytest.raises(BadWait, match=f"{WAIT} is '{wrong}': write how many seconds"):
            wait_s()
