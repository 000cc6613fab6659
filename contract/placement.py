"""Where a type has its place: restricted ones on the restricted log, common ones on the common log, control events on both.

The gateway sends by type, so a record that lies in the wrong log was written past it. The type is looked at before anything
else of a record, as loosely as anybody could have written it: of one that is misplaced nobody may tell even what is wrong
with it.
"""

from functools import lru_cache

from contract.codec import Headers
from contract.envelope import short_type
from contract.errors import PoisonEvent
from contract.registry import CONTROL_TYPES, EVENT_TYPES, RESTRICTED_TYPES
from contract.topics import RESTRICTED

WRONG_TOPIC = "wrong_topic"


class MisplacedEvent(PoisonEvent):
    """A record whose type has no place on its topic. Its dead letter names neither event nor source nor chain."""

    def __init__(self) -> None:
        super().__init__(WRONG_TOPIC, "its type has no place on this topic; the gateway, which sends by type, did not write it")


def is_misplaced(topic: str, headers: Headers) -> bool:
    """Whether a record on the common log is of a restricted type, or one on the restricted log of a common type."""
    kinds = [raw for name, raw in headers if name == "ce_type" and raw is not None]
    if topic == RESTRICTED:
        return any(_is_common(raw) for raw in kinds)
    return any(_is_restricted(raw) for raw in kinds)


@lru_cache(maxsize=4096)
def _is_restricted(raw: bytes) -> bool:
    """Also another version or spelling of the type: it would be refused in any case, but under its own name."""
    text = raw.decode(errors="replace").strip().lower()
    return not text.startswith("x.") and any(name in text for name in RESTRICTED_TYPES)


@lru_cache(maxsize=4096)
def _is_common(raw: bytes) -> bool:
    name = short_type(raw.decode(errors="replace"))
    return name.startswith("x.") or name in EVENT_TYPES.keys() - RESTRICTED_TYPES - CONTROL_TYPES
