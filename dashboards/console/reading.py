"""What a person fills in, read: instants of Beijing time, references of events; a mistake is told at its field."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contract.courts import COURTS
from contract.times import SHANGHAI, format_instant
from dashboards.console.forms import Action, Field

_BY_NAME = {court.name: court.code for court in COURTS}


class Mistake(ValueError):
    """Something that was filled in can't be meant so; the text says what to do. ``field``: which field, "" = none alone."""

    def __init__(self, text: str, field: str = "") -> None:
        super().__init__(text)
        self.field = field


def code_of(text: str) -> str | None:
    """The code of the court that somebody names by its code or its full name; None = there is no such court."""
    name = text.strip()
    if name in COURTS:
        return name
    return _BY_NAME.get(name)


def read_form(action: Action, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a command.

    Raises:
        Mistake: The first that is missing or can't be read.
    """
    found = {field.name: _read_field(field, given.get(field.name)) for field in action.fields}
    return {name: value for name, value in found.items() if value is not None}


def _read_field(field: Field, value: Any) -> Any:
    try:
        return _read(field, value)
    except Mistake as mistake:
        raise Mistake(str(mistake), field.name) from None


def _read(field: Field, value: Any) -> Any:
    if field.kind == "yes":
        return bool(value)
    text = "\n".join(value) if isinstance(value, list) else str(value or "").strip()
    if not text:
        if field.required:
            raise Mistake("请选择" if field.choices else "请填写")
        return None
    if field.kind == "instant":
        return _instant(text)
    if field.kind == "refs":
        return [_ref(line) for line in text.splitlines() if line.strip()]
    return text


def _instant(text: str) -> str:
    try:
        return format_instant(datetime.strptime(text.replace("T", " ")[:16], "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI))
    except ValueError:
        raise Mistake("时间写作 2024-03-01 09:30（北京时间）") from None


def _ref(line: str) -> list[str]:
    source, _, name = line.strip().partition(" ")
    if not source.startswith("/") or not name.strip():
        raise Mistake(f"“{line.strip()[:60]}”不是事件：来源（以 / 开头）与编号之间用空格分开")
    return [source, name.strip()]
