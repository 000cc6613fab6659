"""An event as the core keeps it: what orders it, what names it, and the fields that some rule reads."""

from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any

from contract.envelope import Event, Ref

Order = tuple[datetime, datetime, str, int, str]
"""(time, recordedtime, source, sequence, id): the order of history; an absent sequence sorts first."""

BY_ORDER = attrgetter("order")
"""What sorts facts into the order of history."""

DIGEST_BYTES = 8


class Fact:
    """One event of a chain. Immutable but for ``received`` (the earliest of equal bodies) and ``memo``, a cache.

    Attributes:
        source, id: Its name.
        type: Short type.
        subject: The case.
        time, recorded, received: 发生时间, 录入时间, 接收时间.
        sequence: The sender's number, -1 if there is none.
        court: The acting court, or None.
        correctionof: The event that it corrects.
        data: The fields that are kept; None for a withdrawal.
        order: Its place in history.
        memo: Values worked out from this fact alone, by what asked for them.
    """

    __slots__ = (
        "_body",
        "_digest",
        "correctionof",
        "court",
        "data",
        "id",
        "memo",
        "order",
        "received",
        "recorded",
        "sequence",
        "source",
        "subject",
        "time",
        "type",
    )

    def __init__(
        self,
        source: str,
        id: str,  # noqa: A002  # the envelope's own word
        type: str,  # noqa: A002
        subject: str,
        time: datetime,
        recorded: datetime,
        received: datetime,
        sequence: int,
        court: str | None,
        correctionof: Ref | None,
        digest: bytes | Event,
        data: dict[str, Any] | None,
    ) -> None:
        """Take every part as it is; ``digest`` may be the event, of which it is made when first asked for."""
        self.source = source
        self.id = id
        self.type = type
        self.subject = subject
        self.time = time
        self.recorded = recorded
        self.received = received
        self.sequence = sequence
        self.court = court
        self.correctionof = correctionof
        self._digest = digest if isinstance(digest, bytes) else None
        self._body = digest if isinstance(digest, Event) else None
        self.data = data
        self.order: Order = (time, recorded, source, sequence, id)
        self.memo: dict[Any, Any] = {}

    @property
    def ref(self) -> Ref:
        """(source, id)."""
        return self.source, self.id

    @property
    def digest(self) -> bytes:
        """The first bytes of the digest of the body as it was sent."""
        if self._digest is None:
            assert self._body is not None
            self._digest, self._body = self._body.digest[:DIGEST_BYTES], None
        return self._digest

    def corrected_by(self, correction: "Fact") -> "Fact":
        """This event with time, data and extensions of the correction that holds; the rest stays the original's."""
        return Fact(
            self.source,
            self.id,
            self.type,
            self.subject,
            correction.time,
            self.recorded,
            self.received,
            self.sequence,
            correction.court,
            self.correctionof,
            self._digest or self._body or b"",
            correction.data,
        )

    def __repr__(self) -> str:
        return f"Fact({self.type} {self.id} of {self.subject} at {self.time.isoformat()})"


def fact_of(event: Event, fields: Mapping[str, frozenset[str] | None], shared: frozenset[str]) -> Fact:
    """Make a fact of an event.

    Args:
        event: With its receivedtime; where there is none (offline), the recordedtime stands for it.
        fields: The fields to keep by short type, beside the shared ones; None = all.
        shared: Fields kept of every type.
    """
    kind = event.short
    data = event.data
    if data is not None:
        keep = fields.get(kind, shared)
        data = dict(data) if keep is None else {name: value for name, value in data.items() if name in keep}
        data.pop("pii", None)
    return Fact(
        event.source,
        event.id,
        kind,
        event.subject,
        event.time,
        event.recordedtime,
        event.receivedtime or event.recordedtime,
        -1 if event.sequence is None else event.sequence,
        event.court,
        event.correctionof,
        event,
        data,
    )
