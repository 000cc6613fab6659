"""The rules that judge: packs made ready to run, the versions that are active, and which rule reads which event.

A version of a pack judges what arms at or after its activation's ``from``; an obligation keeps the version that armed it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from contract.calendar import Calendar, calendar_from_canonical, calendar_named
from contract.registry import CONTROL_TYPES, EVENT_TYPES, HEARTBEAT
from streams.cases.compiled import CompiledRule
from streams.cases.kept import Kept
from streams.cases.lines import OWN_SCOPES, Line, may_replace, within_courts
from streams.cases.readers import find_readers
from streams.cases.state import READS, STATE_TYPES
from streams.cases.telling import Telling, Wants, telling_of
from streams.cases.versions import Activation, ParamChange, Span, label, spans
from streams.rules.derived import ABOUT_GAPS
from streams.rules.model import Pack
from streams.rules.params import with_param

Shelf = Callable[[str, str], Pack | None]
"""(pack id, SHA-256) → a pack that is not at hand yet, or None."""


class UnknownPackError(Exception):
    """The log activates a pack or calendar that this process was not given; it can't go on."""


def _no_shelf(_pack: str, _sha256: str) -> Pack | None:
    return None


class RuleBook:
    """The packs at hand and those of them that are active, with parameters and calendars as the log changed them."""

    def __init__(
        self,
        packs: Iterable[Pack],
        *,
        always: bool = False,
        shelf: Shelf = _no_shelf,
        restricted: bool = False,
        only: frozenset[str] | None = None,
    ) -> None:
        """Take the packs at hand; ``always`` activates each of them from the beginning, as a file's supervision does.

        ``shelf`` is asked for a pack that the log activates and that is not at hand. Restricted rules stand in books made
        ``restricted`` and nowhere else, and nothing else stands in them. ``only``: the rules of these ids alone.
        """
        self._packs: dict[tuple[str, str], Pack] = {(pack.id, pack.sha256): pack for pack in packs}
        self._shelf = shelf
        self._restricted = restricted
        self._only = only
        self._compiled: dict[tuple[object, ...], CompiledRule] = {}
        self._wider: Kept | None = None
        self.activations: list[Activation] = []
        self.changes: list[ParamChange] = []
        self.calendars: list[Calendar] = []
        self.lines: tuple[Line, ...] = ()
        self.readers: tuple[Line, ...] = ()
        self.group_lines: tuple[Line, ...] = ()
        self.telling: Telling = {}
        self.wants = Wants()
        self.starting: Mapping[str, tuple[Line, ...]] = {}
        self.reading: Mapping[str, tuple[Line, ...]] = {}
        self.minding: Mapping[str, tuple[Line, ...]] = {}
        self.kept = self.needs = Kept({}, frozenset())
        if always:
            self.activate_all()
        else:
            self._arrange()

    @property
    def fields(self) -> Mapping[str, frozenset[str] | None]:
        """The fields to keep of each type of event; None = all."""
        return self.kept.fields

    @property
    def shared(self) -> frozenset[str]:
        """The fields to keep of every type."""
        return self.kept.shared

    def copy(self) -> "RuleBook":
        """Another book of the same packs and activations; what is compiled is shared."""
        book = RuleBook((), shelf=self._shelf, restricted=self._restricted, only=self._only)
        book._packs = dict(self._packs)
        book._compiled = self._compiled
        book._wider = self._wider
        book.restore(self.activations, changes=self.changes, calendars=self.calendars)
        return book

    def activate_all(self, packs: Sequence[Pack] | None = None, *, also: Sequence[Pack] = ()) -> None:
        """Activate packs at hand (None: all) from the beginning, unless one was activated; those in ``also`` in any case."""
        chosen = [] if self.activations else list(self._packs.values()) if packs is None else list(packs)
        chosen += [pack for pack in also if pack not in chosen]
        if chosen:
            self.activations += [Activation(pack.id, pack.version, pack.sha256, None, n) for n, pack in enumerate(chosen)]
            self._arrange()

    def activate(self, activation: Activation) -> bool:
        """Take an activation; returns whether it changed anything.

        Raises:
            UnknownPackError: The pack is not at hand.
        """
        key = (activation.pack, activation.sha256)
        if activation.sha256 and key not in self._packs:
            found = self._shelf(*key)
            if found is None:
                raise UnknownPackError(
                    f"the log activates pack {activation.pack!r} version {activation.version!r} with SHA-256 "
                    f"{activation.sha256}, which this process was not given; start it with that pack in --rules"
                )
            self._packs[key] = found
        mine = [one for one in self.activations if one.pack == activation.pack]
        told = any(one.control == activation.control and one.sha256 == activation.sha256 for one in mine)
        if told or (not activation.rejudge and any((a.sha256, a.begin) == (activation.sha256, activation.begin) for a in mine)):
            return False
        self.activations.append(activation)
        self._arrange()
        return True

    def change(self, change: ParamChange) -> None:
        """Take a change of a parameter.

        Raises:
            PackError: A version would not load with it.
        """
        changes = [*self.changes, change]
        for sha256 in change.versions:
            for span in spans(change.rule_id, [Activation(change.pack, "", sha256, None, -1)], changes, {}):
                self.changed(span)
        self.changes = changes
        self._arrange()

    def use(self, calendar: Calendar) -> bool:
        """Take the calendar that holds from now on; returns whether it is another than the one before."""
        before = self._calendar(calendar.name)
        if calendar == before:
            if not self.calendars:
                self.calendars = [calendar]
            return False
        self.calendars = [*self.calendars, calendar]
        self._arrange()
        return True

    def restore(
        self,
        activations: Iterable[Activation],
        packs: Iterable[Pack] = (),
        *,
        changes: Iterable[ParamChange] = (),
        calendars: Iterable[Calendar | bytes] = (),
    ) -> None:
        """Take what a stored partition was told in the place of what is here, and the packs that it names."""
        for pack in packs:
            self._packs.setdefault((pack.id, pack.sha256), pack)
        self.activations = list(activations)
        self.changes = list(changes)
        self.calendars = [one if isinstance(one, Calendar) else calendar_from_canonical(one) for one in calendars]
        self._arrange()

    def widen(self, kept: Kept) -> None:
        """Keep some more fields, whatever the rules read."""
        self._wider = kept if self._wider is None else self._wider | kept
        self._arrange()

    def active_packs(self) -> list[bytes]:
        """The canonical forms of the packs that are active."""
        keys = dict.fromkeys((a.pack, a.sha256) for a in self.activations if a.sha256)
        return [self._packs[key].canonical() for key in keys]

    def versions_of(self, pack: str) -> list[Pack]:
        """The versions of a pack that were activated, in the order of the log."""
        return [
            self._packs[key]
            for key in dict.fromkeys((a.pack, a.sha256) for a in self.activations if a.pack == pack and a.sha256)
        ]

    def changed(self, span: Span) -> Pack:
        """The pack of a span, its version named after the changes.

        Raises:
            PackError: It would not load.
        """
        pack = self._packs[span.pack, span.sha256]
        version = label(pack.version, span.changes)
        for change in span.changes:
            pack = with_param(pack, change.rule_id, change.param, change.new)
        return msgspec.structs.replace(pack, version=version) if span.changes else pack

    def _calendar(self, name: str) -> Calendar:
        found: Calendar | None = None
        for calendar in self.calendars:
            if calendar.name == name:
                found = calendar if found is None else calendar.following(found)
        return found or calendar_named(name)

    def _arrange(self) -> None:
        lines = tuple(self._lines())
        for line in lines:
            line.others = tuple(other for other in lines if may_replace(other, line))
        self.lines = tuple(line for line in lines if line.scope in OWN_SCOPES)
        self.group_lines = tuple(line for line in lines if line.scope not in OWN_SCOPES)
        self.telling = telling_of(self.group_lines)
        of_groups = [rule for line in self.group_lines for rule in line.rules() if not rule.rule.restricted]
        scopes = frozenset(rule.rule.scope for rule in of_groups if rule.reads_cases)
        self.wants = Wants(any(map(_reads_gaps, of_groups)), scopes)
        known = [name for name in EVENT_TYPES if name not in CONTROL_TYPES]
        foreign = {name for pack in self._packs.values() for name in pack.events}
        names = [*known, *sorted(foreign)]
        self.readers = find_readers(self.lines)
        self.lines = tuple(line for line in self.lines if line not in self.readers)
        self.starting = {name: tuple(line for line in self.lines if name in line.start_types) for name in names}
        self.reading = {
            name: tuple(line for line in self.lines if name in line.read_types and name not in line.start_types)
            for name in names
        }
        self.minding = {name: tuple(line for line in self.lines if line.minds(name)) for name in names}
        active = [rule for line in lines for rule in line.rules()]
        self.needs = _kept(active, names)
        self.kept = _kept([*active, *self._at_hand()], names)
        if self._wider is not None:
            self.kept = self.kept | self._wider

    def _lines(self) -> Iterable[Line]:
        """The rules of all packs that were activated, through their versions, apart for each scope and way of judging."""
        had = {key: frozenset(rule.id for rule in pack.rules) for key, pack in self._packs.items()}
        number = 0
        for pack in dict.fromkeys(activation.pack for activation in self.activations):
            activations = [activation for activation in self.activations if activation.pack == pack]
            for rule_id in dict.fromkeys(rule.id for one in self.versions_of(pack) for rule in one.rules):
                versions = [(span.begin, self._rule(span, rule_id)) for span in spans(rule_id, activations, self.changes, had)]
                for kind in dict.fromkeys(_kind(rule) for _, rule in versions if rule is not None):
                    here = [(begin, rule if rule is not None and _kind(rule) == kind else None) for begin, rule in versions]
                    yield Line(pack, rule_id, number, here)
                    number += 1

    def _rule(self, span: Span, rule_id: str) -> CompiledRule | None:
        """A rule as it stands in a span, ready to run."""
        pack = self._packs.get((span.pack, span.sha256))
        if self._only is not None and rule_id not in self._only:
            return None
        if pack is None or not any(rule.id == rule_id and rule.restricted == self._restricted for rule in pack.rules):
            return None
        calendars = tuple(calendar.sha256 for calendar in self.calendars if calendar.name == pack.calendar)
        key = (span.pack, span.sha256, rule_id, calendars, tuple(change.control for change in span.changes))
        if key not in self._compiled:
            changed = self.changed(span)
            self._compiled[key] = CompiledRule(changed, changed.rule(rule_id), self._calendar(pack.calendar))
        return self._compiled[key]

    def _at_hand(self) -> Iterable[CompiledRule]:
        for (pack_id, sha256), pack in self._packs.items():
            for rule in pack.rules:
                found = self._rule(Span(None, pack_id, sha256, ()), rule.id)
                if found is not None:
                    yield found


def _kind(rule: CompiledRule) -> tuple[str, bool, bool]:
    """What of a rule decides by whom it is judged."""
    return rule.rule.scope, rule.points is not None, rule.rule.kind == "rate"


def _kept(rules: Sequence[CompiledRule], names: Sequence[str]) -> Kept:
    """The fields to keep of each type: those that some rules may read, the ids, and those of the fold."""
    shared = frozenset().union(*(rule.fields for rule in rules)) if rules else frozenset()
    everything = any(rule.reads_all_data for rule in rules)
    fields: dict[str, frozenset[str] | None] = {}
    for name in names:
        ids = EVENT_TYPES[name].ids if name in EVENT_TYPES else ()
        fields[name] = None if everything else shared | READS.get(name, frozenset()) | frozenset(ids)
    beats = fields.get(HEARTBEAT)
    if beats is not None and any(map(_reads_gaps, rules)):
        fields[HEARTBEAT] = beats | {"last_seq"}
    return Kept(fields, shared)


def _reads_gaps(rule: CompiledRule) -> bool:
    """Whether a rule of courts reads what is missing in the sequences of sources."""
    return any(not ABOUT_GAPS.isdisjoint(reference.types) for reference in rule.references())


__all__ = ["STATE_TYPES", "Activation", "Line", "RuleBook", "UnknownPackError", "within_courts"]
