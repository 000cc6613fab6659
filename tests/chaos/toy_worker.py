"""The cases worker around a small core, told where to stop or die; started by the tests of this folder, never by the product.

The core keeps for each chain the number of its events and a hash over their ids in order, and tells both in every output: an
event lost, doubled or applied to another state than its own changes the bytes of everything after it.
"""

import argparse
import asyncio
import hashlib
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from contract.canonical import short_id
from contract.envelope import Event
from contract.errors import PoisonEvent
from contract.topics import ALERTS
from streams.shell.cases import GROUP, CasesRoom
from streams.shell.cores import core_factory, shelf_of
from streams.shell.seam import TP
from streams.shell.worker import WorkerOptions, run_worker

MASTER_KEY = bytes(range(64))


class Said(msgspec.Struct, frozen=True):
    """What a chain says of itself after an event."""

    id: str
    position: str
    rootid: str
    count: int
    chain: str
    incomplete: bool

    topic = ALERTS

    @property
    def key(self) -> str:
        """Its chain."""
        return self.rootid

    def encode(self) -> bytes:
        """JSON."""
        return msgspec.json.encode(self)


class Chain(msgspec.Struct):
    """State of a chain."""

    count: int = 0
    chain: str = ""
    incomplete: bool = False


class ToyCore:
    """Counts and hashes; refuses `x.poison`."""

    def __init__(self, items: Mapping[str, bytes]) -> None:
        self.chains = {key: msgspec.json.decode(value, type=Chain) for key, value in items.items()}
        self._dirty: set[str] = set()

    def apply(self, position: tuple[int, int], event: Event) -> list[Said]:
        """Apply one event."""
        if event.short == "sys.dead_letter_resolved":
            self.chains[event.rootid].incomplete = False
            self._dirty.add(event.rootid)
        if event.short.startswith("sys."):
            return []
        if event.short == "x.poison":
            raise PoisonEvent("id_conflict", "made by a test")
        if event.short == "x.bug":
            raise RuntimeError("a fault of the room, made by a test")
        chain = self.chains.setdefault(event.rootid, Chain())
        chain.count += 1
        chain.chain = hashlib.sha256(f"{chain.chain}{event.id}".encode()).hexdigest()[:16]
        self._dirty.add(event.rootid)
        where = f"{position[0]}:{position[1]}"
        return [Said(short_id("said", event.rootid, where), where, event.rootid, chain.count, chain.chain, chain.incomplete)]

    def mark_incomplete(self, rootid: str, position: tuple[int, int]) -> list[Said]:
        """Note it."""
        del position
        self.chains.setdefault(rootid, Chain()).incomplete = True
        self._dirty.add(rootid)
        return []

    def tell_refusal(self, position: tuple[int, int], refusal: Any) -> list[Said]:
        """Nobody watches its feeds."""
        del position, refusal
        return []

    def take_remarks(self) -> list[Any]:
        """None."""
        return []

    def drain_dirty(self) -> dict[str, bytes | None]:
        """Changed chains."""
        changed: dict[str, bytes | None] = {rootid: msgspec.json.encode(self.chains[rootid]) for rootid in self._dirty}
        self._dirty.clear()
        return changed


class SlowRoom(CasesRoom):
    """Takes its time to restore."""

    restore_s = 0.0

    async def assigned(self, tps: frozenset[TP]) -> Mapping[TP, int | None]:
        """Wait, then restore."""
        print("restoring", len(tps), flush=True)
        await asyncio.sleep(self.restore_s)
        positions = await super().assigned(tps)
        print("restored", len(tps), flush=True)
        return positions


class At:
    """Sends this process a signal the n-th time that a step of the checkpoint is reached."""

    def __init__(self, where: str, kind: signal.Signals) -> None:
        self.step, _, times = where.partition(":")
        self.left = int(times or 1)
        self.kind = kind

    def __call__(self, step: str) -> None:
        """Count a step."""
        if step == self.step:
            self.left -= 1
            if self.left == 0:
                print(self.kind.name, "at", step, flush=True)
                os.kill(os.getpid(), self.kind)


def main() -> int:
    """Run the worker with the options of the command line."""
    parser = argparse.ArgumentParser()
    for name in ("--kafka", "--data", "--instance", "--kill", "--stop", "--rules"):
        parser.add_argument(name)
    parser.add_argument("--port", type=int)
    for name, default in (("--session", 3.0), ("--interval", 0.3), ("--restore", 0.0), ("--stall", 60.0)):
        parser.add_argument(name, type=float, default=default)
    given = parser.parse_args()
    hooks = [At(where, kind) for where, kind in ((given.kill, signal.SIGKILL), (given.stop, signal.SIGSTOP)) if where]

    def step(name: str) -> None:
        for hook in hooks:
            hook(name)

    def room(metrics: Any) -> CasesRoom:
        packs = [Path(given.rules)] if given.rules else []
        factory = core_factory(packs, shelf=shelf_of(Path(given.data))) if packs else ToyCore
        slow = SlowRoom(factory, kafka=given.kafka, master_key=MASTER_KEY, metrics=metrics, step=step)
        slow.restore_s = given.restore
        return slow

    options = WorkerOptions(
        group=GROUP,
        kafka=given.kafka,
        data=Path(given.data),
        port=given.port,
        instance=given.instance,
        checkpoint_interval_s=given.interval,
        session_timeout_s=given.session,
        stall_s=given.stall,
    )
    return run_worker(room, options, step=step)


if __name__ == "__main__":
    sys.exit(main())
