"""Threads: which alert was before another of the same rule, subject and key, so that a new one says what it `reopens`."""

from datetime import datetime

import msgspec

from contract.duty.commands import LinkTold, told_id
from contract.duty.decisions import Change
from streams.duty.deed import DUTY
from streams.duty.outcome import Outcome

PREFIX = "thread/"


class Thread(msgspec.Struct, frozen=True, omit_defaults=True):
    """The last alert of a thread, and whether it had ended."""

    last: str = ""
    ended: bool = False

    @property
    def version(self) -> int:
        """Nobody asks for one."""
        return 0

    @property
    def history(self) -> tuple[Change, ...]:
        """It has none."""
        return ()


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
    return Outcome(record=Thread(thread.last, command.what == "ended"))
