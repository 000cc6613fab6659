"""Macros are expanded as the ClickHouse plug-in's documentation says, example by example."""

from datetime import UTC, datetime

import pytest

from dashboards.grafana.macros import ALL, MacroError, Window, expand

_DOCUMENTED = Window(
    datetime.fromtimestamp(1415792726.123, UTC), datetime.fromtimestamp(1447328726.456, UTC), 20
)  # the range of the examples in the plug-in's documentation
_DATES = Window(datetime(2022, 10, 21, 8, tzinfo=UTC), datetime(2022, 10, 23, 8, tzinfo=UTC))


@pytest.mark.parametrize(
    ("window", "sql", "expanded"),
    [
        (_DATES, "$__dateFilter(date)", "date >= toDate('2022-10-21') AND date <= toDate('2022-10-23')"),
        (_DOCUMENTED, "$__timeFilter(time)", "time >= toDateTime(1415792726) AND time <= toDateTime(1447328726)"),
        (
            _DOCUMENTED,
            "$__timeFilter_ms(time)",
            "time >= fromUnixTimestamp64Milli(1415792726123) AND time <= fromUnixTimestamp64Milli(1447328726456)",
        ),
        (
            _DOCUMENTED,
            "$__dt(date, time)",
            (
                "(date >= toDate('2014-11-12') AND date <= toDate('2015-11-12'))"
                " AND (time >= toDateTime(1415792726) AND time <= toDateTime(1447328726))"
            ),
        ),
        (_DOCUMENTED, "$__fromTime", "toDateTime(1415792726)"),
        (_DOCUMENTED, "$__toTime", "toDateTime(1447328726)"),
        (_DOCUMENTED, "$__fromTime_ms", "fromUnixTimestamp64Milli(1415792726123)"),
        (_DOCUMENTED, "$__toTime_ms", "fromUnixTimestamp64Milli(1447328726456)"),
        (_DOCUMENTED, "$__interval_s", "20"),
        (_DOCUMENTED, "$__timeInterval(column)", "toStartOfInterval(toDateTime(column), INTERVAL 20 second)"),
    ],
)
def test_a_macro_becomes_what_is_documented(window: Window, sql: str, expanded: str) -> None:
    """Each output example of the documentation."""
    assert expand(sql, window) == expanded


def test_macros_stand_inside_functions_and_take_expressions() -> None:
    """Commas and parentheses inside an argument are the argument's."""
    sql = "SELECT if($__timeFilter(toDateTime(f(a, b), 'UTC')), 1, 0), $__timeInterval(max(t))"
    assert expand(sql, _DOCUMENTED) == (
        "SELECT if(toDateTime(f(a, b), 'UTC') >= toDateTime(1415792726) AND toDateTime(f(a, b), 'UTC')"
        " <= toDateTime(1447328726), 1, 0), toStartOfInterval(toDateTime(max(t)), INTERVAL 20 second)"
    )


def test_a_condition_holds_unless_everything_or_nothing_is_chosen() -> None:
    """`$__conditionalAll`, nested too, and the quoting of one or several values."""
    sql = "WHERE $__conditionalAll(t IN (${kind:singlequote}), $kind) AND $__conditionalAll(f(x, ${kind:singlequote}), ${kind})"
    assert expand(sql, _DATES, {"kind": ALL}) == "WHERE 1=1 AND 1=1"
    assert expand(sql, _DATES, {"kind": ""}) == "WHERE 1=1 AND 1=1"
    assert expand(sql, _DATES, {"kind": "执"}) == "WHERE t IN ('执') AND f(x, '执')"
    assert expand("x IN (${kind:singlequote})", _DATES, {"kind": ["a", "o'b"]}) == "x IN ('a','o\\'b')"


@pytest.mark.parametrize(
    "sql",
    [
        "$__timeFiltr(x)",
        "$__timeFilter(a, b)",
        "$__timeFilter x",
        "$__timeFilter(x",
        "$nothing",
        "${kind:csv}",
        "x IN ($many)",
        "x = ${all:singlequote}",
        "$__conditionalAll(x = 1)",
        "$__conditionalAll(x = 1, ${all:singlequote})",
    ],
)
def test_a_slip_is_found_before_grafana_is(sql: str) -> None:
    """Unknown names, wrong arguments, and a variable that may be everything outside its condition."""
    with pytest.raises(MacroError):
        expand(sql, _DATES, {"kind": "a", "many": ["a", "b"], "all": ALL})
