"""The last decisions as far as alarm quality reads them, kept packed: much less than the log, and enough for its figures."""

from collections import deque
from datetime import datetime, timedelta

import msgspec

from contract.duty import decisions
from contract.duty.decisions import Decision, Outcome
from contract.duty.quality import READ

KEPT = 50_000
SPAN = timedelta(days=30)


class _Page(msgspec.Struct, frozen=True):
    desk: str


class _Detail(msgspec.Struct, frozen=True, omit_defaults=True):
    pages: tuple[_Page, ...] = ()
    rule: str | None = None


class _Record(msgspec.Struct, frozen=True, omit_defaults=True):
    rule: str | msgspec.UnsetType = msgspec.UNSET
    court: str | msgspec.UnsetType = msgspec.UNSET
    owner: str | None = None
    end_reason: str | None = None
    raised_at: str | None = None
    ended_at: str | None = None


class _Lean(msgspec.Struct, frozen=True, omit_defaults=True):
    """A decision without what no figure reads; packed again it is a `Decision`."""

    id: str
    position: str
    n: int
    at: datetime
    target: str
    what: str
    outcome: Outcome
    detail: _Detail = _Detail()
    record: _Record | None = None


_LEAN: msgspec.json.Decoder[_Lean] = msgspec.json.Decoder(_Lean)


class Recent:
    """The last decisions that some figure of alarm quality reads."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept: deque[tuple[datetime, bytes]] = deque(maxlen=kept)
        self._whole = True
        self._from: datetime | None = None

    def begins(self, at: datetime) -> None:
        """Some partition is read from that instant only: what lies before isn't all there."""
        self._from = at if self._from is None else max(at, self._from)

    def apply(self, value: bytes) -> None:
        """Take a decision; each comes once."""
        lean = _LEAN.decode(value)
        if lean.what not in READ and not lean.detail.pages:
            return
        self._whole = self._whole and len(self._kept) < (self._kept.maxlen or 0)
        self._kept.append((lean.at, msgspec.json.encode(lean)))

    def since(self, end: datetime, span: timedelta = SPAN) -> tuple[datetime, list[bytes]]:
        """The decisions of a span that ends at an instant, packed, and from when on they are all there."""
        start = end - span
        if not self._whole and self._kept:
            start = max(start, self._kept[0][0])
        start = start if self._from is None else max(start, self._from)
        return start, [packed for at, packed in self._kept if at >= start]


def unpacked(found: list[bytes]) -> list[Decision]:
    """Decisions as the figures read them."""
    return [decisions.decode(packed) for packed in found]
