"""Whatever the duty room notes in an alert's history has Chinese words in the console."""

import re
from pathlib import Path

import streams.duty
from dashboards.console.detail import what_text

_CHANGE = re.compile(r'deed\.change\(\s*"(\w+)"')


def test_every_change_of_an_alert_has_words() -> None:
    """The room's own source says which there are."""
    sources = Path(next(iter(streams.duty.__path__))).glob("*.py")
    found = {name for source in sources for name in _CHANGE.findall(source.read_text())}
    assert len(found) > 15
    assert [name for name in sorted(found) if what_text(name) == name] == []
