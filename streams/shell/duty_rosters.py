"""Every desk's roster as it stands in the log of decisions."""

import asyncio

import msgspec

from contract.duty import decisions
from contract.duty.roster import RosterRecord
from contract.topics import DECISIONS
from infra.kafka.latest import read_latest
from streams.duty.rights import ROSTER
from streams.shell.log_ends import ends
from streams.shell.replay import replay
from streams.shell.seam import TP


def read_rosters(bootstrap: str) -> list[RosterRecord]:
    """Read them: the last decisions, and what was decided since.

    Raises:
        NoBroker: Nobody answers.
        CompactedStalled, ReplayStalled: The broker gives nothing any more.
        KafkaError: It is gone.
    """
    found: dict[str, RosterRecord] = {}

    def take(value: bytes) -> None:
        decision = decisions.decode(value)
        if decision.target.startswith(ROSTER) and decision.record is not None:
            found[decision.target] = msgspec.convert(decision.record, RosterRecord)

    until = ends(bootstrap, [DECISIONS])
    starts = asyncio.run(read_latest(bootstrap, lambda _, value: take(value)))
    begins = {TP(DECISIONS, partition): start for partition, start in starts.items()}
    for _, _, records in replay(bootstrap, begins, until):
        for record in records:
            take(record.value or b"")
    return list(found.values())
