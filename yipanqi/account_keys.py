"""`yipanqi account key`: the public keys with which courts sign the files that they drop."""

import getpass
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from infra.accounts.errors import AccountError
from infra.accounts.store import Accounts
from producers.dropbox.manifest import DropError, public_key


@click.group("key")
def command() -> None:
    """Public keys of courts that sign files (`yipanqi dropbox`)."""


@command.command("add")
@click.argument("file", metavar="KEYFILE.pub", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--court", required=True, help="法院代字 of the court for which it signs.")
@click.option("--label", default="", help="What it is for.")
@click.option("--days", type=click.IntRange(1), help="How long it holds; default: until it is revoked.")
@click.pass_context
def add(context: click.Context, *, file: Path, court: str, label: str, days: int | None) -> None:
    """Register a public key (PEM, Ed25519)."""
    try:
        key_id = Accounts(context.obj).feed_keys.add(public_key(file.read_bytes()), court, by=_who(), label=label, days=days)
    except (AccountError, DropError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{key_id}: files that it signed are taken for {court}")


@command.command("list")
@click.pass_obj
def list_keys(data: Path) -> None:
    """List the keys."""
    table = Table("id", "court", "label", "ends", "state")
    for one in Accounts(data).feed_keys.all():
        ends = f"{one.ends_at:%Y-%m-%d}" if one.ends_at else "-"
        state = "revoked" if one.revoked_at else "holds" if one.holds else "ended"
        table.add_row(one.id, one.court, one.label, ends, state)
    Console(width=None if Console().is_terminal else 200).print(table)


@command.command("revoke")
@click.argument("key_id", metavar="ID")
@click.pass_obj
def revoke(data: Path, *, key_id: str) -> None:
    """Take no file any more that the key signed."""
    try:
        Accounts(data).feed_keys.revoke(key_id, _who())
    except AccountError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{key_id}: revoked")


def _who() -> str:
    return f"/cli/{getpass.getuser()}"
