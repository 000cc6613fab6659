"""How the duty for an alert ends: resolved, closed seven days later, gone after ninety. None of it ends a legal obligation."""

import re
from datetime import timedelta

from contract.duty.alerts import AlertDuty, Resolution
from streams.duty.deed import Deed
from streams.duty.pages import settle

CLOSES_AFTER = timedelta(days=7)
LEAVES_AFTER = timedelta(days=90)
"""A closed alert whose obligation has ended is kept so long for late corrections, then it leaves the room (管理参数)."""


_NO_PERSON = re.compile(r"/|[0-9a-f]{32}$|[a-z]+/")
"""A part of the system, or another target that told something: alert, directive, ``desk/<court>``."""


def resolve(deed: Deed[AlertDuty], found: Resolution, by: str = "") -> None:
    """Nobody need do anything more; the obligation stands as long as ``ended_at`` is None."""
    record = deed.record
    record.state, record.owner, record.ack_until, record.acks = "resolved", "", None, ()
    record.resolution, record.pending = found, None
    record.page_at, record.step_at, record.held, record.snoozed_until = None, None, False, None
    record.leave_at = None
    record.close_at = deed.now + CLOSES_AFTER
    settle(deed, by)
    for court in record.listed:
        deed.tell(f"desk/{court}", "unlisted", retracted=record.retracted, rule=record.rule, severity=record.severity)
    record.listed = ()


def acted(record: AlertDuty) -> tuple[str, ...]:
    """Who did something about it, as far as the record remembers: they are told if it is taken back."""
    said = [one.by for one in record.history]
    if record.resolution is not None:
        said += [record.resolution.by, record.resolution.seconded_by]
    return tuple(dict.fromkeys(one for one in said if one and not _NO_PERSON.match(one)))


def close(deed: Deed[AlertDuty]) -> None:
    """Closed: people change nothing any more, and what is settled stands in the decisions.

    The ladder up the court tree goes on while the obligation stands: only the court's events end that.
    """
    record = deed.record
    record.pages = tuple(page for page in record.pages if page.state == "due" or page.is_out)
    record.paged, record.told = acted(record), record.told[-2:]
    record.state, record.close_at, record.leave_at = "closed", None, deed.now + LEAVES_AFTER
    record.tree_at = record.tree_at if record.stands else None
