"""Every metric that some process of ours shows, by the classes that declare them."""

from prometheus_client import CollectorRegistry

from dashboards.app import gauges
from producers.gateway_metrics import GatewayMetrics
from streams.shell.metrics import Metrics
from streams.shell.notifier_metrics import NotifierMetrics
from streams.shell.projection_metrics import ProjectionMetrics
from streams.shell.proof_metrics import ProofMetrics
from yipanqi.clock import Beat

OF_ENGINES = {
    "up": {"job", "instance"},
    "ClickHouseAsyncMetrics_MaxPartCountForPartition": set(),
    "ClickHouseProfileEvents_RejectedInserts": set(),
}
"""Metrics that others declare: Prometheus itself, and ClickHouse's own page."""
_SAMPLES = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "info": ("_info",), "gauge": ("",)}


def declared() -> dict[str, set[str]]:
    """Every sample that a process of ours shows → the labels that it has beside job and instance."""
    worker, registry = Metrics("test"), CollectorRegistry()
    ProjectionMetrics(worker.registry)
    GatewayMetrics(registry, lambda: 0.0)
    Beat(registry)
    gauges(registry, lambda: 0, lambda: 0)
    found = dict(OF_ENGINES)
    for one in (worker.registry, registry, NotifierMetrics().registry, ProofMetrics().registry):
        labels = {name: set(metric._labelnames) for metric, names in one._collector_to_names.items() for name in names}  # type: ignore[attr-defined]
        for family in one.collect():
            for ending in _SAMPLES[family.type]:
                found[family.name + ending] = labels[family.name] | {"job", "instance"}
    return found
