"""Options that a stack gives by environment, and secrets that it gives as files."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from infra.accounts.passes import load_pass_key
from infra.clickhouse.place import BadPlace, Place
from infra.key_file import KeyFileError
from infra.secret_file import SecretFileError, read_secret
from streams.shell.consumer import build_app
from streams.shell.metrics import Metrics
from yipanqi import options
from yipanqi.__main__ import COMMANDS, cli

ENVIRONMENT = {
    "YIPANQI_KAFKA": "kafka-1:9092,kafka-2:9092",
    "YIPANQI_PARTITIONS": "64",
    "YIPANQI_DATA": "/var/lib/yipanqi",
    "YIPANQI_HOST": "0.0.0.0",
    "YIPANQI_CLICKHOUSE": "clickhouse:9000",
    "YIPANQI_CLICKHOUSE_USER": "wall",
}


def test_options_come_from_the_environment_and_a_command_line_is_stronger() -> None:
    """Each shared option has its variable; what is said on the command line holds against it."""
    seen: dict[str, object] = {}

    @click.command()
    @options.kafka
    @options.partitions
    @options.data
    @options.host
    @options.warehouse
    def command(**given: object) -> None:
        seen.update(given)

    CliRunner().invoke(command, ["--partitions", "4"], env=ENVIRONMENT, catch_exceptions=False)
    assert seen == {
        "kafka": "kafka-1:9092,kafka-2:9092",
        "partitions": 4,
        "data": Path("/var/lib/yipanqi"),
        "host": "0.0.0.0",
        "warehouse": Place("clickhouse:9000", "wall"),
    }


def commands(group: click.Group, context: click.Context) -> Iterator[click.Command]:
    """All commands below a group."""
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        yield found
        if isinstance(found, click.Group):
            yield from commands(found, context)


def test_an_option_has_one_variable_wherever_it_stands() -> None:
    """No command takes an address, a folder or a key by an option of its own beside the shared one."""
    shared = {"kafka", "partitions", "data", "host", "clickhouse", "clickhouse_user", "clickhouse_password_file"}
    shared |= {"master_key_file", "commands_key_file", "webhook_token_file"}
    own_folder = {"clickhouse-front", "up"}  # `up` gives its children what they need; the front is one of them
    for command in commands(cli, click.Context(cli)):
        for parameter in command.params:
            if parameter.name in shared and command.name not in own_folder:
                assert parameter.envvar == f"YIPANQI_{parameter.name.upper()}", (command.name, parameter.name)
    assert {"topics", "health", "migrate"} <= set(COMMANDS)


def test_an_option_that_counts_says_what_it_takes() -> None:
    """No number below nothing, none that isn't one, none without an end; a seed may be any."""
    for command in commands(cli, click.Context(cli)):
        for parameter in command.params:
            kind = parameter.type
            if parameter.name == "seed" or not isinstance(kind, click.types.FloatParamType | click.types.IntParamType):
                continue
            wrong = ("-1", "nan", "inf", "-inf") if isinstance(kind, click.types.FloatParamType) else ("-1",)
            for text in wrong:
                assert _refuses(kind, text), (command.name, parameter.name, text)


def _refuses(kind: click.ParamType, text: str) -> bool:
    try:
        kind.convert(text, None, None)
    except click.BadParameter:
        return True
    return False


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["relay", "--poll", "-1"], "'--poll': -1.0 is not in the range x>0"),
        (["relay", "--poll", "0"], "'--poll': 0.0 is not in the range x>0"),
        (["relay", "--poll", "inf"], "'--poll': inf is no number that can be counted with"),
        (["dropbox", "watch", ".", "--settle", "-0.1"], "'--settle': -0.1 is not in the range x>=0"),
        (["dropbox", "watch", ".", "--keep-days", "-7"], "'--keep-days': -7.0 is not in the range x>=0"),
        (
            ["export", "xes", "--court", "京", "--from", "2024-02-02", "--to", "2024-02-01", "--out", "a.xes"],
            "--from 2024-02-02 lies after",
        ),
    ],
)
def test_a_number_out_of_range_is_refused_by_name(arguments: list[str], said: str) -> None:
    """What was said, and what it may be, before anything is done."""
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 2
    assert said in done.output


def test_a_secret_is_one_line_and_never_shown(tmp_path: Path) -> None:
    """The end of the line is no part of it; an empty, padded or long file is refused by name, without its text."""
    path = tmp_path / "password"
    path.write_text("swordfish\n")
    assert read_secret(path, "password of ClickHouse") == "swordfish"
    for wrong in ("", "\n", " swordfish\n", "swordfish\nand more\n"):
        path.write_text(wrong)
        with pytest.raises(SecretFileError, match=r"must hold the password of ClickHouse on one line") as error:
            read_secret(path, "password of ClickHouse")
        assert "swordfish" not in str(error.value)
    with pytest.raises(SecretFileError, match="No such file"):
        read_secret(tmp_path / "none", "password of ClickHouse")


@pytest.mark.parametrize("address", ["clickhouse", ":9000", "clickhouse:", "clickhouse:http", "clickhouse:99999"])
def test_a_place_without_a_port_is_refused(address: str) -> None:
    """With how to write it."""
    with pytest.raises(BadPlace, match="write host:port"):
        Place(address).client()


def test_a_key_that_a_stack_names_is_never_made(tmp_path: Path) -> None:
    """The other side may have another; a key of the data folder is made as before."""
    with pytest.raises(KeyFileError, match="cannot be read"):
        load_pass_key(tmp_path, tmp_path / "secrets" / "commands.key")
    key = load_pass_key(tmp_path)
    assert load_pass_key(Path("/nowhere"), tmp_path / "keys" / "commands.key") == key
    answer = CliRunner().invoke(cli, ["gateway", "--master-key-file", str(tmp_path / "none")])
    assert answer.exit_code == 2
    assert "does not exist" in answer.output


def test_a_worker_knows_every_broker_of_a_cluster(tmp_path: Path) -> None:
    """Faust gets each of a list of addresses."""
    seam = object()
    app = build_app("scratch", seam, Metrics("scratch"), kafka="kafka-1:9092,kafka-2:9093", data=str(tmp_path))  # type: ignore[arg-type]
    assert [(url.host, url.port) for url in app.conf.broker] == [("kafka-1", 9092), ("kafka-2", 9093)]
