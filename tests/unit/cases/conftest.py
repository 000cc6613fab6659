"""Short ways to write events, packs and runs of the supervision core."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contract.control import pack_activated, ticked
from contract.envelope import Event, full_type
from contract.errors import PoisonEvent
from contract.times import parse_instant
from streams.cases.alerts import AlertRecord
from streams.cases.outputs import Output, TransitionOut
from streams.cases.partition import Partition
from streams.cases.rulebook import RuleBook
from streams.rules.load import load_packs
from streams.rules.model import Pack

SOURCE = "/court/京0105/test"


def instant(text: str) -> datetime:
    """An instant: a full RFC 3339 text, or the wall clock in Beijing as ``2024-03-01 09:00`` or ``2024-03-01``."""
    if "T" in text:
        return parse_instant(text)
    day, _, clock = text.partition(" ")
    return parse_instant(f"{day}T{clock or '00:00'}:00+08:00")


def event(
    name: str,
    at: str,
    data: Mapping[str, Any] | None = None,
    *,
    id: str = "",  # noqa: A002  # the envelope's own word
    case: str = "c1",
    **more: Any,
) -> Event:
    """An event of a case, recorded and received when it happened unless told otherwise; its id is its type and time."""
    time = instant(at)
    recorded = instant(more.pop("recorded")) if "recorded" in more else time
    received = instant(more.pop("received")) if "received" in more else recorded
    return Event(
        id=id or f"{name}@{at}",
        source=more.pop("source", SOURCE),
        type=full_type(name),
        subject=case,
        rootid=more.pop("root", "chain"),
        time=time,
        recordedtime=recorded,
        receivedtime=received,
        data=None if data is None and "correctionof" in more else dict(data or {}),
        **more,
    )


class Run:
    """One partition under test: what went in has the positions 0:0, 0:1 and so on."""

    def __init__(self, *packs: Pack, snapshots: bool = False, hot: int = 100) -> None:
        self.book = RuleBook(packs, always=True)
        self.core = Partition(self.book, snapshots=snapshots, hot=hot)
        self.items: dict[str, bytes] = {}
        self.offset = 0
        self.outputs: list[Output] = []
        self.poisons: list[str] = []

    def take(self, *events: Event) -> "Run":
        """Apply events in this order; poison marks the chain, as the shell does."""
        for one in events:
            try:
                self.outputs += self.core.apply((0, self.offset), one)
            except PoisonEvent as error:
                self.poisons.append(error.reason)
                self.outputs += self.core.mark_incomplete(one.rootid, (0, self.offset))
            self.offset += 1
        return self

    def tick(self, at: str | datetime) -> "Run":
        """The clock reaches an instant."""
        when = instant(at) if isinstance(at, str) else at
        return self.take(ticked(self.offset, when))

    def store(self) -> "Run":
        """Store what changed."""
        self.items |= {key: value for key, value in self.core.drain_dirty().items() if value is not None}
        return self

    def restart(self) -> "Run":
        """Store, forget, restore."""
        self.core = self.restored(self.store().items)
        return self

    def restored(self, items: Mapping[str, bytes]) -> Partition:
        """A partition of what was stored."""
        return Partition.restore(self.book, items, snapshots=self.core._snapshots)

    @property
    def journal(self) -> list[TransitionOut]:
        """All transitions so far."""
        return [output for output in self.outputs if isinstance(output, TransitionOut)]

    @property
    def steps(self) -> list[str]:
        """The names of the transitions so far."""
        return [step.transition for step in self.journal]

    @property
    def alerts(self) -> list[AlertRecord]:
        """The standing alerts."""
        return self.core.standing()

    @property
    def alert(self) -> AlertRecord:
        """The one standing alert."""
        (alert,) = self.core.standing()
        return alert


def make_pack(folder: Path, *rules: str, head: str = "", pack_id: str = "t") -> Pack:
    """A pack of rules written in TOML; what a rule leaves out stands for a plain deadline of ten days from x.a to x.b."""
    text = f'[pack]\nid = "{pack_id}"\nversion = "1"\n{head}\n'
    defaults = {"calendar": '"none"', "events": '["x.a", "x.b", "x.c", "x.d", "x.e", "x.end"]', "ends": '["x.end"]'}
    text += "".join(f"{name} = {value}\n" for name, value in defaults.items() if name not in head)
    text += "".join(f"\n[[rule]]\n{_complete(rule, number)}\n" for number, rule in enumerate(rules, 1))
    path = folder / f"{pack_id}.toml"
    path.write_text(text, encoding="utf-8")
    return load_packs([path])[-1]


def _complete(rule: str, number: int) -> str:
    names = {line.split("=")[0].strip() for line in rule.splitlines() if "=" in line}
    defaults = {"id": f'"T{number}"', "name": '{ zh = "试", en = "test" }', "family": '"inaction"', "kind": '"deadline"'}
    deadline = {
        "start": '"x.a"',
        "stop": '["x.b"]',
        "within": '"10 calendar_days"',
        "levels": '[{ severity = "orange", at = "100%" }]',
    }
    if "kind" not in names:
        defaults |= deadline
    return rule + "".join(f"\n{name} = {value}" for name, value in defaults.items() if name not in names)


def beijing(text: str | None) -> str | None:
    """An instant of a record as wall clock in Beijing."""
    return None if text is None else (parse_instant(text) + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M:%S")


def told(run: Run) -> list[tuple[str, str | None, str | None]]:
    """(transition, from, to) of the journal."""
    return [(step.transition, step.before, step.after) for step in run.journal]


class Lab:
    """What the tests of this room write their stories with."""

    event = staticmethod(event)
    instant = staticmethod(instant)
    beijing = staticmethod(beijing)
    told = staticmethod(told)
    Run = Run
    SOURCE = SOURCE

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def pack(self, *rules: str, head: str = "", pack_id: str = "t") -> Pack:
        """See `make_pack`."""
        return make_pack(self._folder, *rules, head=head, pack_id=pack_id)

    def live(self, *packs: Pack) -> Run:
        """A run with packs at hand, none of them active."""
        run = Run(*packs)
        run.book = RuleBook(packs)
        run.core = Partition(run.book, snapshots=False)
        return run

    def activated(self, pack: Pack, control: int, begin: str | None = None, *, rejudge: bool = False) -> Event:
        """The activation of a pack from a day on, or from the beginning."""
        from_at = None if begin is None else instant(begin)
        names = {"pack": pack.id, "version": pack.version, "sha256": pack.sha256}
        return pack_activated(control, instant("2024-01-01"), **names, from_at=from_at, rejudge=rejudge)


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Stories about the supervision core."""
    return Lab(tmp_path_factory.mktemp("packs"))


@pytest.fixture(scope="session")
def national() -> Pack:
    """The national pack."""
    return load_packs()[0]
