"""Data sources as Grafana's provisioning and HTTP API take them: for each seat one with a ClickHouse user of its own."""

import hashlib
from typing import Any, Final

import msgspec

from contract.courts import COURTS
from dashboards.grafana.query import PLUGIN, PLUGIN_VERSION
from dashboards.grafana.sources import CLICKHOUSE, PROMETHEUS
from infra.clickhouse.rights import user_of

SECRETS: Final = "/run/secrets"
DIGEST: Final = "yipanqiPasswordDigest"
"""In `jsonData`, which every reader of a dashboard may see: hence slow to compute, and of the user."""
MAX_S: Final = 10


class Warehouse(msgspec.Struct, frozen=True, kw_only=True):
    """Where Grafana reaches ClickHouse; the stack's own by default."""

    host: str = "clickhouse"
    port: int = 9000
    database: str = "yipanqi"
    secure: bool = False


def warehouse_source(court: str, warehouse: Warehouse, password: str = "") -> dict[str, Any]:
    """The data source of a court's seat. Without a password it names the secret's file, which Grafana reads itself.

    Grafana tells no password again. So a digest of it lies beside it, by which a later deploy sees that there is a new one.
    A query that would read more than its limits is broken off by ClickHouse and says so.
    """
    user = user_of(court)
    return {
        "uid": CLICKHOUSE.uid,
        "name": "一盘棋 数仓",
        "type": PLUGIN,
        "access": "proxy",
        "isDefault": True,
        "editable": False,
        "jsonData": {
            "version": PLUGIN_VERSION,
            "host": warehouse.host,
            "port": warehouse.port,
            "protocol": "native",
            "secure": warehouse.secure,
            "username": user,
            "defaultDatabase": warehouse.database,
            "dialTimeout": "5",
            "queryTimeout": str(MAX_S),
            "validateSql": False,
            **({DIGEST: _digest(user, password)} if password else {}),
        },
        "secureJsonData": {"password": password or f"$__file{{{SECRETS}/{secret_of(court)}}}"},
    }


def prometheus_source(url: str = "http://prometheus:9090") -> dict[str, Any]:
    """The data source of the platform's own metrics."""
    return {
        "uid": PROMETHEUS.uid,
        "name": "一盘棋 平台指标",
        "type": "prometheus",
        "access": "proxy",
        "url": url,
        "editable": False,
        "jsonData": {"httpMethod": "POST", "manageAlerts": False, "timeInterval": "15s"},
    }


def secret_of(court: str) -> str:
    """Name of the file with the password of a seat's ClickHouse user."""
    return f"clickhouse_{user_of(court)}"


def _digest(user: str, password: str) -> str:
    return hashlib.scrypt(password.encode(), salt=f"yipanqi grafana {user}".encode(), n=2**14, r=8, p=1, dklen=16).hex()


def organisation_of(court: str) -> str:
    """Name of a seat's organisation in Grafana."""
    return f"一盘棋 {COURTS[court].name}"
