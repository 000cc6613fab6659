"""`yipanqi rules`: look at rule packs and check one's own."""

from pathlib import Path

import click
import msgspec

from streams.rules.errors import PackError
from streams.rules.load import load_packs
from streams.rules.model import Pack


@click.group("rules")
def command() -> None:
    """Look at rule packs, and check one's own."""


@command.command("check")
@click.argument("pack", type=click.Path(path_type=Path, exists=True))
def check(pack: Path) -> None:
    """Check PACK (a TOML file or a folder of them) and say what it holds, or what is wrong with it."""
    for found in _load((pack,)):
        click.echo(f"{found.label}: {len(found.rules)} rules, SHA-256 {found.sha256}")


@command.command("show")
@click.argument("rule_id", metavar="ID")
@click.option(
    "--rules", type=click.Path(path_type=Path, exists=True), multiple=True, help="Packs in the place of the national."
)
def show(rule_id: str, rules: tuple[Path, ...]) -> None:
    """Show the rule ID, with every default written out."""
    for pack in _load(rules):
        for rule in pack.rules:
            if rule.id == rule_id:
                click.echo(msgspec.json.format(msgspec.json.encode(rule), indent=2).decode())
                return
    raise click.ClickException(f"there is no rule {rule_id!r}")


def _load(paths: tuple[Path, ...]) -> tuple[Pack, ...]:
    try:
        return load_packs(paths or None)
    except PackError as error:
        raise click.ClickException(str(error)) from error
