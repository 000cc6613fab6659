"""What every partition of the room knows: policies, rosters, maintenance windows, floods. All of it came as a `Broadcast`.

Old policies are kept: an alert goes on by the set that held when its ladder began (docs/duty.md).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from contract.calendar import Calendar, cn_calendar
from contract.courts import COURTS
from contract.duty.commands import Broadcast, Window
from contract.duty.policy import Policies, Policy
from contract.duty.roster import Override, Post, Rota
from streams.duty.roster import in_force, on_call

_ROTA, _POLICIES, _WINDOW, _FLOOD, _CURRENT = "@rota/", "@policies/", "@window/", "@flood/", "@current"
_NOBODY: Mapping[Post, tuple[str, ...]] = {}


class Desk(msgspec.Struct):
    """The versions of a desk's roster, and its overrides."""

    versions: list[Rota]
    overrides: tuple[Override, ...] = ()


class Desks:
    """The surroundings of every alert of a partition."""

    def __init__(self, policies: Policies, calendar: Calendar | None = None) -> None:
        """Begin with the policies that hold until others are told, on a time line that runs as the wall's."""
        self.speed = 1.0
        self.calendar = calendar or cn_calendar()
        self._policies: dict[str, Policies] = {}
        self._desks: dict[str, Desk] = {}
        self._windows: dict[str, Window] = {}
        self._floods: dict[str, datetime] = {}
        self._dirty: set[str] = set()
        self._asked: tuple[datetime | None, dict[str, Mapping[Post, tuple[str, ...]]]] = (None, {})
        self.current = self._add(policies)

    def take(self, told: Broadcast, now: datetime) -> None:
        """Take what everybody is told; windows that are over are forgotten."""
        if told.policies is not None:
            self.current = self._add(told.policies)
            self._dirty.add(_CURRENT)
        self._take_rota(told)
        if told.window is not None:
            self._windows[told.window.id] = told.window
            self._dirty.add(_WINDOW + told.window.id)
        if told.flood is not None:
            if told.flood.over:
                self._floods.pop(told.flood.court, None)
            else:
                self._floods[told.flood.court] = told.flood.since
            self._dirty.add(_FLOOD + told.flood.court)
        for name in [name for name, window in self._windows.items() if window.end <= now]:
            del self._windows[name]
            self._dirty.add(_WINDOW + name)
        self._asked = (None, {})

    def policy(self, label: str, severity: str) -> Policy:
        """The policy of a severity in the set of that label; one without steps if the set has none."""
        found = self._policies.get(label) or self._policies[self.current]
        return next((one for one in found.policies if one.severity == severity), Policy(severity=severity))  # type: ignore[arg-type]  # a severity

    def on_call(self, court: str, at: datetime) -> Mapping[Post, tuple[str, ...]]:
        """Who is on call at a desk; nobody if it has no roster."""
        if self._asked[0] != at:
            self._asked = (at, {})
        known = self._asked[1]
        if court not in known:
            desk = self._desks.get(court)
            rota = None if desk is None else in_force(desk.versions, at)
            known[court] = _NOBODY if desk is None or rota is None else on_call(rota, desk.overrides, at, self.calendar)
        return known[court]

    def is_covered(self, court: str, at: datetime) -> bool:
        """Whether a roster of the desk holds."""
        desk = self._desks.get(court)
        return desk is not None and in_force(desk.versions, at) is not None

    def people(self, court: str) -> frozenset[str]:
        """Everybody who stands in some roster of a desk, or takes a turn of another."""
        desk = self._desks.get(court)
        if desk is None:
            return frozenset()
        named = [account for rota in desk.versions for turn in rota.rotations for account in turn.accounts]
        return frozenset(named) | {one.account for one in desk.overrides if one.account is not None}

    def window(self, court: str, rule: str, at: datetime) -> Window | None:
        """The maintenance window that holds for a court and rule, of several the one that ends last."""
        found = (
            one
            for one in self._windows.values()
            if one.court == court and one.rule in {None, rule} and one.start <= at < one.end
        )
        return max(found, key=lambda one: (one.end, one.id), default=None)

    def in_flood(self, court: str) -> bool:
        """Whether the desk has more to answer than a person can."""
        return court in self._floods

    def covered(self) -> Iterable[str]:
        """Courts whose desks have a roster."""
        return sorted(self._desks)

    def drain_dirty(self) -> dict[str, bytes | None]:
        """What changed since the last call, by key."""
        changed = {key: self._packed(key) for key in self._dirty}
        self._dirty.clear()
        return changed

    def resume(self, key: str, value: bytes) -> bool:
        """Take back one key of `drain_dirty`; False if it is none of its own."""
        if key == _CURRENT:
            self.current = msgspec.msgpack.decode(value, type=str)
        elif key.startswith(_POLICIES):
            self._policies[key.removeprefix(_POLICIES)] = msgspec.msgpack.decode(value, type=Policies)
        elif key.startswith(_ROTA):
            self._desks[key.removeprefix(_ROTA)] = msgspec.msgpack.decode(value, type=Desk)
        elif key.startswith(_WINDOW):
            self._windows[key.removeprefix(_WINDOW)] = msgspec.msgpack.decode(value, type=Window)
        elif key.startswith(_FLOOD):
            self._floods[key.removeprefix(_FLOOD)] = msgspec.msgpack.decode(value, type=datetime)
        else:
            return False
        return True

    def _add(self, policies: Policies) -> str:
        label = label_of(policies)
        if label not in self._policies:
            self._policies[label] = policies
            self._dirty.add(_POLICIES + label)
        return label

    def _take_rota(self, told: Broadcast) -> None:
        overrides = told.overrides
        for court in dict.fromkeys(_courts_of(told)):
            desk = self._desks.setdefault(court, Desk([]))
            if told.rota is not None and told.rota.court == court:
                desk.versions = [one for one in desk.versions if one.from_on != told.rota.from_on] + [told.rota]
            if overrides is not None:
                desk.overrides = tuple(one for one in overrides if one.rota == court)
            self._dirty.add(_ROTA + court)

    def _packed(self, key: str) -> bytes | None:
        if key == _CURRENT:
            return msgspec.msgpack.encode(self.current)
        kind, _, name = key.partition("/")
        held: dict[str, Mapping[str, Any]] = {
            _POLICIES: self._policies,
            _ROTA: self._desks,
            _WINDOW: self._windows,
            _FLOOD: self._floods,
        }
        stored = held[f"{kind}/"].get(name)
        return None if stored is None else msgspec.msgpack.encode(stored)


def _courts_of(told: Broadcast) -> Sequence[str]:
    """The courts whose desks a broadcast is about; a rota's id is its court."""
    own = [] if told.rota is None else [told.rota.court]
    return own + [one.rota for one in told.overrides or ()]


def label_of(policies: Policies) -> str:
    """The name of a set of policies, its version, and a hash: two sets of one version are told apart."""
    digest = hashlib.sha256(msgspec.json.encode(policies)).hexdigest()[:8]
    return f"{policies.id}@{policies.version}#{digest}"


def superior(court: str) -> str | None:
    """The court above a court; None for the Supreme People's Court and an unknown one."""
    return next((one.code for one in COURTS.ancestors(court)), None)
