"""CEL expressions, ready to run: what they need is known, so that no more is handed over than they read."""

import logging
import re
from collections.abc import Mapping
from typing import Any

import cel

from streams.rules.syntax import SyntaxProblem, read
from streams.rules.vocabulary import FUNCTIONS

# What goes wrong while an expression runs: a missing field, operands that don't fit, a division by zero, a function that
# refuses its arguments.
RUN_ERRORS = (KeyError, TypeError, ValueError, RuntimeError, ArithmeticError, IndexError)

# The evaluator logs every missing field as a warning; for rules a missing field is an ordinary case.
logging.getLogger("cel").setLevel(logging.CRITICAL)


class Expression:
    """One compiled expression.

    Attributes:
        text: As it stands in the pack.
        roots: The free variables that it reads.
        calls: The functions that it calls.
        case_names: The attributes of ``case`` that it reads; None = it may read all.
        references: The literal references in its calls (``seen('…')`` and the like).
        members: Names of fields that it may read.
        uses_ref: Whether it follows ``event.ref``, ``start.ref`` or ``stop.ref``.
        reads_all_data: Whether it reads ``data`` as a whole.
        fields: The names below ``data`` that it may read, for handing over no more than these.
        only_event: Whether its value depends on ``event`` alone.
    """

    def __init__(self, text: str) -> None:
        """Compile; raises `SyntaxProblem`."""
        reading = read(text)
        self.text = text
        self.roots = reading.roots
        self.calls = frozenset(call.name for call in reading.calls)
        self.references = tuple(call.literals[0] for call in reading.calls if call.name in _REFERENCES and call.literals[0])
        self.members = reading.members | reading.literals
        self.uses_ref = any(len(path) > 1 and path[1] == "ref" for path in reading.paths)
        # `event.data["class"]` reads a field that is a literal; anything else below a bare `data` may be any field.
        self.reads_all_data = any(path[-1] == "data" for path in reading.paths) and not reading.literals
        self.fields = tuple(self.members - {"data", "ref"})
        names = {path[1] if len(path) > 1 else None for path in reading.paths if path[0] == "case"}
        self.case_names: frozenset[str] | None = None if None in names else frozenset(name for name in names if name)
        self.envelope = frozenset(path[1] for path in reading.paths if len(path) > 1 and path[0] in _EVENTS) - {"data", "ref"}
        self.only_event = self.roots <= {"event"} and not self.references and not self.uses_ref and not self.calls - _PURE
        try:
            self._program = cel.compile(_PREVIOUS.sub(r'prev("\1",', text))
        except ValueError as error:
            raise SyntaxProblem(f"no CEL: {error} in {text!r}") from None

    def run(self, values: Mapping[str, Any]) -> Any:
        """The value; raises one of `RUN_ERRORS`."""
        return self._program.execute(values)

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether it is true; an error that ``||`` and ``&&`` didn't absorb counts as false."""
        try:
            return self._program.execute(values) is True
        except RUN_ERRORS:
            return False


# What `prev` looks for is a name, not the value that the name has in this window.
_PREVIOUS = re.compile(r"\bprev\(\s*([a-z][a-z0-9_]*)\s*,")
_REFERENCES = frozenset({"seen", "last", "count", "sum"})
_EVENTS = frozenset({"event", "start", "stop"})
_PURE = frozenset(FUNCTIONS) - _REFERENCES
