"""Alert rules of Grafana's own: about what Prometheus can't see, the figures in the warehouse, and Prometheus itself.

Lag, age of commits, dead letters and parts are Prometheus' rules (infra/prometheus): nobody is paged twice for one thing. No
query has a dollar sign: provisioning would take what follows for the name of a variable.
"""

from typing import Any, Final

from dashboards.grafana.query import ClickHouseQuery
from dashboards.grafana.sources import CLICKHOUSE, PROMETHEUS

GROUP: Final = "yipanqi-figures"
CONTACT: Final = "yipanqi"
"""They go to the stack's Alertmanager, which has the routes, silences and groups."""
_HOUR: Final = {"from": 3600, "to": 0}
_WATERMARK: Final = (
    "SELECT dateDiff('second', min(reached), now()) AS age FROM\n"
    "(SELECT partition, max(tick) AS reached FROM watermarks WHERE tick >= addDays(now(), -7) GROUP BY partition)"
)
_FIGURES: Final = "SELECT dateDiff('second', max(at), now()) AS age FROM figured FINAL WHERE at <= addDays(now(), 1)"


def alerting() -> dict[str, Any]:
    """The file of Grafana's alerting provisioning."""
    return {
        "apiVersion": 1,
        "groups": [
            {
                "orgId": 1,
                "name": GROUP,
                "folder": "一盘棋 · 平台运行",
                "interval": "1m",
                "rules": [
                    _rule("yipanqi-stale-alerts", "数仓中的预警数据陈旧", _clickhouse(_WATERMARK), 300, "5m", "warning"),
                    _rule("yipanqi-stale-figures", "指标未按时计算", _clickhouse(_FIGURES), 3600, "15m", "warning"),
                    _rule(
                        "yipanqi-no-metrics",
                        "平台指标无数据",
                        _prometheus("time() - max(timestamp(up))"),
                        300,
                        "5m",
                        "critical",
                    ),
                ],
            }
        ],
        "contactPoints": [
            {
                "orgId": 1,
                "name": CONTACT,
                "receivers": [
                    {
                        "uid": "yipanqi-alertmanager",
                        "type": "prometheus-alertmanager",
                        "settings": {"url": "http://alertmanager:9093"},
                    }
                ],
            }
        ],
        "policies": [{"orgId": 1, "receiver": CONTACT, "group_by": ["alertname"]}],
    }


def _clickhouse(sql: str) -> dict[str, Any]:
    return {"uid": CLICKHOUSE.uid, "model": ClickHouseQuery(sql, source=CLICKHOUSE)}


def _prometheus(expr: str) -> dict[str, Any]:
    model = {"refId": "A", "expr": expr, "instant": True, "range": False, "datasource": PROMETHEUS}
    return {"uid": PROMETHEUS.uid, "model": model}


def _rule(uid: str, title: str, asked: dict[str, Any], over_s: int, lasting: str, severity: str) -> dict[str, Any]:
    """One rule: the query's value is over so many seconds for so long. No data, or an error, is an alert too."""
    threshold = {
        "refId": "B",
        "type": "threshold",
        "expression": "A",
        "conditions": [{"evaluator": {"type": "gt", "params": [over_s]}}],
        "datasource": {"type": "__expr__", "uid": "__expr__"},
    }
    return {
        "uid": uid,
        "title": title,
        "condition": "B",
        "data": [
            {"refId": "A", "relativeTimeRange": _HOUR, "datasourceUid": asked["uid"], "model": asked["model"]},
            {"refId": "B", "relativeTimeRange": _HOUR, "datasourceUid": "__expr__", "model": threshold},
        ],
        "noDataState": "Alerting",
        "execErrState": "Alerting",
        "for": lasting,
        "labels": {"severity": severity, "source": "platform"},
        "annotations": {"summary": title, "runbook_url": f"docs/grafana.md#{uid}"},
        "isPaused": False,
    }
