"""What rule files say to people: their comments, by chapter and rule. The engine never sees them.

A file is a chapter: its first comment line is the title, ``中文 / English``; what follows up to the first rule is the chapter's
introduction. A comment above ``[[rule]]`` belongs to that rule; what stands above its ``# ---- ID ----`` line introduces it and
those after it. A comment inside a rule belongs to the field, or the check, below it.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

_KEY = re.compile(r"([A-Za-z_]+)\s*=")
_ID = re.compile(r"""id\s*=\s*["']([^"']+)["']""")
_RULER = re.compile(r"#\s*-{3,}.*")
_CHECKS = "checks"


class Note(msgspec.Struct):
    """What is said of one rule.

    Attributes:
        before: What introduces it and the rules after it.
        own: What is said of it.
        fields: {field: what is said of it}.
        checks: What is said of each of its checks, "" for nothing.
    """

    rule: str
    before: str = ""
    own: str = ""
    fields: dict[str, str] = {}
    checks: list[str] = []


class Chapter(msgspec.Struct):
    """One file: its name without ``.toml``, its title in both languages, what introduces it, and the notes of its rules."""

    name: str
    zh: str
    en: str
    intro: str
    notes: list[Note]


def chapters_of(path: Path) -> list[Chapter]:
    """The chapters of a pack that loads, a file or a folder of them, in name order; those without a rule are left out."""
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    return [chapter for chapter in map(_chapter, files) if chapter.notes]


def _chapter(file: Path) -> Chapter:
    lines = file.read_text(encoding="utf-8").splitlines()
    head = _head(lines)
    title, _, intro = head.partition("\n")
    zh, _, en = title.partition(" / ")
    reader = _Reader()
    for line in lines[head.count("\n") + 1 if head else 0 :]:
        reader.take(line.strip())
    return Chapter(file.stem, zh.strip() or file.stem, en.strip(), intro.strip(), reader.notes)


def _head(lines: Sequence[str]) -> str:
    """The comment with which a file begins, up to the first line that is none."""
    found: list[str] = []
    for line in lines:
        if not line.startswith("#") or _RULER.fullmatch(line):
            break
        found.append(_said(line))
    return "\n".join(found)


def _said(line: str) -> str:
    return line.strip().lstrip("#").strip()


class _Reader:
    """Reads the lines of a file after its head, and gathers the notes of its rules."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self._waiting: list[str] = []
        self._before = self._field = ""

    def take(self, line: str) -> None:
        """Take one line, without space around it."""
        if _RULER.fullmatch(line):
            self._before = self._said()
        elif line.startswith("#"):
            self._waiting.append(_said(line))
        elif line == "[[rule]]":
            own = self._said()
            self.notes.append(Note("", self._before, own))
            self._before = self._field = ""
        elif line == "[[rule.checks]]" and self.notes:
            self.notes[-1].checks.append(self._said())
            self._field = _CHECKS
        elif line and self.notes:
            self._take_field(self.notes[-1], line)

    def _take_field(self, note: Note, line: str) -> None:
        key = _KEY.match(line)
        if key is not None and self._field != _CHECKS:
            self._field = key[1]
        named = _ID.match(line)
        if named is not None:
            note.rule = note.rule or named[1]
        said = self._said()
        if said:
            note.fields[self._field] = "\n".join(filter(None, (note.fields.get(self._field, ""), said)))

    def _said(self) -> str:
        """The comment lines that wait for what they belong to."""
        said = "\n".join(self._waiting).strip()
        self._waiting = []
        return said
