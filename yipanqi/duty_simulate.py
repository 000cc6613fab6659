"""`yipanqi duty simulate`: who would be paged when, for an alert that nobody answers."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from contract.courts import COURTS
from contract.duty.commands import AlertTold
from contract.duty.people import part_of_system
from contract.errors import YipanqiError
from contract.times import SHANGHAI, format_instant
from streams.duty.policy_file import CN, load_policies
from streams.duty.rehearsal import Call, rehearse
from streams.rules.load import load_packs
from streams.shell.duty_rosters import read_rosters
from streams.shell.rule_facts import RuleLookup
from yipanqi import options

_WHAT = {"page": "通知", "digest": "汇总", "nobody": "无人在岗", "up": "逐级上报", "draft": "拟稿"}
_WIDTH = 200
_SEVERITIES = click.Choice(["red", "orange", "yellow"])


@click.command("simulate")
@click.argument("court")
@click.option("--severity", type=_SEVERITIES, default="red", show_default=True, help="The level that is reached.")
@click.option("--rule", default="R-OBJ-01.a", show_default=True, help="Whose hold and desks hold.")
@click.option("--at", help="When, e.g. 2024-03-04T10:00+08:00. Default: now.")
@click.option("--days", type=click.IntRange(1, 60), default=3, show_default=True, help="How far to look.")
@click.option(
    "--policies", type=click.Path(path_type=Path), default=CN, help="The escalation policies. Default: the national ones."
)
@click.option("--rules", type=click.Path(path_type=Path), multiple=True, help="Rule packs. Default: the national one.")
@options.kafka
def command(
    *, court: str, severity: str, rule: str, at: str | None, days: int, policies: Path, rules: tuple[Path, ...], kafka: str
) -> None:
    """Who would be paged when for an alert of COURT (法院代字) if nobody answered, by the rosters in the log.

    Also where nobody would be there, which court would have it next, and which directives would be drafted. Nothing is written.
    """
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    if court not in COURTS:
        raise click.BadParameter(f"no court has the code {court!r}", param_hint="COURT")
    instant = _instant(at)
    try:
        alert = _alert(court, severity, rule, instant, rules)
        rosters = [(one.rotas, one.overrides) for one in read_rosters(kafka)]
        calls = rehearse(alert, instant + timedelta(days=days), load_policies(policies), rosters)
    except YipanqiError as error:
        raise click.ClickException(str(error)) from None
    console.print(_table(calls))
    people = sorted({call.who for call in calls if call.what == "page"})
    console.print(f"{len(people)} people would be paged: {', '.join(people) or 'nobody'}")


def _instant(text: str | None) -> datetime:
    try:
        instant = datetime.now(UTC) if text is None else datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no instant; write 2024-03-04T10:00+08:00", param_hint="--at") from None
    return (instant if instant.tzinfo is not None else instant.replace(tzinfo=SHANGHAI)).astimezone(UTC)


def _alert(court: str, severity: str, rule: str, at: datetime, paths: tuple[Path, ...]) -> AlertTold:
    packs = load_packs(paths or None)
    pack = next((one for one in packs if any(known.id == rule for known in one.rules)), None)
    if pack is None:
        raise click.BadParameter(f"no pack given has a rule {rule!r}", param_hint="--rule")
    alert: dict[str, Any] = dict.fromkeys(("element", "ended_at", "end_reason", "breach_days"))
    alert |= dict.fromkeys(("armed_at", "due_at", "raised_at"), format_instant(at))
    alert |= {"id": "rehearsal", "subject": "rehearsal", "scope": "case", "key": [], "basis": "management"}
    alert |= {"rule": rule, "version": pack.label, "court": court, "severity": severity}
    return AlertTold(
        id="rehearsal", target="rehearsal", principal=part_of_system("supervision"), at=at, transition="raised", reason="clock",
        alert=alert, rootid="rehearsal", position="0:0", rule=RuleLookup(packs).facts(alert),
    )  # fmt: skip


def _table(calls: list[Call]) -> Table:
    table = Table("when", "what", "desk", "who", "level", "channels")
    for call in calls:
        when = f"{call.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        name = COURTS[call.desk].name if call.desk in COURTS else call.desk
        table.add_row(when, _WHAT[call.what], name, call.who, str(call.level or ""), " → ".join(call.channels))
    return table
