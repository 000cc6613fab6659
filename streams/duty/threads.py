"""Threads: which alert was before another of the same rule, subject and key, so that a new one says what it `reopens`."""

from datetime import datetime, timedelta

from contract.duty.commands import LinkTold, told_id
from streams.duty.deed import DUTY
from streams.duty.outcome import Outcome, Unversioned

PREFIX = "thread/"


REOPENS_WITHIN = timedelta(days=365)
"""A new obligation within this time after the last one ended says what it reopens (管理参数); that alert may have left."""


class Thread(Unversioned, frozen=True, omit_defaults=True):
    """The last alert of a thread, whether it had ended, and when that is forgotten."""

    last: str = ""
    ended: bool = False
    forget_at: datetime | None = None


def take_thread_link(thread: Thread, command: LinkTold, now: datetime) -> Outcome[Thread]:
    """An alert was raised, ended or stands again."""
    if command.what == "raised" and command.source != thread.last:
        told = LinkTold(
            id=told_id(command.target, command.source, "reopens"),
            target=command.source,
            principal=DUTY,
            at=now,
            source=command.target,
            what="reopens",
            detail={"before": thread.last},
        )
        return Outcome(record=Thread(command.source), tells=(told,) if thread.last and thread.ended else ())
    if command.source != thread.last:
        return Outcome(record=thread)
    ended = command.what == "ended"
    return Outcome(record=Thread(thread.last, ended, now + REOPENS_WITHIN if ended else None))


def next_due(thread: Thread) -> datetime | None:
    """When the thread is forgotten."""
    return thread.forget_at
