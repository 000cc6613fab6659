"""Where the rulebook's parts come from and go to: the comments of the rule files, the runbooks, the pages."""

import os
from collections.abc import Sequence
from pathlib import Path

from streams.rules.load import NATIONAL, load_packs, read_head
from streams.rules.model import Pack
from yipanqi.rule_book import pages
from yipanqi.rule_book_html import html_of
from yipanqi.rule_notes import Chapter, Note, chapters_of

_HOUSE = NATIONAL.parents[2]


def rulebook(paths: Sequence[Path], out: Path, *, html: bool = False) -> dict[Path, str]:
    """{file: text} of the rulebook of some packs (none: the national one) in a folder; ``html``: one file in place of pages.

    Raises:
        PackError: A pack is refused.
    """
    packs = load_packs(list(paths) or None)
    known = {_label(path): path for path in (NATIONAL, *paths)}
    chapters = {pack.label: _chapters(pack, known.get(pack.label)) for pack in packs}

    def link(runbook: str) -> str | None:
        """The way to a runbook, which stands in a rule as seen from the house or from where the command runs."""
        for root in (_HOUSE, Path.cwd()):
            if (root / runbook).is_file():
                return Path(os.path.relpath(root / runbook, out)).as_posix()
        return None

    found = pages(packs, chapters, link)
    if html:
        return {out / "rulebook.html": html_of(found)}
    return {out / name: text for name, text in found.items()}


def write_rulebook(files: dict[Path, str]) -> None:
    """Write the pages; what else lies in the folder stays."""
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _label(path: Path) -> str:
    head = read_head(path)
    return f"{head.get('id')}@{head.get('version')}"


def _chapters(pack: Pack, path: Path | None) -> list[Chapter]:
    found = chapters_of(path) if path is not None else []
    if [note.rule for chapter in found for note in chapter.notes] != [rule.id for rule in pack.rules]:
        return [Chapter("rules", pack.id, "", "", [Note(rule.id) for rule in pack.rules])]
    return found
