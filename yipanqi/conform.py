"""`yipanqi conform`: a court checks its own feed before it joins."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.markup import escape

from contract.courts import COURTS
from contract.registry import EVENT_TYPES, RESTRICTED_TYPES
from infra.whole_file import whole_file
from producers.conform.check import Report, check_file
from producers.conform.coverage import Need
from producers.conform.findings import SEVERITY_ZH
from producers.conform.pages import html, markdown
from streams.rules.checks import types_of
from streams.rules.errors import PackError
from streams.rules.load import load_packs
from streams.rules.model import Pack, Rule
from streams.rules.references import parse_reference
from yipanqi.files import EVENT_FILE, FileCommand
from yipanqi.progress import byte_progress

_COLOURS = {"error": "red", "warning": "yellow", "note": "blue"}
_FORMATS = {".html": html, ".md": markdown}
_SHOWN = 3
_COURT_TYPES = frozenset(kind.name for kind in EVENT_TYPES.values() if kind.sender == "court") - RESTRICTED_TYPES


@click.command("conform", cls=FileCommand)
@click.argument("file", type=EVENT_FILE)
@click.option("--court", help="法院代字 of the court whose feed it is: nothing of another court is taken from it.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write a report: .html, .md or .json.")
@click.option(
    "--rules", type=click.Path(path_type=Path, exists=True), multiple=True, help="Packs in the place of the national."
)
def command(*, file: Path, court: str | None, report: Path | None, rules: tuple[Path, ...]) -> None:
    """Check FILE (JSON Lines) as gateway and rules will see it; nothing is sent.

    Errors are what the gateway would refuse and what would make another history of a case; warnings are what is likely wrong;
    notes tell what can't be judged. Exit status 1 if there are errors.
    """
    if court is not None and court not in COURTS:
        raise click.UsageError(f"{court!r} is no 法院代字 of the court tree, such as 京0105")
    if report is not None and report.suffix not in {*_FORMATS, ".json"}:
        raise click.UsageError("a report is .html, .md or .json")
    try:
        needs = [need for pack in load_packs(rules or None) for need in needs_of(pack)]
        with byte_progress(f"Checking {file.name}", file.stat().st_size) as progress:
            found = check_file(file, court=court, needs=needs, now=datetime.now(UTC), progress=progress)
    except (PackError, OSError) as error:
        raise click.ClickException(str(error)) from None
    _tell(found)
    if report is not None:
        write = _FORMATS.get(report.suffix, lambda one: msgspec.json.format(msgspec.json.encode(one), indent=2).decode())
        with whole_file(report) as part:
            part.write_text(write(found), "utf-8")
        click.echo(f"report: {report}", err=True)
    sys.exit(0 if found.conforms else 1)


def needs_of(pack: Pack) -> Iterator[Need]:
    """What each rule of a pack reads, of what courts send; rules of what is restricted are left out."""
    for rule in pack.rules:
        if not rule.restricted:
            begins = (*rule.start, *rule.after, *rule.at, *rule.expect)
            yield Need(rule.id, rule.name.zh, _types(begins, pack), _ends(rule, pack))


def _ends(rule: Rule, pack: Pack) -> frozenset[str]:
    """What fulfils a rule; nothing where something that courts don't send does so too."""
    names = {name for text in rule.stop for name in types_of(parse_reference(text), pack)}
    return frozenset(names) if names <= _COURT_TYPES else frozenset()


def _types(references: tuple[str, ...], pack: Pack) -> frozenset[str]:
    names = {name for text in references for name in types_of(parse_reference(text), pack)}
    return frozenset(names) if names <= _COURT_TYPES else frozenset()


def _tell(report: Report) -> None:
    console = Console(soft_wrap=True, highlight=False)
    for one in report.findings:
        tag = f"[{_COLOURS[one.severity]}]{SEVERITY_ZH[one.severity]} {one.severity}[/]"
        console.print(f"{tag} {escape(one.title)} × {one.count} ({escape(one.code)})\n  {escape(one.advice)}")
        for place in one.places[:_SHOWN]:
            where = f"{escape(report.file)}:{place.line}" if place.line else escape(report.file)
            console.print(f"  {where}: {escape(place.text)}")
    verdict = "[green]可以接入 the feed can join" if report.conforms else "[red]暂不能接入 the feed can't join yet"
    console.print(f"{report.events} events of {report.cases} cases, {report.refused} lines refused: {verdict}")
