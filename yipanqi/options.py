"""Options that many subcommands share. Each has an environment variable: a stack says a thing once for all services.

A secret is never an option's value or a variable's: it is in a file, and option or variable names the file.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from math import isfinite
from pathlib import Path
from typing import Any

import click

from contract.topics import EMBEDDED_PARTITIONS
from infra.clickhouse.place import Place
from infra.settings import DEFAULT_DATA, HOST

Command = Callable[..., Any]


class Amount(click.FloatRange):
    """A number that something is counted or waited by: a range refuses neither what is no number nor what has no end."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number.

        Raises:
            click.BadParameter: It is out of range, no number, or infinite.
        """
        number = float(super().convert(value, param, ctx))
        if not isfinite(number):
            self.fail(f"{value} is no number that can be counted with.", param, ctx)
        return number


PORT = click.IntRange(1, 65535)
POSITIVE = Amount(min=0, min_open=True)
NOT_NEGATIVE = Amount(min=0)
SHARE = Amount(0, 1)

_SECRET = click.Path(exists=True, dir_okay=False, path_type=Path)

_KAFKA = click.option(
    "--kafka",
    default=f"{HOST}:19092",
    show_default=True,
    envvar="YIPANQI_KAFKA",
    metavar="HOST:PORT[,…]",
    help="Address of the broker, or of several of one cluster.",
)
partitions = click.option(
    "--partitions",
    type=click.IntRange(1),
    default=EMBEDDED_PARTITIONS,
    show_default=True,
    envvar="YIPANQI_PARTITIONS",
    help="Partitions of every topic.",
)
data = click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=DEFAULT_DATA,
    show_default=True,
    envvar="YIPANQI_DATA",
    help="The data folder.",
)
host = click.option("--host", default=HOST, show_default=True, envvar="YIPANQI_HOST", help="Address to listen on.")
master_key_file = click.option(
    "--master-key-file",
    type=_SECRET,
    envvar="YIPANQI_MASTER_KEY_FILE",
    help="The master key. Default: keys/master.key in the data folder, made if it isn't there.",
)
commands_key_file = click.option(
    "--commands-key-file",
    type=_SECRET,
    envvar="YIPANQI_COMMANDS_KEY_FILE",
    help="The key that wall and gateway share. Default: keys/commands.key in the data folder, made if it isn't there.",
)
webhook_token_file = click.option(
    "--webhook-token-file",
    type=_SECRET,
    envvar="YIPANQI_WEBHOOK_TOKEN_FILE",
    help="The token that Alertmanager posts with. Default: keys/alertmanager.token in the data folder, made if it isn't there.",
)
retention = click.option(
    "--retention",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar="YIPANQI_RETENTION",
    help="How many days each table keeps its rows, in place of infra/clickhouse/retention.toml.",
)
_WAREHOUSE = (
    click.option(
        "--clickhouse",
        default=f"{HOST}:19000",
        show_default=True,
        envvar="YIPANQI_CLICKHOUSE",
        metavar="HOST:PORT",
        help="Address of the warehouse, native protocol.",
    ),
    click.option("--clickhouse-user", default="default", show_default=True, envvar="YIPANQI_CLICKHOUSE_USER", help="Its user."),
    click.option(
        "--clickhouse-password-file",
        type=_SECRET,
        envvar="YIPANQI_CLICKHOUSE_PASSWORD_FILE",
        help="File of the user's password; the embedded front knows none.",
    ),
)


def kafka(command: Command) -> Command:
    """Address of the broker; one that goes away while the command works ends it in a sentence."""

    @wraps(command)
    def with_words(*given: Any, kafka: str, **others: Any) -> Any:
        with broker_in_words(kafka):
            return command(*given, kafka=kafka, **others)

    return _KAFKA(with_words)


@contextmanager
def broker_in_words(kafka: str) -> Iterator[None]:
    """Tell an error of the broker as one of the command line: what, where, and what to do."""
    try:
        yield
    except Exception as error:
        from kafka.errors import KafkaError  # noqa: PLC0415  # `--help` loads no clients

        if not isinstance(error, KafkaError):
            raise
        raise click.ClickException(f"the broker at {kafka} answers no more ({error}): run this again when it does") from None


def warehouse(command: Command) -> Command:
    """Address, user and password file of the warehouse; the command gets them as one `Place` named ``warehouse``."""

    @wraps(command)
    def with_place(*, clickhouse: str, clickhouse_user: str, clickhouse_password_file: Path | None, **others: Any) -> Any:
        return command(warehouse=Place(clickhouse, clickhouse_user, clickhouse_password_file), **others)

    for option in reversed(_WAREHOUSE):
        with_place = option(with_place)
    return with_place


def master_key_path(given: Path | None, data: Path) -> Path:
    """Where the master key lies: where it was said, else in the data folder."""
    return given or data / "keys" / "master.key"
