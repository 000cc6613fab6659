"""Which data sources there are. Their uids are fixed: a dashboard names them, and a changed one would leave it without data."""

from typing import Final

from grafana_foundation_sdk.models.dashboard import DataSourceRef

from dashboards.grafana.query import PLUGIN

GRAFANA_SERIES: Final = "11.6"
"""Whose JSON the pinned SDK writes; the image of the stack is of this series."""
CLICKHOUSE: Final = DataSourceRef(type_val=PLUGIN, uid="yipanqi-clickhouse")
PROMETHEUS: Final = DataSourceRef(type_val="prometheus", uid="yipanqi-prometheus")
