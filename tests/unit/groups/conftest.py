"""A small nation under test: events of several courts, case partitions, and groups behind them."""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contract.control import ticked
from contract.courts import COURTS
from contract.envelope import Event, full_type
from contract.times import parse_instant
from contract.topics import partition_of
from streams.cases.alerts import AlertRecord
from streams.cases.outputs import GroupFact, TransitionOut
from streams.cases.partition import Partition
from streams.cases.rulebook import RuleBook
from streams.groups.origin import Message
from streams.groups.partition import Groups
from streams.offline import supervise
from streams.rules.load import load_packs
from streams.rules.model import Pack

BEGIN = parse_instant("2024-01-01T00:00:00+08:00")
HEAD = """
[pack]
id = "g"
version = "1"
calendar = "none"
"""


def at(days: float) -> datetime:
    """An instant so many days after the beginning of 2024."""
    return BEGIN + timedelta(days=days)


def happened(name: str, days: float, data: dict[str, Any], *, case: str, court: str = "京0105", **more: Any) -> Event:
    """An event, received when it happened unless told otherwise."""
    received = at(more.pop("received", days))
    return Event(
        id=more.pop("id", f"{name}@{days}#{case}"),
        source=f"/court/{court}/cms",
        type=full_type(name),
        subject=case,
        rootid=more.pop("root", case),
        time=at(days),
        recordedtime=received,
        receivedtime=received,
        data=data or None,
        **more,
    )


def filed(case: str, days: float, court: str = "京0105", **more: Any) -> Event:
    """A case is filed."""
    filed_on = at(days).astimezone(BEGIN.tzinfo).date().isoformat()
    data = {"case_no": f"（2024）{court}执{int(days * 100) + 1}号", "claim_fen": 100_00, "filed_on": filed_on}
    return happened("case.filed", days, data, case=case, court=court, **more)


class Nation:
    """Case partitions, and groups behind them, fed by hand: what goes where is computed as the workers do.

    Attributes:
        steps: What the groups said.
        repeated: What they said of that when they heard something a second time.
    """

    def __init__(self, packs: Sequence[Pack], count: int = 3, *, always: bool = True) -> None:
        """Begin empty; the packs judge always, or from their activation on."""
        self.packs = packs
        self.count = count
        book = RuleBook(packs, always=always)
        self.cases = [Partition(book, snapshots=False) for _ in range(count)]
        self.groups = [Groups(book, number=number, count=count) for number in range(count)]
        self.logs: list[list[list[Message]]] = [[[] for _ in range(count)] for _ in range(count)]
        self.offsets = [0] * count
        self.facts = [0] * count
        self.steps: list[TransitionOut] = []
        self.repeated: list[TransitionOut] = []
        self._delivered: set[tuple[int, int]] = set()
        self._stored: dict[int, dict[str, bytes]] = {}

    def put(self, partition: int, event: Event) -> None:
        """Apply an event or tick in a case partition; its facts wait for each partition of the facts."""
        outputs = self.cases[partition].apply((partition, self.offsets[partition]), event)
        self.offsets[partition] += 1
        for output in outputs:
            if isinstance(output, TransitionOut):
                continue
            assert not isinstance(output, str)
            places = [partition_of(output.key, self.count)] if isinstance(output, GroupFact) else range(self.count)
            for place in places:
                self.logs[partition][place].append(output)  # type: ignore[arg-type]  # no snapshots here

    def deliver(self, place: int, message: Message) -> None:
        """Give one fact to the groups of one partition."""
        steps = self.groups[place].apply(f"{place}:{self.facts[place]}", message)
        self.facts[place] += 1
        self.steps += steps
        if (place, id(message)) in self._delivered:
            self.repeated += steps
        self._delivered.add((place, id(message)))

    def restart(self, place: int) -> None:
        """The groups of a partition begin anew from what they stored."""
        items: dict[str, bytes] = {}
        for key, value in self.groups[place].drain_dirty().items():
            assert value is not None
            items[key] = value
        stored = self._stored.setdefault(place, {})
        stored.update(items)
        book = RuleBook(self.packs, always=True)
        self.groups[place] = Groups.restore(book, stored, number=place, count=self.count)

    def standing(self) -> list[AlertRecord]:
        """Every standing alert of groups."""
        return sorted((alert for groups in self.groups for alert in groups.standing()), key=lambda alert: alert.id)

    def told(self) -> list[AlertRecord]:
        """What the transitions come to for a reader, who drops what has the id of something read before."""
        last: dict[str, TransitionOut] = {}
        seen: set[str] = set()
        for step in self.steps:
            if step.id not in seen:
                seen.add(step.id)
                last[step.alert.id] = step
        stands = (step.alert for step in last.values() if step.transition != "retracted")
        return sorted(stands, key=lambda alert: alert.id)

    def everything(self, events: Iterable[Event], ticks: Iterable[datetime], chance: random.Random) -> None:
        """Events and ticks in any interleaving of partitions, with repeats and restarts; all of it arrives."""
        queues: list[list[Event]] = [[] for _ in range(self.count)]
        for event in events:
            queues[partition_of(event.rootid, self.count)].append(event)
        for number, tick in enumerate(ticks):
            for queue in queues:
                queue.append(ticked(number, tick))
        for queue in queues:
            queue.sort(key=lambda event: (event.receivedtime or event.time, event.short == "sys.ticked"))
        sent = [[0] * self.count for _ in range(self.count)]
        while True:
            open_cases = [p for p in range(self.count) if queues[p]]
            open_facts = [(p, q) for p in range(self.count) for q in range(self.count) if sent[p][q] < len(self.logs[p][q])]
            if not open_cases and not open_facts:
                return
            if open_cases and (not open_facts or chance.random() < 0.4):
                partition = chance.choice(open_cases)
                self.put(partition, queues[partition].pop(0))
                continue
            partition, place = chance.choice(open_facts)
            message = self.logs[partition][place][sent[partition][place]]
            # Mostly at what is new: a crash at every twentieth repeat would seldom let a long log reach its end.
            often = 1.0 if (place, id(message)) not in self._delivered else 0.1
            self.deliver(place, message)
            sent[partition][place] += 1
            if chance.random() < 0.05 * often:
                sent[partition][place] = chance.randrange(sent[partition][place] + 1)  # a crash repeats some
            if chance.random() < 0.08 * often:
                self.restart(place)


def offline(packs: Sequence[Pack], events: Iterable[Event], ticks: Iterable[datetime]) -> list[AlertRecord]:
    """What `yipanqi supervise` says of the same events, groups only."""
    lines = [*events, *(ticked(number, tick) for number, tick in enumerate(ticks))]
    lines.sort(key=lambda event: (event.receivedtime or event.time, event.short == "sys.ticked"))
    alerts, _, refusals = supervise(enumerate(lines, 1), packs)
    assert not refusals, refusals
    return [alert for alert in alerts if alert.scope not in ("case", "chain")]


class Kit:
    """The names above, for tests."""

    at = staticmethod(at)
    happened = staticmethod(happened)
    filed = staticmethod(filed)
    nation = Nation
    offline = staticmethod(offline)
    replace = staticmethod(msgspec.structs.replace)

    def __init__(self, folder: Path) -> None:
        """Write packs here."""
        self._folder = folder

    def pack(self, rules: str) -> tuple[Pack, ...]:
        """A pack of rules without days of rest."""
        path = self._folder / "pack.toml"
        path.write_text(HEAD + rules, encoding="utf-8")
        return load_packs([path])


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    """Short ways to write a small nation."""
    return Kit(tmp_path)


@pytest.fixture
def few_courts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tree of five courts, so that not each of 3,500 is judged in every run."""
    codes = ("京0105", "粤0604", "沪01", "浙", "川01")
    monkeypatch.setattr("streams.groups.partition.COURTS", [COURTS[code] for code in codes])
