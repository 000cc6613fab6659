"""`yipanqi rules`: look at rule packs and check one's own."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from contract.control import pack_activated, pack_deactivated, rule_params_changed
from contract.envelope import Event
from contract.errors import YipanqiError
from contract.times import parse_instant
from producers.control_writer import write_control
from streams.rules.errors import PackError
from streams.rules.load import load_packs
from streams.rules.model import Pack
from streams.rules.params import param_of, with_param
from streams.shell.cores import put_on_shelf, shelf_of
from yipanqi import options
from yipanqi.rule_book_files import rulebook, write_rulebook
from yipanqi.rule_text import lines_of


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
@click.option("--json", "as_json", is_flag=True, help="Every field as JSON, with every default written out.")
def show(rule_id: str, rules: tuple[Path, ...], *, as_json: bool) -> None:
    """Show the rule ID as text to be read: what it says, of the fields that its kind knows."""
    for pack in _load(rules):
        for rule in pack.rules:
            if rule.id == rule_id:
                whole = msgspec.json.format(msgspec.json.encode(rule), indent=2).decode()
                click.echo(whole if as_json else "\n".join(lines_of(rule)))
                return
    raise click.ClickException(f"there is no rule {rule_id!r}")


@command.command("book")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="The folder for the pages.")
@click.option(
    "--rules", type=click.Path(path_type=Path, exists=True), multiple=True, help="Packs in the place of the national."
)
@click.option("--html", is_flag=True, help="One HTML file, for a browser and for print, in the place of Markdown pages.")
def book(out: Path, rules: tuple[Path, ...], *, html: bool) -> None:
    """Write the rulebook: every rule as text to be read, by the stage of a case, with an index in README.md."""
    try:
        files = rulebook(rules, out, html=html)
        write_rulebook(files)
    except (PackError, OSError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{len(files)} files in {out}")


_LOG = (
    options.kafka,
    options.data,
    options.partitions,
)
_SPAN = (
    click.option("--from", "begin", metavar="INSTANT", help="What arms at or after it; default: now, on the log's time."),
    click.option("--always", is_flag=True, help="Whatever armed, ever, in the place of --from."),
    click.option(
        "--rejudge", is_flag=True, help="Also what older versions armed; what differs is superseded and pages nobody."
    ),
)


def _options(options: tuple[Callable[..., Any], ...]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    def add(function: Callable[..., None]) -> Callable[..., None]:
        for option in reversed(options):
            function = option(function)
        return function

    return add


@command.command("activate")
@click.argument("pack", type=click.Path(path_type=Path, exists=True))
@_options(_SPAN)
@_options(_LOG)
def activate(pack: Path, begin: str | None, *, always: bool, rejudge: bool, kafka: str, data: Path, partitions: int) -> None:
    """Let PACK judge: it is put into the data folder, and the log says from when."""
    found = _load((pack,))[-1]
    put_on_shelf(shelf_of(data), found)
    names = {"pack": found.id, "version": found.version, "sha256": found.sha256}
    _write(
        lambda control, now: pack_activated(control, now, **names, from_at=_begin(begin, now, always=always), rejudge=rejudge),
        *(kafka, data, partitions),
    )


@command.command("deactivate")
@click.argument("pack_id", metavar="PACK_ID")
@_options(_SPAN)
@_options(_LOG)
def deactivate(
    pack_id: str, begin: str | None, *, always: bool, rejudge: bool, kafka: str, data: Path, partitions: int
) -> None:
    """Let nothing arm by a pack any more; what it armed before is judged on, unless --rejudge."""
    _write(
        lambda control, now: pack_deactivated(
            control, now, pack=pack_id, from_at=_begin(begin, now, always=always), rejudge=rejudge
        ),
        *(kafka, data, partitions),
    )


@command.command("param")
@click.argument("rule_id", metavar="RULE")
@click.argument("param", metavar="PATH")
@click.argument("new", metavar="VALUE")
@click.option("--from", "effective_on", required=True, metavar="DATE", help="The first civil day on which it holds.")
@click.option("--basis", required=True, help="The document that it rests on.")
@click.option("--approver", required=True, help="The role of who approved it.")
@click.option("--old", help="The value that it takes the place of; default: that of the pack's text.")
@click.option("--pack", "pack_id", default="cn", show_default=True, help="The pack of the rule.")
@click.option(
    "--rules", type=click.Path(path_type=Path, exists=True), multiple=True, help="Where the pack is, if not national."
)
@_options(_LOG)
def param(  # each argument is one of the command
    rule_id: str,
    param: str,
    new: str,
    effective_on: str,
    basis: str,
    approver: str,
    old: str | None,
    pack_id: str,
    rules: tuple[Path, ...],
    **log: Any,
) -> None:
    """Give a parameter of RULE another VALUE: PATH is within, levels.0.at, params.x and the like.

    It holds for what arms from --from on; alerts say so in their version.
    """
    found = next((pack for pack in _load(rules) if pack.id == pack_id), None)
    if found is None:
        raise click.ClickException(f"there is no pack {pack_id!r}; name its file with --rules")
    try:
        day = date.fromisoformat(effective_on)
        with_param(found, rule_id, param, _value(new))
        before = _value(old) if old is not None else param_of(found.rule(rule_id), param)
    except (PackError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    words = {"legal_basis": basis, "approver_role": approver}
    _write(
        lambda control, now: rule_params_changed(
            control, now, pack=pack_id, rule_id=rule_id, param=param, old=before, new=_value(new), effective_on=day, **words
        ),
        *(log["kafka"], log["data"], log["partitions"]),
    )


def _value(text: str) -> Any:
    """A number, truth value or list as JSON; anything else is text."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def _begin(text: str | None, now: datetime, *, always: bool) -> datetime | None:
    try:
        return None if always else now if text is None else parse_instant(text)
    except ValueError as error:
        raise click.ClickException(f"--from: {error}") from None


def _write(make: Callable[[int, datetime], Event], kafka: str, data: Path, partitions: int) -> None:
    try:
        event = write_control(kafka, partitions, data / "clock.json", make)
    except YipanqiError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{event.id} is in every partition, at {event.time.isoformat()} of the log's time")


def _load(paths: tuple[Path, ...]) -> tuple[Pack, ...]:
    try:
        return load_packs(paths or None)
    except PackError as error:
        raise click.ClickException(str(error)) from error
