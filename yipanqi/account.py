"""`yipanqi account`: who may log in, as what and where; tokens of programs, kiosks and feeds; the trail of it.

Whoever can read the data folder may call it: there is no administrator beside the user of the machine.
"""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast, get_args

import click
from rich.console import Console
from rich.table import Table

from contract.duty.people import Role
from contract.errors import YipanqiError
from infra.accounts.people import ROLES_OF_PEOPLE, ContactChannel
from infra.accounts.store import Accounts
from infra.accounts.tokens import TokenKind
from yipanqi import account_keys, options

_ROLE = click.Choice(ROLES_OF_PEOPLE)
_CHANNEL = click.Choice(get_args(ContactChannel))
_ONCE = "shown once and kept nowhere"


@click.group("account")
@options.data
@click.pass_context
def command(context: click.Context, *, data: Path) -> None:
    """Accounts of people, and tokens of programs, kiosks and feeds."""
    context.obj = data


@command.command("add")
@click.argument("login")
@click.option("--role", type=_ROLE, required=True, help="What the person is.")
@click.option("--court", required=True, help="法院代字 of the court that the person is bound to.")
@click.option("--name", default="", help="Name that colleagues see; stays in this file.")
@click.pass_obj
def add(data: Path, *, login: str, role: str, court: str, name: str) -> None:
    """Make an account; its first password is printed once and must be changed at the first login."""
    with _opened(data) as accounts:
        password = accounts.people.add(login, cast("Role", role), court, name=name, by=_who())
    click.echo(f"{login}: first password ({_ONCE}): {password}")


@command.command("list")
@click.pass_obj
def list_accounts(data: Path) -> None:
    """List the accounts."""
    with _opened(data) as accounts:
        everybody = accounts.people.all()
    table = Table("login", "id", "name", "role", "court", "state")
    for one in everybody:
        state = "disabled" if one.disabled_at else "first password" if one.must_change else "active"
        table.add_row(one.login, one.id, one.name, one.role, one.court, state)
    _print(table)


@command.command("passwd")
@click.argument("who", metavar="LOGIN")
@click.pass_obj
def passwd(data: Path, *, who: str) -> None:
    """Give a new first password; all sessions of the account end."""
    with _opened(data) as accounts:
        password = accounts.people.reset_password(who, _who())
    click.echo(f"{who}: first password ({_ONCE}): {password}")


@command.command("disable")
@click.argument("who", metavar="LOGIN")
@click.pass_obj
def disable(data: Path, *, who: str) -> None:
    """Disable an account; its sessions end at once."""
    with _opened(data) as accounts:
        click.echo(f"{accounts.people.set_enabled(who, _who(), enabled=False).login}: disabled")


@command.command("enable")
@click.argument("who", metavar="LOGIN")
@click.pass_obj
def enable(data: Path, *, who: str) -> None:
    """Enable a disabled account again."""
    with _opened(data) as accounts:
        click.echo(f"{accounts.people.set_enabled(who, _who(), enabled=True).login}: enabled")


@command.command("contact")
@click.argument("who", metavar="LOGIN")
@click.argument("channel", type=_CHANNEL, required=False)
@click.argument("address", required=False)
@click.option("--drop", is_flag=True, help="By this channel no more.")
@click.pass_obj
def contact(data: Path, *, who: str, channel: str | None, address: str | None, drop: bool) -> None:
    """Say where a person is paged; without ADDRESS show what is known. It never enters the log."""
    if (address is not None or drop) and channel is None:
        raise click.UsageError("say which channel")
    if address is not None and drop:
        raise click.UsageError("give an address or --drop, not both")
    with _opened(data) as accounts:
        account = accounts.people.find(who)
        if channel is not None and (address is not None or drop):
            accounts.people.set_contact(account.id, cast("ContactChannel", channel), address, _who())
        for name, known in accounts.people.contacts(account.id).items():
            click.echo(f"{name:<7} {known}")


@command.command("trail")
@click.option("--last", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many entries.")
@click.pass_obj
def trail(data: Path, *, last: int) -> None:
    """Show logins and changes of accounts and tokens, the last at the end."""
    with _opened(data) as accounts:
        for entry in accounts.trail.last(last):
            click.echo(f"{entry.at:%Y-%m-%d %H:%M:%S}Z {entry.what:<16} {entry.who} {entry.about} {entry.detail}".rstrip())


@command.group("token")
def token() -> None:
    """Tokens of programs, kiosks and feeds."""


@token.command("add")
@click.option("--kind", type=click.Choice(get_args(TokenKind)), required=True, help="Of a program, a kiosk or a court's feed.")
@click.option("--court", help="法院代字 of the court that it is bound to.")
@click.option("--role", type=_ROLE, help="As what a program reads; such a one asks nothing.")
@click.option("--for", "person", metavar="LOGIN", help="The person in whose name a program reads and asks.")
@click.option("--label", default="", help="What it is for.")
@click.option("--address", default="", help="The only IP address that it is taken from.")
@click.option("--days", type=click.IntRange(1), help="How long it holds; default: until it is revoked.")
@click.pass_obj
def token_add(data: Path, /, *, kind: str, court: str | None, role: str | None, person: str | None, **given: Any) -> None:
    """Make a token. After the first feed's token the gateway takes no event without one, for ever."""
    if person is not None and (kind, court, role) != ("program", None, None):
        raise click.UsageError("--for is for a program, which then has that person's role and court")
    if person is None and ((kind == "program") != (role is not None) or court is None):
        raise click.UsageError("give --court, and for a program --role too, or --for")
    with _opened(data) as accounts:
        account = None if person is None else accounts.people.find(person)
        bound = account.court if account else court or ""
        what = account.role if account else cast("Role", role or "kiosk")
        secret = accounts.tokens.add(cast("TokenKind", kind), bound, by=_who(), role=what, account=account, **given)
    click.echo(f"token ({_ONCE}): {secret}")


@token.command("list")
@click.pass_obj
def token_list(data: Path) -> None:
    """List the tokens."""
    with _opened(data) as accounts:
        every = accounts.tokens.all()
    table = Table("id", "kind", "role", "court", "label", "address", "ends", "state")
    for one in every:
        ends = f"{one.ends_at:%Y-%m-%d}" if one.ends_at else "-"
        state = "revoked" if one.revoked_at else "holds" if one.holds else "ended"
        role = "-" if one.kind == "feed" else one.role
        table.add_row(one.id, one.kind, role, one.court, one.label, one.address or "any", ends, state)
    _print(table)


@token.command("revoke")
@click.argument("token_id", metavar="ID")
@click.pass_obj
def token_revoke(data: Path, *, token_id: str) -> None:
    """Take a token back."""
    with _opened(data) as accounts:
        accounts.tokens.revoke(token_id, _who())
    click.echo(f"{token_id}: revoked")


command.add_command(account_keys.command)


@contextmanager
def _opened(data: Path) -> Iterator[Accounts]:
    """The accounts; what can't be done is said without a traceback."""
    try:
        accounts = Accounts(data)
        try:
            yield accounts
        finally:
            accounts.close()
    except YipanqiError as error:
        raise click.ClickException(str(error)) from None


def _who() -> str:
    return f"/cli/{getpass.getuser()}"


def _print(table: Table) -> None:
    Console(width=None if Console().is_terminal else 200).print(table)
