"""A rule pack as data: what is written in its files, complete and checked, in a canonical form of its own.

References and CEL stay texts here; `streams.rules.references` and `streams.rules.expressions` read them.
"""

import hashlib
from datetime import date
from functools import cached_property
from typing import Any, Literal

import msgspec

from contract.canonical import canonical_json

Severity = Literal["yellow", "orange", "red"]
Family = Literal["inaction", "disorder", "evasion", "assistance", "data"]
Basis = Literal["statutory", "management"]
Kind = Literal["deadline", "sequence", "forbidden", "ledger", "silence", "rate"]

SEVERITIES: tuple[Severity, ...] = ("yellow", "orange", "red")


class Name(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a rule is called."""

    zh: str
    en: str


class Citation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a rule comes from; ``verified``: the text was read in a public copy."""

    document: str
    number: str = ""
    article: str = ""
    verified: bool = False


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A severity, reached at ``at`` if ``when`` then holds."""

    severity: Severity
    at: str = ""
    when: str = ""
    react: tuple[str, ...] = ()
    basis: Basis | None = None


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One of several things that an event must not be: it fails where ``fail`` is true."""

    id: str
    name: Name
    fail: str
    severity: Severity = "orange"
    citation: tuple[Citation, ...] = ()


class Baseline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a rate is compared with.

    Attributes:
        of: The scope's own past, the courts of its tier and kind in the same window, or all courts in it.
        windows: How many windows before this one (own past).
        like: ``month`` = only windows of the same month number.
    """

    of: Literal["self", "peers", "nation"]
    windows: int = 24
    like: Literal["", "month"] = ""


class Pause(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"begin": "from", "ends": "to"}):
    """A kind of pause: the reference that opens a span, and those that close it."""

    begin: str
    ends: tuple[str, ...]


class Effective(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"begin": "from", "end": "to"}):
    """The civil days, both included, within which a rule judges what arms."""

    begin: date | None = None
    end: date | None = None


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One rule; the fields are those of a pack, defaults written out. Which of them a kind knows: `streams.rules.kinds`.

    A rule of kind ``silence`` has its ``expect`` as ``start`` and ``stop`` too and arms ``last``: it is judged as a deadline.
    """

    id: str
    name: Name
    family: Family
    kind: Kind = "deadline"
    scope: str = "case"
    key: tuple[str, ...] = ()
    each: str = ""
    start: tuple[str, ...] = ()
    arms: Literal["first", "every", "last"] = "first"
    when: str = ""
    match: str = ""
    stop: tuple[str, ...] = ()
    cancel: tuple[str, ...] = ()
    pause: tuple[Pause, ...] = ()
    extend: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    exempt: str = ""
    at: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    holds: bool = False
    clears: tuple[str, ...] = ()
    balance: str = ""
    sign: bool = False
    tolerance: int = 0
    expect: tuple[str, ...] = ()
    window: str = ""
    every: str = ""
    measures: dict[str, str] = {}
    num: str = ""
    den: str = ""
    least: int = 1
    baseline: Baseline | None = None
    axis: Literal["time", "received"] = "time"
    outlives: bool = False
    levels: tuple[Level, ...] = ()
    react: tuple[str, ...] = ()
    hold: str = ""
    propose: str = ""
    restricted: bool = False
    basis: Basis = "statutory"
    citation: tuple[Citation, ...] = ()
    params: dict[str, int | float] = {}
    seed: tuple[str, ...] = ()
    effective: Effective = Effective()
    runbook: str = ""


class Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """One version of a rule pack.

    Attributes:
        extends: Ids of packs that this one adds to; a rule here with an id of theirs holds in the place of theirs.
        courts: Codes of courts in which, and below which, the pack holds; empty = everywhere.
        events: Foreign types (``x.…``) that the rules read.
        ends: References to what ends a case, its obligations and alerts.
    """

    id: str
    version: str
    timezone: str = "Asia/Shanghai"
    calendar: Literal["cn", "none"] = "cn"
    hours: tuple[str, ...] = ("09:00-12:00", "13:30-17:30")
    extends: tuple[str, ...] = ()
    courts: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()

    def canonical(self) -> bytes:
        """The whole pack as canonical JSON (RFC 8785); `pack_from_canonical` reads it back.

        Fields with their default are left out: a field that a later version of this program knows changes no hash.
        """
        return self._canonical

    @cached_property
    def _canonical(self) -> bytes:
        return canonical_json(_written(self))

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the canonical form, lower-case hex: what an activation in the log names."""
        return hashlib.sha256(self.canonical()).hexdigest()

    @property
    def label(self) -> str:
        """``<id>@<version>``, part of every alert."""
        return f"{self.id}@{self.version}"

    def rule(self, rule_id: str) -> Rule:
        """The rule of an id; raises KeyError."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)


def _written(value: Any) -> Any:
    """A value as JSON has it, without the fields of structs that have their default."""
    if isinstance(value, msgspec.Struct):
        fields = [(field, getattr(value, field.name)) for field in msgspec.structs.fields(value)]
        return {field.encode_name: _written(has) for field, has in fields if field.required or has != _default(field)}
    if isinstance(value, list | tuple):
        return [_written(item) for item in value]
    if isinstance(value, dict):
        return {name: _written(item) for name, item in value.items()}
    return msgspec.to_builtins(value)


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default


def pack_from_canonical(content: bytes) -> Pack:
    """Read a pack from its canonical form; raises ``msgspec.ValidationError`` if it is anything else."""
    return msgspec.json.decode(content, type=Pack)
