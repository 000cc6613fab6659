"""Names: whether (source, id) names one event, and whether the numbers of a source have no gap."""

from itertools import pairwise

from contract.envelope import Event
from contract.registry import RESTRICTED_TYPES
from producers.conform.findings import Findings

_BYTES = 16


class Names:
    """Watches ids and sequences."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._digests: dict[tuple[str, str], tuple[int, bytes]] = {}
        self._numbers: dict[str, dict[int, int]] = {}
        self._without: dict[str, list[int]] = {}

    def see(self, line: int, event: Event) -> bool:
        """Take an event; returns whether it is a new one."""
        digest = event.digest[:_BYTES]
        first, known = self._digests.setdefault(event.ref, (line, digest))
        if first != line:
            code = "id_repeated" if known == digest else "id_conflict"
            self._findings.add(code, line, f"{event.source} {event.id}, first in line {first}")
            return False
        self._number(line, event)
        return True

    def _number(self, line: int, event: Event) -> None:
        if event.sequence is None:
            if event.short not in RESTRICTED_TYPES:
                self._without.setdefault(event.source, []).append(line)
            return
        first = self._numbers.setdefault(event.source, {}).setdefault(event.sequence, line)
        if first != line:
            text = f"{event.source}: {event.sequence}, first in line {first}"
            self._findings.add("sequence_repeated", line, text)

    def end(self) -> None:
        """Look for gaps."""
        for source, lines in self._without.items():
            code = "sequence_some" if source in self._numbers else "sequence_none"
            self._findings.add(code, lines[0], f"{source}: {len(lines)} events", len(lines))
        for source, numbers in self._numbers.items():
            ordered = sorted(numbers)
            for before, after in pairwise(ordered):
                if after > before + 1:
                    gap = f"{before + 1}" if after == before + 2 else f"{before + 1} to {after - 1}"
                    self._findings.add("sequence_gap", numbers[after], f"{source}: {gap} missing", after - before - 1)
