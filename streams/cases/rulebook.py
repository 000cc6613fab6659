"""The rules that judge: packs made ready to run, the versions that are active, and which rule reads which event.

A version of a pack judges what arms at or after its activation's ``from``; an obligation keeps the version that armed it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from contract.calendar import calendar_named
from contract.courts import COURTS
from contract.registry import CONTROL_TYPES, EVENT_TYPES
from contract.times import format_instant
from streams.cases.compiled import CompiledRule
from streams.cases.state import READS, STATE_TYPES
from streams.cases.timeline import OWNER_TYPES
from streams.rules.model import Pack


class Activation(msgspec.Struct, frozen=True):
    """A version of a pack judges what arms at or after ``begin`` (None: always)."""

    pack: str
    version: str
    sha256: str
    begin: datetime | None
    control: int
    rejudge: bool = False


class UnknownPackError(Exception):
    """The log activates a pack that this process was not given; it can't go on."""


Version = tuple[datetime | None, CompiledRule | None]


class Line:
    """One rule through all active versions of its pack.

    Attributes:
        pack: Pack id.
        rule_id: Rule id.
        number: Its place among the lines, the order of judging.
        versions: (instant from which it judges, rule or None where a version has no such rule), in order; the first may judge
            always (None).
        others: The lines that hold in the place of this one where their packs hold.
    """

    def __init__(self, pack: str, rule_id: str, number: int, versions: Sequence[Version]) -> None:
        """Put the versions of one rule together."""
        self.pack = pack
        self.rule_id = rule_id
        self.number = number
        self.versions = tuple(versions)
        self.others: tuple[Line, ...] = ()
        rules = self.rules()
        self.scope = rules[0].rule.scope
        self.kind = rules[0].rule.kind
        self.start_types: frozenset[str] = frozenset().union(*(rule.start_types for rule in rules))
        self.read_types: frozenset[str] = OWNER_TYPES.union(*(rule.other_types for rule in rules))

    def rules(self) -> list[CompiledRule]:
        """The rule in each version that has it."""
        return [rule for _, rule in self.versions if rule is not None]

    def judging(self, instant: datetime) -> CompiledRule | None:
        """The version that judges what arms at an instant."""
        found = None
        for begin, rule in self.versions:
            if begin is None or begin <= instant:
                found = rule
        return found


class RuleBook:
    """The packs at hand and those of them that are active. Activations change it; everything else is fixed."""

    def __init__(self, packs: Iterable[Pack], *, always: bool = False) -> None:
        """Take the packs at hand; ``always`` activates each of them from the beginning, as a file's supervision does."""
        self._packs: dict[tuple[str, str], Pack] = {(pack.id, pack.sha256): pack for pack in packs}
        self._compiled: dict[tuple[str, str], dict[str, CompiledRule]] = {}
        self.activations: list[Activation] = []
        self.lines: tuple[Line, ...] = ()
        self.starting: Mapping[str, tuple[Line, ...]] = {}
        self.reading: Mapping[str, tuple[Line, ...]] = {}
        self.fields: Mapping[str, frozenset[str] | None] = {}
        self.shared: frozenset[str] = frozenset()
        if always:
            for number, pack in enumerate(self._packs.values()):
                self.activations.append(Activation(pack.id, pack.version, pack.sha256, None, number))
        self._arrange()

    def copy(self) -> "RuleBook":
        """Another book of the same packs and activations, for another partition."""
        book = RuleBook(self._packs.values())
        book.restore(self.activations)
        return book

    def activate(self, activation: Activation) -> bool:
        """Take an activation; returns whether it changed anything.

        Raises:
            UnknownPackError: The pack is not at hand.
        """
        if (activation.pack, activation.sha256) not in self._packs:
            raise UnknownPackError(
                f"the log activates pack {activation.pack!r} version {activation.version!r} with SHA-256 {activation.sha256}, "
                "which this process was not given; start it with that pack in --rules"
            )
        same = [(a.pack, a.sha256, a.begin) for a in self.activations]
        if (activation.pack, activation.sha256, activation.begin) in same:
            return False
        self.activations.append(activation)
        self._arrange()
        return True

    def restore(self, activations: Iterable[Activation], packs: Iterable[Pack] = ()) -> None:
        """Take the activations of a stored partition in the place of those here, and the packs that they name."""
        for pack in packs:
            self._packs.setdefault((pack.id, pack.sha256), pack)
        self.activations = list(activations)
        self._arrange()

    def active_packs(self) -> list[bytes]:
        """The canonical forms of the packs that are active."""
        return [self._packs[key].canonical() for key in dict.fromkeys((a.pack, a.sha256) for a in self.activations)]

    def _arrange(self) -> None:
        versions: dict[tuple[str, str, str], list[Version]] = {}
        for activation in sorted(self.activations, key=_place):
            rules = {(activation.pack, rule.id, rule.rule.scope): rule for rule in self._rules(activation).values()}
            for name in [*rules, *(name for name in versions if name[0] == activation.pack and name not in rules)]:
                versions.setdefault(name, []).append((activation.begin, rules.get(name)))
        self.lines = tuple(
            Line(pack, rule_id, number, found) for number, ((pack, rule_id, _), found) in enumerate(versions.items())
        )
        for line in self.lines:
            line.others = tuple(other for other in self.lines if _may_replace(other, line))
        known = [name for name in EVENT_TYPES if name not in CONTROL_TYPES]
        foreign = {name for pack in self._packs.values() for name in pack.events}
        names = [*known, *sorted(foreign)]
        self.starting = {name: tuple(line for line in self.lines if name in line.start_types) for name in names}
        self.reading = {
            name: tuple(line for line in self.lines if name in line.read_types and name not in line.start_types)
            for name in names
        }
        self.fields, self.shared = self._kept(names)

    def _rules(self, activation: Activation) -> dict[str, CompiledRule]:
        """The rules of an activation, ready to run."""
        key = (activation.pack, activation.sha256)
        if key not in self._compiled:
            pack = self._packs[key]
            calendar = calendar_named(pack.calendar)
            self._compiled[key] = {rule.id: CompiledRule(pack, rule, calendar) for rule in pack.rules}
        return self._compiled[key]

    def _kept(self, names: Sequence[str]) -> tuple[dict[str, frozenset[str] | None], frozenset[str]]:
        """The fields to keep of each type: those that a rule may read, the ids, and those of the fold."""
        rules = [rule for key in self._packs for rule in self._all(key)]
        shared = frozenset().union(*(rule.fields for rule in rules)) if rules else frozenset()
        everything = any(rule.reads_all_data for rule in rules)
        kept: dict[str, frozenset[str] | None] = {}
        for name in names:
            ids = EVENT_TYPES[name].ids if name in EVENT_TYPES else ()
            kept[name] = None if everything else shared | READS.get(name, frozenset()) | frozenset(ids)
        return kept, shared

    def _all(self, key: tuple[str, str]) -> Iterable[CompiledRule]:
        pack = self._packs[key]
        return self._rules(Activation(pack.id, pack.version, pack.sha256, None, 0)).values()


def _place(activation: Activation) -> tuple[bool, str, int]:
    begin = "" if activation.begin is None else format_instant(activation.begin)
    return activation.begin is not None, begin, activation.control


def _may_replace(other: Line, line: Line) -> bool:
    """Whether a line is the same rule in a pack that extends this one's."""
    return other.rule_id == line.rule_id and any(line.pack in rule.pack.extends for rule in other.rules())


def within_courts(court: str, roots: Sequence[str]) -> bool:
    """Whether a court is one of some courts or below one of them."""
    return any(COURTS.within(court, root) for root in roots)


__all__ = ["STATE_TYPES", "Activation", "Line", "RuleBook", "UnknownPackError", "within_courts"]
