"""Packs written to be refused: a head, a sound rule, and what is changed in it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from streams.rules.errors import PackError
from streams.rules.load import load_packs

HEAD = """
[pack]
id = "demo"
version = "1"
events = ["x.a", "x.b"]
ends = ["case.closed"]
"""

SOUND = {
    "id": '"T1"',
    "name": '{ zh = "试", en = "test" }',
    "family": '"inaction"',
    "kind": '"deadline"',
    "start": '"case.filed"',
    "stop": '["case.closed"]',
    "within": '"10 calendar_days"',
    "levels": '[{ severity = "orange", at = "100%" }]',
}


def write(folder: Path, *changes: Mapping[str, str | None], head: str = HEAD) -> Path:
    """A pack file: the head and a rule for each set of changes to a sound one; None leaves a field out."""
    text = head
    for change in changes:
        fields = {**SOUND, **change}
        text += "\n[[rule]]\n" + "".join(f"{name} = {value}\n" for name, value in fields.items() if value is not None)
    path = folder / "demo.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path) -> PackError:
    """The error with which a pack is refused."""
    with pytest.raises(PackError) as caught:
        load_packs([path])
    return caught.value


def says(error: PackError, message: str) -> bool:
    """Whether the message is just that; one that ends with … says more, such as a list of names."""
    if message.endswith("…"):
        return error.message.startswith(message[:-1])
    return error.message == message
