"""The log of some simulated lives, disturbed, with what supervision makes of it: no Kafka, no worker."""

import random
from typing import NamedTuple

import msgspec
from disturbed import disturbed

from contract.codec import from_json
from contract.envelope import Event
from contract.registry import RESTRICTED_TYPES
from producers.simulator.run import gather, lives
from streams.cases.outputs import TransitionOut
from streams.offline import numbered, supervise
from streams.rules.load import load_packs

_CLOCK = "/sys/clock"


class Told(NamedTuple):
    """What a log holds: events, and the transitions of their alerts."""

    events: list[Event]
    journal: list[TransitionOut]


def told(seed: int, count: int, share: float) -> Told:
    """So many lives, such a share of their events corrected, withdrawn, repeated or late; a tick a month."""
    lines = list(gather(lives(seed, count, 0.25)).events())
    ticks = [line for line in lines if line["source"] == _CLOCK]
    made = disturbed(random.Random(seed), [line for line in lines if line["source"] != _CLOCK], share)
    return supervised([from_json(line) for line in [*made, *ticks[::30], ticks[-1]]])


def supervised(events: list[Event]) -> Told:
    """Events in the order of their entry, and what supervision makes of them; restricted ones are no part of this log."""
    came = [msgspec.structs.replace(one, receivedtime=one.receivedtime or one.recordedtime) for one in events]
    came.sort(key=lambda one: one.recordedtime)
    _, journal, _ = supervise(numbered(came), load_packs())
    return Told([one for one in came if one.short not in RESTRICTED_TYPES], journal)
