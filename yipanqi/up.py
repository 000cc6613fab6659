"""`yipanqi up`: the whole embedded system from one command, until Ctrl-C."""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import get_args

import click
from rich.console import Console
from rich.progress import Progress

from contract.errors import YipanqiError
from infra import health
from infra.accounts.people import FIRST_LOGIN
from infra.accounts.store import Accounts
from infra.datafolder import bind, hold
from infra.kafka.embedded import EmbeddedKafka
from infra.kafka.prepare import prepare
from infra.processes import require_free_port
from infra.settings import DEFAULT_DATA, DEFAULT_SPEED, HOST, Settings, Visitors
from infra.supervisor import Change, State, Supervisor
from yipanqi import options
from yipanqi.plan import listeners, ports, units

_STEP_S = 0.05
_STOP_S = 8.5  # of the ten seconds that a Ctrl-C may take
_PACK = click.Path(exists=True, dir_okay=False, path_type=Path, resolve_path=True)


@click.command("up")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path, resolve_path=True),
    default=DEFAULT_DATA,
    show_default=True,
    help="Folder of everything that is kept.",
)
@click.option("--rules", type=_PACK, multiple=True, metavar="PACK.toml", help="Judge by this pack, not the national one.")
@click.option(
    "--speed",
    type=options.POSITIVE,
    default=DEFAULT_SPEED,
    show_default=True,
    help="Simulated seconds in a second.",
)
@click.option(
    "--simulator/--no-simulator", default=True, help="Simulated time, fed by the simulator; or wall time, fed by you."
)
@click.option(
    "--visitors",
    type=click.Choice(get_args(Visitors)),
    help="What somebody on this machine sees of the wall without login: everything (default with the simulator), what a kiosk"
    " sees (default without), nothing.",
)
@click.option("--wall-port", type=options.PORT, default=8000, show_default=True, help="The wall and the API.")
@click.option("--gateway-port", type=options.PORT, default=8001, show_default=True, help="Where events are posted.")
@click.option("--metrics-port", type=options.PORT, default=8002, show_default=True, help="Health and metrics of the whole.")
@click.option(
    "--kafka-port", type=options.PORT, default=19092, show_default=True, help="Kafka; its controller takes the next port."
)
@click.option("--clickhouse-port", type=options.PORT, default=19000, show_default=True, help="ClickHouse, native protocol.")
@click.option(
    "--process-port", type=options.PORT, default=18100, show_default=True, help="First of the ports of single processes."
)
def command(
    data: Path,
    rules: tuple[Path, ...],
    speed: float,
    simulator: bool,  # noqa: FBT001  (click's own flag)
    visitors: Visitors | None,
    **named_ports: int,
) -> None:
    """Start the embedded system: Kafka, ClickHouse, processors, gateway and wall. Ctrl-C stops all of it within ten seconds."""
    speed = speed if simulator else 1.0
    settings = Settings(data=data, simulator=simulator, speed=speed, visitors=visitors, rules=rules, **named_ports)
    console = Console(highlight=False)
    try:
        run(settings, console)
    except YipanqiError as error:
        console.print(f"[red]yipanqi up:[/] {error}", soft_wrap=True)
        sys.exit(1)


def run(settings: Settings, console: Console) -> None:
    """Run the embedded system until it is interrupted.

    Raises:
        YipanqiError: it could not start, or could not be kept running; nothing of it runs any more.
    """
    with ExitStack() as stack, _terminable():
        try:
            stack.enter_context(hold(settings.data))
            bind(settings.data, settings.line, version("yipanqi"))
            password = _first_password(settings.data)
            for port, option in listeners(settings).items():
                require_free_port(port, option)
            _prepare(console)
            kafka = EmbeddedKafka(settings.data / "kafka", settings.kafka_port, logs=settings.logs)
            screen = _Screen(console, settings, password)
            supervisor = Supervisor(units(settings, kafka), screen.tell)
            stack.enter_context(health.serving(settings.metrics_port, supervisor.status, ports(settings)))
            stack.callback(_stop, supervisor, console)
            stack.callback(screen.close)
            _drive(supervisor, screen)
        except KeyboardInterrupt:
            console.print("\nstopping …")


def _first_password(data: Path) -> str | None:
    """Make the first account of a new data folder; its password is printed on this terminal and kept nowhere."""
    accounts = Accounts(data)
    try:
        return accounts.people.first_run()
    finally:
        accounts.close()


def _drive(supervisor: Supervisor, screen: "_Screen") -> None:
    """Keep everything running until KeyboardInterrupt."""
    while True:
        supervisor.step()
        if supervisor.all_up:
            screen.all_up()
        time.sleep(_STEP_S)


def _stop(supervisor: Supervisor, console: Console) -> None:
    """Stop in order; a second Ctrl-C ends everything at once."""
    began = time.monotonic()
    try:
        forced = supervisor.stop(_STOP_S)
    except KeyboardInterrupt:
        supervisor.kill()
        forced = ("everything",)
    how = f" ({', '.join(forced)} by force)" if forced else ""
    seconds = time.monotonic() - began
    console.print(f"stopped in {seconds:.1f} s{how}; nothing is lost, the next start goes on from here", soft_wrap=True)


def _prepare(console: Console) -> None:
    """Have Kafka's jars and its fast start in place, with a progress bar if any of it takes long."""
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("Kafka: jars", total=None)
        prepare(
            lambda done, total: progress.update(task, completed=done, total=total),
            lambda message: progress.update(task, description=message, total=None),
        )


@contextmanager
def _terminable() -> Iterator[None]:
    """Treat SIGTERM and SIGHUP like Ctrl-C."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Screen:
    """Tells the person at the terminal what happens, a line for each change that matters."""

    def __init__(self, console: Console, settings: Settings, first_password: str | None) -> None:
        self._console = console
        self._settings = settings
        if first_password is not None:  # said at once: a start that fails later must not lose it
            console.print(
                f"  first login  {FIRST_LOGIN}  {first_password}\n"
                "  shown once and kept nowhere; it must be changed at the first login (lost: yipanqi account passwd admin)",
                soft_wrap=True,
            )
        self._began = time.monotonic()
        self._announced = False
        self._starting: set[str] = set()
        self._status = console.status("")  # a line that turns, on a terminal only

    def tell(self, change: Change) -> None:
        """Print one change."""
        (self._starting.add if change.state is State.STARTING else self._starting.discard)(change.name)
        self._status.update(f"starting {', '.join(sorted(self._starting))}")
        (self._status.start if self._starting else self._status.stop)()
        if change.state is State.RUNNING:
            self._console.print(f"  [green]✓[/] {change.name:<12} {change.seconds:5.1f} s")
        elif change.state is State.PAUSING:
            again = f"starting it again in {change.seconds:.1f} s"
            self._console.print(f"  [yellow]![/] {change.name:<12} {change.message}\n    {again}", soft_wrap=True)

    def close(self) -> None:
        """Nothing is being started any more."""
        self._starting.clear()
        self._status.stop()

    def all_up(self) -> None:
        """Say, once, that everything runs and where."""
        if self._announced:
            return
        self._announced = True
        at = self._settings
        seconds = time.monotonic() - self._began
        time_line = f"simulated time, {at.speed:g} times as fast" if at.simulator else "wall time"
        self._console.print(
            f"Yipanqi runs after {seconds:.1f} s, on {time_line}\n"
            f"  wall     http://{HOST}:{at.wall_port}\n"
            f"  gateway  http://{HOST}:{at.gateway_port}\n"
            f"  metrics  http://{HOST}:{at.metrics_port}/metrics\n"
            f"  data     {at.data}  (logs in logs/)\n"
            "Ctrl-C stops it",
            soft_wrap=True,
        )
