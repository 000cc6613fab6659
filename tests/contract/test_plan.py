"""What `yipanqi up` calls, against the commands that it calls."""

from pathlib import Path

import click
import pytest

from infra.kafka.embedded import EmbeddedKafka
from infra.services import Child
from infra.settings import Settings
from yipanqi.__main__ import COMMANDS, cli
from yipanqi.plan import listeners, units


@pytest.mark.parametrize("simulator", [True, False])
def test_every_child_takes_the_options_that_it_is_given(tmp_path: Path, simulator: bool) -> None:  # noqa: FBT001
    """Each subcommand of the plan exists and accepts its command line; each port of a child is known beforehand."""
    pack = tmp_path / "pack.toml"
    pack.touch()
    settings = Settings(tmp_path, simulator=simulator, rules=(pack,))
    children = [
        unit.service for unit in units(settings, EmbeddedKafka(tmp_path / "kafka", 1)) if isinstance(unit.service, Child)
    ]
    assert all(child.port in listeners(settings) for child in children)
    ours = [child for child in children if child.arguments[0] in COMMANDS]
    assert len(ours) == (11 if simulator else 10)
    for child in ours:
        _parse(cli, list(child.arguments))


def test_every_command_of_the_table_exists() -> None:
    """Each line of the table leads to a click command; the table is sorted, so that a name is found."""
    context = click.Context(cli)
    for name in COMMANDS:
        assert isinstance(cli.get_command(context, name), click.Command)
    assert list(COMMANDS) == sorted(COMMANDS)


def _parse(command: click.Command, arguments: list[str]) -> None:
    context = command.make_context("yipanqi", arguments)
    if isinstance(command, click.Group):
        _, subcommand, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        assert subcommand is not None
        _parse(subcommand, rest)
