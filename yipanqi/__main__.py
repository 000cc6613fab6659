"""The command `yipanqi`: a table of subcommands, each imported only when it is called.

Starting the embedded system starts a Python process for each part of it, so nothing is imported here that one part only needs.
"""

import importlib
from collections.abc import Sequence

import click

# name -> "module:attribute"; the attribute is a click command. One file of `yipanqi/` for each, in alphabetical order.
COMMANDS: dict[str, str] = {
    "account": "yipanqi.account:command",
    "backtest": "yipanqi.backtest:command",
    "bench": "yipanqi.bench:command",
    "calendar": "yipanqi.calendar:command",
    "clickhouse-front": "yipanqi.clickhouse_front:command",
    "clock": "yipanqi.clock:command",
    "conform": "yipanqi.conform:command",
    "dlq": "yipanqi.dlq:command",
    "dropbox": "yipanqi.dropbox:command",
    "duty": "yipanqi.duty:command",
    "export": "yipanqi.export:command",
    "gateway": "yipanqi.gateway:command",
    "grafana": "yipanqi.grafana:command",
    "health": "yipanqi.health:command",
    "import": "yipanqi.importer:command",
    "migrate": "yipanqi.migrate:command",
    "notifier": "yipanqi.notifier:command",
    "prover": "yipanqi.prover:command",
    "publish": "yipanqi.publish:command",
    "rebuild": "yipanqi.rebuild:command",
    "relay": "yipanqi.relay:command",
    "retain": "yipanqi.retain:command",
    "rules": "yipanqi.rules:command",
    "simulate": "yipanqi.simulate:command",
    "simulator-feed": "yipanqi.simulator_feed:command",
    "supervise": "yipanqi.supervise:command",
    "topics": "yipanqi.topics:command",
    "up": "yipanqi.up:command",
    "verify": "yipanqi.verify:command",
    "wall": "yipanqi.wall:command",
    "worker": "yipanqi.worker:command",
}


class LazyGroup(click.Group):
    """A click group that knows its subcommands by name and imports only the one that is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all subcommands, sorted."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The subcommand, imported now; None for a name that does not exist."""
        del ctx
        target = COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, _, attribute = target.partition(":")
        command = getattr(importlib.import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{target} is no click command")
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="yipanqi")
def cli() -> None:
    """Yipanqi (一盘棋): a command centre for the enforcement of court judgments, run from an event log."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of the command line; ends the process with the exit status."""
    cli.main(args=arguments, prog_name="yipanqi")


if __name__ == "__main__":
    main()
