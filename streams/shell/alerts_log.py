"""The topic of alerts read again beside everything that runs: what the live engine said, and of which place it said it."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from contract.errors import YipanqiError
from contract.topics import ALERTS
from streams.cases.outputs import TransitionOut
from streams.projections.record import Record
from streams.shell.log_ends import ends
from streams.shell.progress import Progress
from streams.shell.replay import replay

_TRANSITION = msgspec.json.Decoder(TransitionOut)


class UnreadableAlertError(YipanqiError):
    """A record of the topic of alerts is no transition of ours."""


class Said(NamedTuple):
    """A transition as it is stored.

    Attributes:
        out: It.
        partition: The partition of the log (of a group's: of the facts) that caused it.
        offset: The place there.
        body: The record's bytes.
    """

    out: TransitionOut
    partition: int
    offset: int
    body: bytes


def said(bootstrap: str, topic: str, what: str, progress: Progress) -> Iterator[Said]:
    """Yield every transition in a topic of alerts up to its end; ``what``: is done, for the progress.

    Raises:
        UnreadableAlertError: A record can't be read; it tells which one and what to do.
    """
    until = ends(bootstrap, [topic])
    done, total = 0, sum(until.values())
    for _, _, records in replay(bootstrap, {}, until):
        yield from (read(record) for record in records)
        done += len(records)
        progress(what, done, total)


def read(record: Record) -> Said:
    """Read one record.

    Raises:
        UnreadableAlertError: It is no transition.
    """
    try:
        out = _TRANSITION.decode(record.value or b"")
        partition, _, offset = out.position.partition(":")
        return Said(out, int(partition), int(offset), record.value or b"")
    except (msgspec.MsgspecError, ValueError) as error:
        raise UnreadableAlertError(_advice(record, error)) from None


def _advice(record: Record, error: Exception) -> str:
    why = f" ({error})" if record.topic == ALERTS else ""  # of what is restricted only places are told
    return (
        f"{record.topic}, partition {record.partition}, offset {record.offset}: this record is no transition of an alert{why}. "
        "The engine writes none such, so a newer version of yipanqi wrote it, or something else did that may write to this "
        'topic. Run this command with the newest version; else see "An alert that can\'t be read" in docs/proof.md'
    )
