"""Which fields of events a partition keeps: what its packed history has, and what rules want of it."""

from collections.abc import Mapping

import msgspec


class Kept(msgspec.Struct, frozen=True):
    """Fields kept of each type of event (None = all), and those kept of every type."""

    fields: Mapping[str, frozenset[str] | None]
    shared: frozenset[str]

    def __or__(self, other: "Kept") -> "Kept":
        """What either keeps."""
        names = self.fields.keys() | other.fields.keys()
        return Kept({name: _joined(self.of(name), other.of(name)) for name in names}, self.shared | other.shared)

    def of(self, name: str) -> frozenset[str] | None:
        """The fields kept of a type; None = all."""
        return self.fields.get(name, self.shared)

    def has(self, other: "Kept") -> bool:
        """Whether it keeps all that another does."""
        return other.shared <= self.shared and all(_covers(self.of(name), other.of(name)) for name in other.fields)


def _joined(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    return None if one is None or other is None else one | other


def _covers(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    return one is None or (other is not None and other <= one)


class RereadNeededError(Exception):
    """What the log asks for reads fields that the packed history lacks; it has to be read again from the log.

    Attributes:
        kept: What the history must keep.
    """

    def __init__(self, kept: Kept) -> None:
        super().__init__("rules read fields that the stored history lacks; the partition is read again from the log")
        self.kept = kept
