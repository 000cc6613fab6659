"""The front answers the driver's statements as a ClickHouse server does."""

from typing import Any


def test_select_with_names_and_types(client: Any) -> None:
    """A result carries its names and types, also when it has no rows."""
    assert client.execute("SELECT 1 AS a, 'x' AS b", with_column_types=True) == (
        [(1, "x")],
        [("a", "UInt8"), ("b", "String")],
    )
    assert client.execute("SELECT 1 AS a WHERE 0", with_column_types=True) == ([], [("a", "UInt8")])
