"""Where the embedded system lies and listens.

A data folder (default `.data` in the folder where the command is called) holds everything of one installation:

    yipanqi.json   its time line, fixed at its creation, and the version that created it
    lock           held (flock) by the running `yipanqi up`; names its process
    kafka/         the log: the truth
    clickhouse/    the warehouse: can be rebuilt from the log
    logs/          one file for each process
    keys/          the master key of personal data (without it what is sealed stays sealed), and the key of passes
    accounts/      who people are, their sessions, tokens, and the trail of logins
    worker/        what the processors keep beside the log: can be rebuilt from it
    clock.json     where the clock found what it needs in the log: can be deleted
    alertmanager/, prometheus/  of these programs, where they are installed
    simulator.json where the simulated nation stands (simulated line only)

Kafka's jars lie outside (infra/kafka/jars.py), so that a deleted data folder fetches nothing again.
"""

from pathlib import Path
from typing import Literal

import msgspec

HOST = "127.0.0.1"
DEFAULT_DATA = Path(".data")
DEFAULT_SPEED = 3600.0
"""Simulated seconds for each second on the wall: a day of the courts takes 24 seconds."""

Line = Literal["wall", "simulated"]
Visitors = Literal["open", "wall", "none"]
"""What somebody on loopback sees without login: everything but personal data, what a kiosk sees (no case), or nothing."""


class Settings(msgspec.Struct, frozen=True):
    """What `yipanqi up` was asked for; children get what they need of it as command-line options.

    Attributes:
        data: The data folder, absolute.
        simulator: Whether the time line is simulated and fed by the simulator.
        speed: Simulated seconds in a wall second; 1 on a wall line.
        visitors: What somebody on loopback sees without login; None = ``open`` where the data are made up, else ``wall``.
        rules: Rule packs to use in place of the national pack; empty = the national pack.
        wall_port: The wall and API.
        gateway_port: The way in.
        metrics_port: Health and metrics of the whole.
        kafka_port: The broker; its controller takes the next port.
        clickhouse_port: The ClickHouse front.
        process_port: First of a few ports on which single processes tell their health and metrics.
    """

    data: Path
    simulator: bool = True
    speed: float = DEFAULT_SPEED
    visitors: Visitors | None = None
    rules: tuple[Path, ...] = ()
    wall_port: int = 8000
    gateway_port: int = 8001
    metrics_port: int = 8002
    kafka_port: int = 19092
    clickhouse_port: int = 19000
    process_port: int = 18100

    @property
    def line(self) -> Line:
        """The kind of time line."""
        return "simulated" if self.simulator else "wall"

    @property
    def kafka(self) -> str:
        """Address of the broker."""
        return f"{HOST}:{self.kafka_port}"

    @property
    def clickhouse(self) -> str:
        """Address of the ClickHouse front."""
        return f"{HOST}:{self.clickhouse_port}"

    @property
    def logs(self) -> Path:
        """Folder of the log files."""
        return self.data / "logs"
