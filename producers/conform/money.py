"""Money below nothing: the contract lets it through, and no rule means it."""

from collections.abc import Iterator
from typing import Any

from contract.envelope import Event
from producers.conform.findings import Findings

_MAY_BE = "balance_fen"
"""An account can be overdrawn."""


class Money:
    """Watches amounts."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings

    def see(self, line: int, event: Event) -> None:
        """Take an event."""
        for place, amount in _amounts("data", event.data):
            if amount < 0:
                self._findings.add("money_negative", line, f"{place}: {amount}")


def _amounts(place: str, value: Any) -> Iterator[tuple[str, int]]:
    if isinstance(value, dict):
        for name, item in value.items():
            if name.endswith("_fen") and name != _MAY_BE and isinstance(item, int):
                yield f"{place}.{name}", item
            else:
                yield from _amounts(f"{place}.{name}", item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _amounts(f"{place}[{index}]", item)
