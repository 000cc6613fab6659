"""The rules that judge a group, with what they read: the same for all groups of a scope."""

from collections.abc import Collection, Sequence
from functools import lru_cache

from streams.cases.lines import Line
from streams.cases.telling import NATION, national
from streams.rules.derived import ABOUT_GAPS


class Judges:
    """Some rules of one scope.

    Attributes:
        lines: The rules, in the order of judging.
        of_periods: Those that begin with a month or a quarter.
        read_gaps: Whether one of them reads what is missing in the sequences of sources.
    """

    def __init__(self, lines: Sequence[Line], *, court: bool = False) -> None:
        """Take them; ``court``: their scope is the court, so that an event bears on those alone that read its type."""
        self.lines = tuple(lines)
        self.of_periods = tuple(line for line in lines if court and line.periods)
        names = {line.number: line.start_types | line.read_types for line in lines}
        self.read_gaps = court and any(not ABOUT_GAPS.isdisjoint(found) for found in names.values())
        self._wanted = {line.number: line.read_types if line.kind == "rate" else line.start_types for line in lines}
        self._reading: dict[str, tuple[Line, ...]] | None = None
        if court:
            every = frozenset().union(*names.values())
            self._reading = {name: tuple(line for line in lines if name in names[line.number]) for name in every}

    def wanted(self, line: Line) -> frozenset[str]:
        """The types of events of which a group must have one for a rule to have anything to judge."""
        return self._wanted[line.number]

    def concerned(self, names: Collection[str]) -> Sequence[Line]:
        """The rules that events of some types bear on. Beside courts an event of any type tells who owns a case."""
        if self._reading is None:
            return self.lines
        if len(names) == 1:
            return self._reading.get(next(iter(names)), ())
        return [line for line in self.lines if any(line in self._reading.get(name, ()) for name in names)]


def judges_of(lines: tuple[Line, ...], scope: str, scope_id: str) -> Judges:
    """Those of some rules that judge a group."""
    if scope == NATION:
        return Judges([line for line in lines if national(line) and scope_id == f"{line.pack}/{line.rule_id}"])
    return _of_scope(lines, scope)


@lru_cache(64)
def _of_scope(lines: tuple[Line, ...], scope: str) -> Judges:
    return Judges([line for line in lines if line.scope == scope and not national(line)], court=scope == "court")
