"""What a person asks, from the form in which it comes in to the command of the log. What only the gateway says can't be said.

The form: ``{kind, target, idempotency_key, expected?, …fields of the kind}``. Only kinds that some role may give are asked.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import msgspec

from contract.courts import COURTS
from contract.duty.commands import AlertCommand, AnyCommand, Command, DirectiveCommand, RosterCommand, command_id
from contract.duty.free_text import FREE, personal
from contract.duty.people import Principal
from contract.duty.rights import RIGHTS
from contract.errors import FieldError, YipanqiError

MAX_BYTES = 64 * 1024
MOST_YEARS = 10
"""How far from now a day or an instant that somebody names may lie."""
_KINDS: dict[str, type[Command]] = {
    str(kind.__struct_config__.tag): kind
    for kind in (*AlertCommand.__args__, *DirectiveCommand.__args__, *RosterCommand.__args__)
}
ASKABLE: dict[str, type[Command]] = {
    name: kind for name, kind in _KINDS.items() if name in RIGHTS and set(RIGHTS[name].roles) - {"system"}
}
"""Kinds that a person may ask, by name: those that some role beside the system's parts has a right to."""

_OURS = frozenset({"id", "principal", "at"})
_FORM = frozenset({"kind", "target", "idempotency_key", "expected"})
_KEY = re.compile(r"[\x21-\x7e]{1,128}")
_ID = re.compile("[0-9a-f]{32}")
_PLACE = re.compile(r"(.*) - at `\$\.?(.*)`$")
_ROSTER = "roster/"


class InvalidCommand(YipanqiError):
    """A command that can't be asked: everything found, each with its place."""

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        super().__init__("; ".join(map(str, errors)))
        self.errors = errors


def asked(form: Any, principal: Principal, at: datetime) -> AnyCommand:
    """The command that a form asks.

    Args:
        form: See above; decoded JSON.
        principal: Who asks, as the pass says it.
        at: When the gateway took it.

    Raises:
        InvalidCommand: With everything that is wrong.
    """
    if not isinstance(form, dict):
        raise InvalidCommand((FieldError("", "not_an_object", "a command is a JSON object"),))
    kind = ASKABLE.get(str(form.get("kind")))
    if kind is None:
        text = f"{form.get('kind')!r} is no command of a person; one of {', '.join(sorted(ASKABLE))}"
        raise InvalidCommand((FieldError("kind", "unknown_kind", text),))
    errors = [*_form_errors(form), *_field_errors(form, kind)]
    if errors:
        raise InvalidCommand(tuple(errors))
    values = {name: value for name, value in form.items() if name != "idempotency_key"}
    values |= {
        "id": command_id(principal.account, form["idempotency_key"]),
        "principal": msgspec.to_builtins(principal),
        "at": at.isoformat(),
    }
    try:
        command: AnyCommand = msgspec.convert(values, kind)  # type: ignore[assignment]
    except msgspec.ValidationError as error:
        raise InvalidCommand((_converted(str(error)),)) from None
    if wrong := [*_wrong_times(command, at, ""), *_personal(command)]:
        raise InvalidCommand(tuple(wrong))
    return command


def _form_errors(form: dict[str, Any]) -> list[FieldError]:
    errors = []
    key, target, kind = form.get("idempotency_key"), form.get("target"), str(form["kind"])
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        errors.append(FieldError("idempotency_key", "bad_key", "1 to 128 printable characters of ASCII, without spaces"))
    if not isinstance(target, str) or not _is_target(kind, target):
        text = "the id of an alert or directive (32 hexadecimal digits), or roster/<法院代字>"
        errors.append(FieldError("target", "bad_target", text))
    return errors


def _is_target(kind: str, target: str) -> bool:
    if kind.startswith(("alert.", "directive.")):
        return _ID.fullmatch(target) is not None
    return target.startswith(_ROSTER) and target.removeprefix(_ROSTER) in COURTS


def _field_errors(form: dict[str, Any], kind: type[Command]) -> list[FieldError]:
    errors = [FieldError(name, "reserved", "only the gateway says it; remove it") for name in sorted(_OURS & set(form))]
    known = {field.encode_name for field in msgspec.structs.fields(kind)} | _FORM | _OURS
    errors += [FieldError(name, "unknown_field", f"{form['kind']} has no such field") for name in sorted(set(form) - known)]
    return errors


def _converted(text: str) -> FieldError:
    match = _PLACE.match(text)
    if match:
        return FieldError(match[2], "wrong_value", match[1])
    missing = re.search(r"missing required field `(\w+)`", text)
    return FieldError(missing[1], "missing", "this field must be there") if missing else FieldError("", "wrong_value", text)


def _personal(command: AnyCommand) -> Iterator[FieldError]:
    """Numbers of persons in what people write: the log keeps it in clear, for ever."""
    for name in FREE & set(command.__struct_fields__):
        value = getattr(command, name)
        if isinstance(value, str) and (what := personal(value)) is not None:
            yield FieldError(name, "personal_data", f"请勿填写{what}：文字以明文长期保存，当事人信息只经收案系统加密报送")


def _wrong_times(value: Any, at: datetime, place: str) -> Iterator[FieldError]:
    """Instants without offset; days and instants so far from now that nobody means them: who counts from them counts long."""
    if isinstance(value, datetime) and value.tzinfo is None:
        yield FieldError(place, "bad_instant", "an instant needs its offset, e.g. 2024-03-01T09:30:00+08:00")
    elif isinstance(value, date):
        if abs(value.year - at.year) > MOST_YEARS:
            yield FieldError(place, "out_of_range", f"{value} is more than {MOST_YEARS} years from now")
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _wrong_times(getattr(value, name), at, f"{place}.{name}" if place else name)
    elif isinstance(value, tuple | list):
        for index, one in enumerate(value):
            yield from _wrong_times(one, at, f"{place}[{index}]")
