"""What an action's fields can name, to be chosen from a list: nobody types the id of an alert, an account or an event.

The lists are what the visitor sees at the moment; the duty room judges what is sent.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from contract.registry import EVENT_TYPES
from contract.times import parse_instant
from dashboards.console.forms import Action
from dashboards.console.names import Names
from dashboards.console.numbers import Numbers
from dashboards.duty_kept import Kept, breach
from dashboards.store import EventRow
from dashboards.view import View
from dashboards.wall.figures import SEVERITY_NAMES, instant_text, short_instant_text

_OFFERED = 300


def filled(action: Action, lists: Mapping[str, dict[str, str]]) -> Action:
    """The action with what its fields can be chosen from. ``lists``: name of a field → value → label."""
    fields = tuple(
        msgspec.structs.replace(field, choices=lists[field.name]) if lists.get(field.name) else field for field in action.fields
    )
    return msgspec.structs.replace(action, fields=fields)


def roots(view: View, numbers: Numbers, targets: Sequence[Kept]) -> dict[str, str]:
    """Alerts that some others can follow: open ones of the same courts that follow none, those due first in front."""
    ours, courts = {kept.target for kept in targets}, {kept.head.court for kept in targets}
    found = (
        kept
        for court in courts
        for kept in view.scene.duty.open_of("alert", court)
        if kept.target not in ours and not kept.head.merged_into and view.sees_kept(kept)
    )
    return {kept.target: _alert_text(view, numbers, kept) for kept in sorted(found, key=breach)[:_OFFERED]}


def _alert_text(view: View, numbers: Numbers, kept: Kept) -> str:
    head = kept.head
    due = short_instant_text(parse_instant(head.due_at))
    name = view.rule_name(head.rule)
    return f"{SEVERITY_NAMES[head.severity]} {name} · {numbers.of(head.subject)} · 期限 {due} · {kept.target[:8].upper()}"


def people(names: Names, courts: Iterable[str]) -> dict[str, str]:
    """Who may log in at some courts."""
    return {account: name for court in dict.fromkeys(courts) for account, name in names.at(court).items()}


def proofs(events: Iterable[EventRow]) -> dict[str, str]:
    """The events of a case as what proves something, the latest in front; the value is how a reference is written."""
    rows = sorted(events, key=lambda one: (one.time, one.recordedtime), reverse=True)
    return {f"{one.source} {one.id}": f"{instant_text(one.time)} {_name(one)}" for one in rows[:_OFFERED]}


def _name(event: EventRow) -> str:
    kind = EVENT_TYPES.get(event.type)
    return kind.meaning[0] if kind else event.type
