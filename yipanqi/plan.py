"""What the embedded system consists of: every process, its options, what it needs and when it is stopped."""

from collections.abc import Sequence

from infra.alertmanager import program as alertmanager
from infra.alertmanager.token import token_file, webhook_token
from infra.kafka.embedded import EmbeddedKafka
from infra.prometheus import program as prometheus
from infra.services import Child, Step
from infra.settings import HOST, Settings
from infra.supervisor import Unit
from producers.simulator import SIMULATED_PACK

# Stages of stopping: first the ways in and the screens, so that nothing new arrives; then the processors, which flush and
# commit; then the engines under them.
_WAYS_IN, _PROCESSORS, _WAREHOUSE, _LOG = range(4)


_DATABASE = "yipanqi"
_RESTRICTED_DATABASE = "yipanqi_restricted"


def ports(settings: Settings) -> dict[str, int]:
    """Loopback port of each process of ours that answers `/health/ready` and `/metrics`."""
    first = settings.process_port
    named = {"gateway": settings.gateway_port, "wall": settings.wall_port}
    processors = {
        "cases": first + 1,
        "projections": first + 2,
        "restricted": first + 5,
        "groups": first + 6,
        "duty": first + 7,
        "notifier": first + 8,
    }
    return named | processors | {"clock": first + 3} | ({"simulator": first + 4} if settings.simulator else {})


def listeners(settings: Settings) -> dict[int, str]:
    """Every port that will be listened on → the option that moves it."""
    processes = ports(settings)
    taken = {
        settings.kafka_port: "--kafka-port",
        settings.kafka_port + 1: "--kafka-port (the controller takes the next one)",
        settings.clickhouse_port: "--clickhouse-port",
        settings.metrics_port: "--metrics-port",
        settings.gateway_port: "--gateway-port",
        settings.wall_port: "--wall-port",
    }
    own = [*processes.values(), _alertmanager_port(settings), _prometheus_port(settings)]
    return dict.fromkeys(own, "--process-port") | taken


def units(settings: Settings, kafka: EmbeddedKafka) -> list[Unit]:
    """All units of the embedded system."""
    at = ports(settings)
    brokers = ("--kafka", settings.kafka)
    warehouse = ("--clickhouse", settings.clickhouse)
    data = ("--data", str(settings.data))
    # The instance: a worker that was killed takes its partitions up again at once, without a rebalance.
    engines = (*brokers, *warehouse, *data)
    processor = (*engines, "--instance", "embedded")
    time_line = ("--line", settings.line, "--speed", f"{settings.speed:g}")
    packs = settings.rules or ((SIMULATED_PACK,) if settings.simulator else ())
    rules = tuple(option for pack in packs for option in ("--rules", str(pack)))
    seen: tuple[str, ...] = ("--simulated",) if settings.simulator else ()
    seen += ("--gateway", f"http://{HOST}:{settings.gateway_port}")
    seen += ("--visitors", settings.visitors or ("open" if settings.simulator else "wall"))
    front = Child(
        ("clickhouse-front", "--data", str(settings.data / "clickhouse"), "--port", str(settings.clickhouse_port)),
        settings.clickhouse_port,
        settings.logs / "clickhouse.log",
        health="",
    )

    def child(name: str, subcommand: Sequence[str], *options: str, needs: tuple[str, ...], stage: int) -> Unit:
        arguments = (*subcommand, *options, "--port", str(at[name]))
        service = Child(arguments, at[name], settings.logs / f"{name}.log")
        return Unit(name, service, needs, stage)

    plan = [
        Unit("kafka", kafka, stage=_LOG),
        Unit("clickhouse", front, stage=_WAREHOUSE),
        Unit("topics", Step(lambda: _ensure_topics(settings)), ("kafka",)),
        Unit("tables", Step(lambda: _migrate(settings)), ("clickhouse",)),
        child("clock", ("clock",), *brokers, *data, *time_line, *rules, needs=("topics",), stage=_WAYS_IN),
        child("gateway", ("gateway",), *brokers, *data, *time_line, needs=("clock",), stage=_WAYS_IN),
        child("cases", ("worker", "cases"), *processor, *rules, needs=("topics",), stage=_PROCESSORS),
        child("groups", ("worker", "groups"), *processor, *rules, needs=("topics",), stage=_PROCESSORS),
        child("duty", ("worker", "duty"), *processor, *rules, needs=("topics",), stage=_PROCESSORS),
        child("projections", ("worker", "projections"), *processor, needs=("topics", "tables"), stage=_PROCESSORS),
        child("restricted", ("worker", "restricted"), *processor, *rules, needs=("topics", "tables"), stage=_PROCESSORS),
        child("wall", ("wall",), *engines, *rules, *seen, needs=("topics", "tables"), stage=_WAYS_IN),
    ]
    told: tuple[str, ...] = ()
    if (program := alertmanager.find_program()) is not None:
        plan.append(Unit("alertmanager", _alertmanager(settings, program, at["notifier"]), stage=_WAYS_IN))
        told = ("--alertmanager", f"http://{HOST}:{_alertmanager_port(settings)}")
    if (program := prometheus.find_program()) is not None:
        plan.append(Unit("prometheus", _prometheus(settings, program, is_told=bool(told)), stage=_WAYS_IN))
    plan.append(child("notifier", ("notifier",), *brokers, *data, *told, needs=("topics",), stage=_WAYS_IN))
    if settings.simulator:
        speed = ("--speed", f"{settings.speed:g}")
        feed = child("simulator", ("simulator-feed",), *brokers, *data, *speed, needs=("clock", "cases"), stage=_WAYS_IN)
        plan.append(feed)
    return plan


def _alertmanager_port(settings: Settings) -> int:
    return settings.process_port + 9


def _alertmanager(settings: Settings, program: str, notifier_port: int) -> Child:
    folder, port = settings.data / "alertmanager", _alertmanager_port(settings)
    webhook_token(settings.data)
    config = alertmanager.write_config(folder, f"http://{HOST}:{notifier_port}", token_file(settings.data))
    command, log = alertmanager.command_line(program, config, folder, port), settings.logs / "alertmanager.log"
    return Child(command, port, log, health=alertmanager.READY, ours=False)


def _prometheus_port(settings: Settings) -> int:
    return settings.process_port + 11  # the next one is `yipanqi prover`'s, which is started by hand


def _prometheus(settings: Settings, program: str, *, is_told: bool) -> Child:
    """Prometheus over every process here; Alertmanager hears its alerts where it runs."""
    folder, port = settings.data / "prometheus", _prometheus_port(settings)
    targets, told = ports(settings) | {"prometheus": port}, _alertmanager_port(settings) if is_told else None
    targets |= {} if told is None else {"alertmanager": told}
    config = prometheus.write_config(folder, targets, alertmanager=told, simulated=settings.simulator)
    command, log = prometheus.command_line(program, config, folder, port), settings.logs / "prometheus.log"
    return Child(command, port, log, health=prometheus.READY, ours=False)


def _ensure_topics(settings: Settings) -> None:
    from infra.kafka.topics import ensure_topics  # noqa: PLC0415  (0.3 s of imports beside the broker's own start)

    ensure_topics(settings.kafka)


def _migrate(settings: Settings) -> None:
    from infra.clickhouse.client import ClickHouse  # noqa: PLC0415  (as above)
    from infra.clickhouse.migrate import load_restricted, migrate  # noqa: PLC0415

    def connect(database: str) -> ClickHouse:
        return ClickHouse(HOST, settings.clickhouse_port, database=database)

    migrate(connect, _DATABASE)
    migrate(connect, _RESTRICTED_DATABASE, load_restricted())
