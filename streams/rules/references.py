"""References to events: ``type`` or ``type:field``, then maybe `` if CEL``; ``case.*`` and ``*`` are wildcards."""

import re

import msgspec

_FORM = re.compile(
    r"([a-z_]+(?:\.(?:[a-z_]+|\*))|x\.[^\s:]+|@month|@quarter|\*)(?::([A-Za-z_][A-Za-z0-9_]*))?(?:\s+if\s+(\S.*))?", re.DOTALL
)
_FROM = re.compile(r"from:([A-Za-z_][A-Za-z0-9_]*)")


class Reference(msgspec.Struct, frozen=True):
    """One reference, taken apart; ``field`` and ``condition`` are "" where there is none."""

    type: str
    field: str = ""
    condition: str = ""

    @property
    def is_wildcard(self) -> bool:
        """Whether it names more than one type."""
        return self.type.endswith("*")

    def covers(self, name: str) -> bool:
        """Whether an event type (short) is meant, foreign types by a wildcard left aside."""
        if not self.is_wildcard:
            return name == self.type
        return name.startswith(self.type[:-1]) and not name.startswith("x.")


def parse_reference(text: str) -> Reference:
    """Read a reference; raises ValueError with what is wrong."""
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no reference; write type, type:field or either followed by ' if CEL'")
    return Reference(match[1], match[2] or "", (match[3] or "").strip())


def field_of_begin(text: str) -> str | None:
    """The field in ``from:until_on`` (a day that the event which opened a pause names), else None."""
    match = _FROM.fullmatch(text.strip())
    return match[1] if match else None
