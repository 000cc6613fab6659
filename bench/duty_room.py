"""One duty room with many open alerts: the time of an action, of a 09:00 at which their pages fall due, of a restore.

python bench/duty_room.py [--alerts 100000] [--courts 2000] [--actions 20000] [--seed 1]

CPU time of the room alone, decisions encoded; no Kafka.
"""

import argparse
import random
import resource
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import get_args

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from alert_records import alert_record

from contract.courts import COURTS
from contract.duty import commands as c
from contract.duty.people import Principal, part_of_system
from contract.duty.roster import Post, Rota, Rotation
from contract.times import format_instant, parse_instant
from streams.duty.policy_file import load_policies
from streams.duty.room import DutyRoom

MORNING = parse_instant("2024-03-05T09:00:00+08:00")
_OFFSETS = count()


def put(room: DutyRoom, command: c.AnyCommand) -> tuple[float, int, int]:
    """(CPU seconds, outputs, bytes) of one command."""
    started = time.thread_time()
    outputs = [output.encode() for output in room.apply(f"0:{next(_OFFSETS)}", command)]
    return time.thread_time() - started, len(outputs), sum(map(len, outputs))


def rosters(courts: list[str], at: datetime) -> Iterator[c.Broadcast]:
    """A roster for each court."""
    for court in courts:
        turns = tuple(
            Rotation(post=post, accounts=(f"{court}-{post}",), every="week", first_on=date(2024, 1, 1))
            for post in get_args(Post)
        )
        rota = Rota(id=court, court=court, from_on=date(2024, 1, 1), rotations=turns)
        principal = part_of_system("duty")
        yield c.Broadcast(id=court, target="*", principal=principal, at=at, control=0, rota=rota, overrides=())


def told(number: int, court: str, severity: str, at: datetime) -> c.AlertTold:
    """The engine raises an alert of a limit in days."""
    due, subject = at + timedelta(days=20), f"case-{number}"
    alert = alert_record(f"{number:032x}", court, subject, armed_at=at, due_at=due, raised_at=at, severity=severity)
    return c.AlertTold(
        id=f"told-{number}", target=alert["id"], principal=part_of_system("supervision"), at=at, transition="raised",
        reason="clock", alert=alert, rootid=f"root-{number}", position=f"0:{number}",
        rule=c.RuleFacts(name_zh="执行异议立案超期", react=("own", "up1")),
    )  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    for name, default in (("alerts", 100_000), ("courts", 2_000), ("actions", 20_000), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    dice = random.Random(asked.seed)
    policies = load_policies()
    room, at = DutyRoom(policies), MORNING - timedelta(hours=23)
    courts = [court.code for court in COURTS if court.tier == "BASIC"][: asked.courts]
    put(room, tick(at))
    for roster in rosters(courts, at):
        put(room, roster)
    severities = dice.choices(("red", "orange", "yellow"), (5, 15, 80), k=asked.alerts)
    raised = [put(room, told(n, courts[n % len(courts)], severity, at))[0] for n, severity in enumerate(severities)]
    state = {key: value for key, value in room.drain_dirty().items() if value is not None}
    sizes = [len(value) for key, value in state.items() if not key.startswith("@") and "/" not in key]
    print(f"{asked.alerts} alerts: {sum(sizes) / len(sizes):.0f} B of state each")
    show("an alert told", raised)
    seconds, outputs, octets = put(room, tick(MORNING))
    print(f"tick at 09:00: {seconds:.1f} s, {outputs} records, {octets / 1e6:.0f} MB")
    numbers = [dice.randrange(asked.alerts) for _ in range(asked.actions)]
    at = MORNING + timedelta(seconds=30)
    show("an acknowledgement", [put(room, acknowledge(k, n, courts[n % len(courts)], at))[0] for k, n in enumerate(numbers)])
    state |= {key: value for key, value in room.drain_dirty().items() if value is not None}
    started = time.thread_time()
    DutyRoom.restore(policies, state)
    print(f"restore of {len(state)} keys, {sum(map(len, state.values())) / 1e6:.0f} MB: {time.thread_time() - started:.2f} s")
    print(f"largest resident size: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def tick(at: datetime) -> c.Ticked:
    """The clock."""
    return c.Ticked(id=format_instant(at), target="*", principal=part_of_system("clock"), at=at, control=0)


def acknowledge(key: int, number: int, court: str, at: datetime) -> c.Acknowledge:
    """The officer has it."""
    officer = Principal(account=f"{court}-officer", role="duty_officer", court=court)
    return c.Acknowledge(id=f"ack-{key}", target=f"{number:032x}", principal=officer, at=at)


def show(what: str, seconds: list[float]) -> None:
    """Print the spread in microseconds."""
    seconds.sort()
    p50, p99 = seconds[len(seconds) // 2], seconds[len(seconds) * 99 // 100]
    print(f"{what}: p50 {p50 * 1e6:.0f} µs, p99 {p99 * 1e6:.0f} µs, most {seconds[-1] * 1e6:.0f} µs")


if __name__ == "__main__":
    main()
