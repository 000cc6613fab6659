"""Cases: one subject, one chain, one number; corrections that fit their originals; courts that belong to the feed."""

from contract.envelope import Event, Ref, court_of_source
from contract.registry import HEARTBEAT
from producers.conform.findings import Findings


class Chains:
    """Watches how events belong together.

    Args:
        findings: Where to tell.
        court: The court whose feed it is; None = that of the sources, if they agree.
    """

    def __init__(self, findings: Findings, court: str | None) -> None:
        self._findings = findings
        self._court = court
        self._roots: dict[str, tuple[str, int]] = {}
        self._numbers: dict[str, tuple[str, int]] = {}
        self._subjects: dict[str, tuple[str, int]] = {}
        self._heads: dict[Ref, tuple[str, str, str]] = {}
        self._corrections: list[tuple[int, Ref, tuple[str, str, str]]] = []
        self._courts: dict[str, int] = {}

    def see(self, line: int, event: Event) -> None:
        """Take an event."""
        self._feed(line, event)
        if event.short == HEARTBEAT:
            return
        head = event.type, event.subject, event.rootid
        self._heads[event.ref] = head
        if event.correctionof is not None:
            self._corrections.append((line, event.correctionof, head))
        root, first = self._roots.setdefault(event.subject, (event.rootid, line))
        if root != event.rootid:
            self._findings.add("rootid_changes", line, f"{event.subject}: {event.rootid}; {root} in line {first}")
        if event.short == "case.filed" and event.data is not None and (number := event.data.get("case_no")):
            self._numbered(line, event.subject, str(number))

    def _numbered(self, line: int, subject: str, number: str) -> None:
        known, first = self._numbers.setdefault(subject, (number, line))
        if known != number:
            self._findings.add("subject_two_numbers", line, f"{subject}: {number}; {known} in line {first}")
        known, first = self._subjects.setdefault(number, (subject, line))
        if known != subject:
            self._findings.add("number_two_subjects", line, f"{number}: {subject}; {known} in line {first}")

    def _feed(self, line: int, event: Event) -> None:
        court = court_of_source(event.source)
        if self._court is not None and court != self._court:
            self._findings.add("foreign_feed", line, f"{event.source} is not of {self._court}")
        elif court is not None:
            self._courts.setdefault(court, line)

    def end(self) -> None:
        """Look at corrections and courts, now that all is known."""
        for line, target, head in self._corrections:
            original = self._heads.get(target)
            if original is None:
                self._findings.add("correction_alone", line, " ".join(target))
            elif original != head:
                self._findings.add("correction_void", line, f"{' '.join(target)} has another type, subject or rootid")
        if self._court is None and len(self._courts) > 1:
            some = ", ".join(list(self._courts)[:5])
            self._findings.add("several_courts", 0, f"{len(self._courts)} courts: {some} …")
