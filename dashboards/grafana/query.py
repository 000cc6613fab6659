"""The query model of Grafana's ClickHouse plug-in, which the SDK lacks: the one class that is ours."""

from collections.abc import Mapping
from typing import Any, Final, Literal, Self

from grafana_foundation_sdk.cog import builder, runtime, variants
from grafana_foundation_sdk.models.dashboard import DataSourceRef

from contract.errors import YipanqiError

PLUGIN: Final = "grafana-clickhouse-datasource"
PLUGIN_VERSION: Final = "4.8.2"
"""A query without a version, or with one below 4, is taken for a query of version 3 and rewritten by the plug-in."""

Shape = Literal["table", "timeSeries"]
_FORMATS: Final[Mapping[Shape, int]] = {"timeSeries": 0, "table": 1}
"""The number that the plug-in's backend reads; `queryType` is what its editor shows."""
_KEYS: Final = frozenset({"datasource", "editorType", "format", "hide", "pluginVersion", "queryType", "rawSql", "refId"})


class QueryError(YipanqiError):
    """JSON that is no query of ours."""


class ClickHouseQuery(builder.Builder[variants.Dataquery], variants.Dataquery):
    """A query written as SQL with the plug-in's macros. It is its own builder, so panels take it as it is.

    ``shape``: "table" gives rows as they come, "timeSeries" a line for each value (columns ``time``, then perhaps one text
    column that names the line, then numbers).
    """

    def __init__(
        self, sql: str, *, shape: Shape = "table", ref_id: str = "A", source: DataSourceRef | None = None, hide: bool = False
    ) -> None:
        self.sql, self.shape, self.ref_id, self.source, self.hide = sql, shape, ref_id, source, hide

    def build(self) -> variants.Dataquery:
        """Itself."""
        return self

    def to_json(self) -> dict[str, object]:
        """The JSON that the plug-in's editor would save."""
        payload: dict[str, object] = {
            "editorType": "sql",
            "format": _FORMATS[self.shape],
            "pluginVersion": PLUGIN_VERSION,
            "queryType": self.shape,
            "rawSql": self.sql,
            "refId": self.ref_id,
        }
        if self.source is not None:
            payload["datasource"] = self.source
        if self.hide:
            payload["hide"] = True
        return payload

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read it back. Raises QueryError for a key that the model doesn't have, or values that don't fit together."""
        if unknown := data.keys() - _KEYS:
            raise QueryError(f"a ClickHouse query has no key {sorted(unknown)}")
        shape = next(
            (one for one, number in _FORMATS.items() if (one, number) == (data.get("queryType"), data.get("format"))), None
        )
        if data.get("editorType") != "sql" or shape is None:
            raise QueryError(f"not a query written as SQL: {dict(data)}")
        source = DataSourceRef.from_json(data["datasource"]) if "datasource" in data else None
        return cls(
            data["rawSql"], shape=shape, ref_id=data.get("refId", "A"), source=source, hide=bool(data.get("hide", False))
        )


def register() -> None:
    """Make the SDK read ClickHouse queries back as this class."""
    runtime.register_dataquery_variant(runtime.DataqueryConfig(identifier=PLUGIN, from_json_hook=ClickHouseQuery.from_json))
