"""Expands a panel's SQL as Grafana and its ClickHouse plug-in would, so that it can be run without either.

First `$__conditionalAll`, then the dashboard's variables, then the plug-in's macros of time, each as its documentation says.
Only what our panels use is known; anything else that begins with `$` is an error, so that a slip is found before Grafana is.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from contract.errors import YipanqiError

ALL: Final = "$__all"
"""The value of a variable of which everything is chosen."""
Value = str | Sequence[str]

_CONDITIONAL: Final = "$__conditionalAll"
_MACRO: Final = re.compile(r"\$__(\w+)")
_VARIABLE: Final = re.compile(r"\$\{(?P<braced>\w+)(?::(?P<format>\w+))?\}|\$(?P<plain>(?!__)[A-Za-z_]\w*)")
_PLAIN: Final = re.compile(r"\$\{?(\w+)\}?")


class MacroError(YipanqiError):
    """SQL that Grafana would send to ClickHouse with a macro or variable still in it."""


class Window(msgspec.Struct, frozen=True):
    """What the time picker and the width of a panel give: the range (aware instants) and the seconds of one step."""

    start: datetime
    end: datetime
    step_s: int = 60


def expand(sql: str, window: Window, variables: Mapping[str, Value] | None = None) -> str:
    """The SQL that reaches ClickHouse. Raises MacroError for an unknown macro, variable or format, and for wrong arguments."""
    known = dict(variables or {})
    return _expand_macros(_expand_variables(_expand_conditionals(sql, known), known), window)


def _expand_conditionals(sql: str, variables: Mapping[str, Value]) -> str:
    """`$__conditionalAll(condition, $variable)`: the condition, or 1=1 where everything or nothing is chosen."""
    while (at := sql.rfind(_CONDITIONAL)) != -1:
        arguments, end = _arguments(sql, at + len(_CONDITIONAL))
        named = _PLAIN.fullmatch(arguments[1].strip()) if len(arguments) == 2 else None
        if named is None:
            raise MacroError(f"{_CONDITIONAL} takes a condition and a plain variable, not {arguments}")
        value = _value(named[1], variables)
        sql = sql[:at] + ("1=1" if value in ("", ALL) else arguments[0]) + sql[end:]
    return sql


def _expand_variables(sql: str, variables: Mapping[str, Value]) -> str:
    def one(found: re.Match[str]) -> str:
        name = found["braced"] or found["plain"]
        value, form = _value(name, variables), found["format"]
        values = [value] if isinstance(value, str) else list(value)
        if ALL in values:
            raise MacroError(f"${name} may be everything: wrap its condition in {_CONDITIONAL}")
        if form == "singlequote":
            return ",".join("'" + text.replace("'", "\\'") + "'" for text in values)
        if form is not None and form != "raw":
            raise MacroError(f"${{{name}:{form}}}: only singlequote and raw are expanded here")
        if len(values) != 1:
            raise MacroError(f"${name} has {len(values)} values: write ${{{name}:singlequote}}")
        return values[0]

    return _VARIABLE.sub(one, sql)


def _value(name: str, variables: Mapping[str, Value]) -> Value:
    if name not in variables:
        raise MacroError(f"no variable {name}; there are {', '.join(sorted(variables)) or 'none'}")
    return variables[name]


def _expand_macros(sql: str, window: Window) -> str:
    at = 0
    while (found := _MACRO.search(sql, at)) is not None:
        name = found[1]
        if name in _OF_WINDOW:
            text, end = _OF_WINDOW[name](window), found.end()
        elif name in _OF_COLUMN:
            count, make = _OF_COLUMN[name]
            arguments, end = _arguments(sql, found.end())
            if len(arguments) != count:
                raise MacroError(f"$__{name} takes {count} argument(s), not {arguments}")
            text = make(window, *(argument.strip() for argument in arguments))
        else:
            raise MacroError(f"$__{name} is no macro that is used here")
        sql = sql[: found.start()] + text + sql[end:]
        at = found.start()
    return sql


def _arguments(sql: str, at: int) -> tuple[list[str], int]:
    """The arguments in the parenthesis that begins at ``at``, split at its own commas, and where it ends."""
    if sql[at : at + 1] != "(":
        raise MacroError(f"a parenthesis is missing: {sql[max(at - 30, 0) : at + 10]!r}")
    depth, begin, found = 0, at + 1, list[str]()
    for place in range(at, len(sql)):
        sign = sql[place]
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth == 0 or (sign == "," and depth == 1):
            found.append(sql[begin:place])
            begin = place + 1
        if depth == 0:
            return found, place + 1
    raise MacroError(f"a parenthesis is not closed: {sql[at : at + 40]!r}")


def _second(instant: datetime) -> str:
    return f"toDateTime({int(instant.timestamp())})"


def _milli(instant: datetime) -> str:
    return f"fromUnixTimestamp64Milli({round(instant.timestamp() * 1000)})"


def _date(instant: datetime) -> str:
    return f"toDate('{instant:%Y-%m-%d}')"


def _between(make: Callable[[datetime], str]) -> Callable[[Window, str], str]:
    return lambda window, column: f"{column} >= {make(window.start)} AND {column} <= {make(window.end)}"


def _date_time(window: Window, date: str, time: str) -> str:
    return f"({_between(_date)(window, date)}) AND ({_between(_second)(window, time)})"


def _interval(window: Window, column: str) -> str:
    return f"toStartOfInterval(toDateTime({column}), INTERVAL {max(window.step_s, 1)} second)"


_OF_WINDOW: Final[Mapping[str, Callable[[Window], str]]] = {
    "fromTime": lambda window: _second(window.start),
    "toTime": lambda window: _second(window.end),
    "fromTime_ms": lambda window: _milli(window.start),
    "toTime_ms": lambda window: _milli(window.end),
    "interval_s": lambda window: str(max(window.step_s, 1)),
}
_OF_COLUMN: Final[Mapping[str, tuple[int, Callable[..., str]]]] = {
    "timeFilter": (1, _between(_second)),
    "timeFilter_ms": (1, _between(_milli)),
    "dateFilter": (1, _between(_date)),
    "dateTimeFilter": (2, _date_time),
    "dt": (2, _date_time),
    "timeInterval": (1, _interval),
}
TIME_MACROS: Final = frozenset(_OF_COLUMN) - {"timeInterval"} | {"fromTime", "toTime", "fromTime_ms", "toTime_ms"}
"""Those that bound a query by the time picker."""
