"""How the duty for an alert ends: resolved, and closed seven days later. Neither ends a legal obligation."""

from datetime import timedelta

from contract.duty.alerts import AlertDuty, Resolution
from streams.duty.deed import Deed
from streams.duty.pages import settle

CLOSES_AFTER = timedelta(days=7)


def resolve(deed: Deed[AlertDuty], found: Resolution, by: str = "") -> None:
    """Nobody need do anything more; the obligation stands as long as ``ended_at`` is None."""
    record = deed.record
    record.state, record.owner, record.ack_until, record.acks = "resolved", "", None, ()
    record.resolution, record.pending = found, None
    record.page_at, record.step_at, record.held, record.snoozed_until = None, None, False, None
    record.close_at = deed.now + CLOSES_AFTER
    settle(deed, by)
    for court in record.listed:
        deed.tell(f"desk/{court}", "unlisted", retracted=record.retracted, rule=record.rule, severity=record.severity)
    record.listed = ()


def close(deed: Deed[AlertDuty]) -> None:
    """Closed: people change nothing any more, and what is settled stands in the decisions.

    The ladder up the court tree goes on while the obligation stands: only the court's events end that.
    """
    record = deed.record
    record.pages = tuple(page for page in record.pages if page.state == "due" or page.is_out)
    record.paged, record.told = (), record.told[-2:]
    record.state, record.close_at = "closed", None
    record.tree_at = record.tree_at if record.stands else None
