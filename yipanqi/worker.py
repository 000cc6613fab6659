"""`yipanqi worker`: a stream processor. One room a process; more processes of a room share its partitions."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from contract.errors import YipanqiError
from infra.clickhouse.place import Place
from yipanqi import options as shared

_OPTIONS = (
    shared.kafka,
    shared.data,
    shared.host,
    shared.partitions,
    click.option("--port", type=shared.PORT, required=True, envvar="YIPANQI_PORT", help="Port of /metrics and /health."),
    click.option(
        "--instance",
        help="Static membership: a worker that comes back under its name takes its partitions up at once. Unique in the group.",
    ),
    click.option(
        "--stall-seconds",
        type=shared.POSITIVE,
        default=60.0,
        show_default=True,
        help="Without progress for so long the process ends.",
    ),
    click.option(
        "--session-seconds",
        type=shared.Amount(1, 80),  # the broker's least; Faust wants less than its requests may take
        default=10.0,
        show_default=True,
        envvar="YIPANQI_SESSION_SECONDS",
        help="Without a sign of life for so long the broker gives its partitions to others. A machine that starves them wants"
        " more.",
    ),
    click.option(
        "--checkpoint-seconds",
        type=shared.Amount(0.1, 30),
        default=1.0,
        show_default=True,
        envvar="YIPANQI_CHECKPOINT_SECONDS",
        help="What a crash repeats at most, and what tables lag at least. Longer is cheaper: a long log is caught up sooner.",
    ),
    shared.warehouse,
)


def _common(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.group("worker")
def command() -> None:
    """Run a stream processor until it is told to stop."""


@command.command("cases")
@_common
@click.option(
    "--rules", type=click.Path(exists=True, path_type=Path), multiple=True, help="Packs in place of the national one."
)
@click.option(
    "--chains",
    type=click.IntRange(1),
    default=10_000,
    show_default=True,
    envvar="YIPANQI_CHAINS",
    help="Chains of each partition that are kept decoded, some 110 KB each. Reading one again that was put away costs 4 ms.",
)
@shared.master_key_file
def cases(*, rules: tuple[Path, ...], chains: int, warehouse: Place, master_key_file: Path | None, **options: Any) -> None:
    """Supervise: events in, alerts and facts out."""
    del warehouse  # `up` gives every processor both engines; supervision needs the log alone
    from infra.master_key import load_master_key  # noqa: PLC0415  # Faust and Kafka's clients cost 0.5 s of imports:
    from streams.shell.cases import GROUP, CasesRoom  # noqa: PLC0415  # only the room that is asked for pays
    from streams.shell.cores import core_factory, shelf_of  # noqa: PLC0415

    try:
        factory = core_factory(rules or None, shelf=shelf_of(options["data"]), hot=chains)
        master_key = load_master_key(shared.master_key_path(master_key_file, options["data"]), create=True)
    except YipanqiError as error:
        raise click.ClickException(str(error)) from None
    _run(
        GROUP,
        lambda metrics: CasesRoom(factory, kafka=options["kafka"], master_key=master_key, metrics=metrics),
        options,
    )


@command.command("groups")
@_common
@click.option(
    "--rules", type=click.Path(exists=True, path_type=Path), multiple=True, help="Packs in place of the national one."
)
@shared.master_key_file
def groups(*, rules: tuple[Path, ...], warehouse: Place, master_key_file: Path | None, **options: Any) -> None:
    """Supervise courts, officers, debtors, accounts: facts of many cases in, alerts out."""
    del warehouse
    from infra.master_key import load_master_key  # noqa: PLC0415  # as above
    from streams.shell.cores import shelf_of  # noqa: PLC0415
    from streams.shell.groups import GROUP, group_lanes, groups_room  # noqa: PLC0415

    try:
        lanes = group_lanes(rules or None, options["partitions"], shelf=shelf_of(options["data"]))
        master_key = load_master_key(shared.master_key_path(master_key_file, options["data"]), create=True)
    except YipanqiError as error:
        raise click.ClickException(str(error)) from None
    kafka = options["kafka"]
    _run(GROUP, lambda metrics: groups_room(lanes, kafka=kafka, master_key=master_key, metrics=metrics), options)


@command.command("projections")
@_common
@click.option("--database", default="yipanqi", show_default=True, help="Database of the warehouse.")
def projections(*, warehouse: Place, database: str, **options: Any) -> None:
    """Write the log and what comes of it into ClickHouse, and count what indicators are sums of."""
    from streams.shell import counting_beside  # noqa: PLC0415  # as above
    from streams.shell.projections import CLIENT_TIMEOUT_S, GROUP, ProjectionsRoom  # noqa: PLC0415

    try:
        client = warehouse.client(database, timeout_s=CLIENT_TIMEOUT_S)
        counting = warehouse.client(database, timeout_s=counting_beside.CLIENT_TIMEOUT_S)
    except YipanqiError as error:
        raise click.ClickException(str(error)) from None

    def make_room(metrics: Any) -> ProjectionsRoom:
        return ProjectionsRoom(client, metrics, beside=counting_beside.CountingBeside(counting, metrics))

    _run(GROUP, make_room, options)


@command.command("duty")
@_common
@click.option(
    "--rules", type=click.Path(exists=True, path_type=Path), multiple=True, help="Packs in place of the national one."
)
@click.option(
    "--policies", type=click.Path(exists=True, path_type=Path), help="Escalation policies in place of the national ones."
)
@shared.master_key_file
def duty(
    *,
    rules: tuple[Path, ...],
    policies: Path | None,
    warehouse: Place,
    master_key_file: Path | None,
    **options: Any,
) -> None:
    """Decide who answers alerts: commands in, decisions out."""
    del warehouse
    from infra.master_key import load_master_key  # noqa: PLC0415  # as above
    from streams.duty.policy_file import CN, load_policies  # noqa: PLC0415
    from streams.rules.load import load_packs  # noqa: PLC0415
    from streams.shell.duty import GROUP, duty_room  # noqa: PLC0415
    from streams.shell.duty_intake import Intake  # noqa: PLC0415
    from streams.shell.rule_facts import RuleLookup  # noqa: PLC0415

    try:
        lookup = RuleLookup(load_packs(rules or None))
        held = load_policies(policies or CN)
        master_key = load_master_key(shared.master_key_path(master_key_file, options["data"]), create=True)
    except YipanqiError as error:
        raise click.ClickException(str(error)) from None
    kafka, partitions = options["kafka"], options["partitions"]
    _run(
        GROUP,
        lambda metrics: duty_room(held, kafka=kafka, master_key=master_key, metrics=metrics),
        options,
        add_agents=lambda app: Intake(app, lookup, held, partitions),
    )


@command.command("restricted")
@_common
@click.option(
    "--rules", type=click.Path(exists=True, path_type=Path), multiple=True, help="Packs in place of the national one."
)
@click.option("--database", help="Database of the restricted records. Default: yipanqi_restricted.")
@shared.master_key_file
def restricted(
    *,
    rules: tuple[Path, ...],
    warehouse: Place,
    database: str | None,
    master_key_file: Path | None,
    **options: Any,
) -> None:
    """Supervise and store records of interference, apart from everything else."""
    from infra.master_key import load_master_key  # noqa: PLC0415
    from streams.shell.cases import CasesRoom  # noqa: PLC0415
    from streams.shell.cores import core_factory, shelf_of  # noqa: PLC0415
    from streams.shell.projections import CLIENT_TIMEOUT_S, ProjectionsRoom  # noqa: PLC0415
    from streams.shell.restricted import DATABASE, GROUP, NAMES, RestrictedRoom  # noqa: PLC0415

    try:
        factory = core_factory(rules or None, restricted=True, shelf=shelf_of(options["data"]))
        master_key = load_master_key(shared.master_key_path(master_key_file, options["data"]), create=True)
        client = warehouse.client(database or DATABASE, timeout_s=CLIENT_TIMEOUT_S)
    except YipanqiError as error:
        raise click.ClickException(str(error)) from None

    def make_room(metrics: Any) -> RestrictedRoom:
        kafka = options["kafka"]
        cases = CasesRoom(factory, kafka=kafka, master_key=master_key, metrics=metrics, group=GROUP, names=NAMES)
        return RestrictedRoom(cases, ProjectionsRoom(client, metrics, topics=RestrictedRoom.topics))

    _run(GROUP, make_room, options, discreet=True)


def _run(
    group: str,
    make_room: Callable[[Any], Any],
    options: dict[str, Any],
    *,
    discreet: bool = False,
    add_agents: Callable[[Any], object] | None = None,
) -> None:
    from infra.kafka.topics import check_topics  # noqa: PLC0415
    from streams.shell.worker import WorkerOptions, run_worker  # noqa: PLC0415

    try:
        check_topics(options["kafka"], options["partitions"])
    except YipanqiError as error:
        raise click.ClickException(str(error)) from None
    data: Path = options["data"] / "worker" / group
    data.mkdir(parents=True, exist_ok=True)
    given = WorkerOptions(
        group=group,
        kafka=options["kafka"],
        data=data,
        port=options["port"],
        host=options["host"],
        instance=options["instance"],
        checkpoint_interval_s=options["checkpoint_seconds"],
        session_timeout_s=options["session_seconds"],
        stall_s=options["stall_seconds"],
        discreet=discreet,
    )
    sys.exit(run_worker(make_room, given, add_agents=add_agents))
