"""A long simulation as files, a day's events in each, with the truth: made in bounded memory, as if by one `yipanqi simulate`.

python bench/simulated_days.py FOLDER --events 5000000 [--seed 1]

Lives are told one after another until there are so many events; their facts are put into the file of the day of their entry,
and each day is then sorted and numbered. Nothing is ever sorted as a whole. FOLDER/made.json is written last and says what
there is.
"""

import argparse
import hashlib
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from contract.envelope import short_type
from contract.times import parse_instant
from infra.whole_file import open_whole, whole_file
from producers.simulator.case import Fact
from producers.simulator.days import day_of, instant_text, midnight, number
from producers.simulator.groups import Nation
from producers.simulator.lives import Life
from producers.simulator.output import numbered
from producers.simulator.run import FIRST, HORIZON, lives

ANOMALIES = 0.25
_SPILL = 300_000  # facts in memory: some 300 MB
_ENDLESS = 2**40
_BY_NATIONAL_TERMS = "R-DATA-01."


class Kind(msgspec.Struct):
    """Events of one type: how many, and what their names come to (`name_of`, all of them by exclusive or)."""

    count: int = 0
    names: int = 0

    def add(self, source: str, name: str) -> None:
        """One more event."""
        self.join(Kind(1, name_of(source, name)))

    def join(self, other: "Kind") -> None:
        """All of the others too."""
        self.count += other.count
        self.names ^= other.names


class Made(msgspec.Struct):
    """What there is in a folder.

    Attributes:
        asked: How many events were asked for; the last life is told to its end.
        lives: How many lives they are.
        truths: Lines in truth.jsonl: the alerts that must stand under the rules that the simulated nation lives by.
        days: Day → its events, in the order of days.
        kinds: Short type → its events.
    """

    asked: int
    seed: int
    lives: int
    truths: int
    days: dict[int, int]
    kinds: dict[str, Kind]

    @property
    def events(self) -> int:
        """All of them."""
        return sum(self.days.values())


def name_of(source: str, name: str) -> int:
    """A number for (source, id) that ClickHouse finds too: the first eight bytes of its SHA-256, the least first."""
    return int.from_bytes(hashlib.sha256(f"{source} {name}".encode()).digest()[:8], "little")


def instant(at: int) -> datetime:
    """An instant of the simulator, aware."""
    return parse_instant(instant_text(at))


def file_of(folder: Path, day: int) -> Path:
    """The events that were entered on a day."""
    return folder / f"{day}.jsonl"


def load(folder: Path) -> Made:
    """What there is in a folder that was made."""
    return msgspec.json.decode((folder / "made.json").read_bytes(), type=Made)


def make(folder: Path, asked: int, seed: int) -> Made:
    """Tell lives until there are so many events; what an earlier run left unfinished is made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "facts").mkdir(parents=True)
    told, truths = _tell(folder, asked, seed)
    made = Made(asked, seed, told, truths, {}, defaultdict(Kind))
    counters: dict[str, int] = {}
    decoder = msgspec.json.Decoder(Fact)
    for path in sorted((folder / "facts").iterdir(), key=lambda path: int(path.name)):
        with path.open("rb") as lines:
            facts = sorted((decoder.decode(line) for line in lines), key=lambda fact: (fact.recorded, fact.id))
        made.days[int(path.name)] = _write(file_of(folder, int(path.name)), _tallied(numbered(facts, counters), made))
        path.unlink()
    with whole_file(folder / "made.json") as part:
        part.write_bytes(msgspec.json.encode(made))
    return made


def _tell(folder: Path, asked: int, seed: int) -> tuple[int, int]:
    """Write facts by day and the truth; returns how many lives were told and how many alerts must stand."""
    nation = Nation(number(FIRST), midnight(number(HORIZON)))
    waiting: dict[int, list[Fact]] = defaultdict(list)
    told = count = 0

    def truths() -> Iterator[dict[str, Any]]:
        nonlocal told, count
        held = 0
        for life in lives(seed, _ENDLESS, ANOMALIES):
            told += 1
            count += _sort_in(life, waiting)
            held += len(life.facts)
            nation.take(life.found)
            yield from life.found.rows
            if held >= _SPILL or count >= asked:
                _spill(folder, waiting)
                held = 0
            if count >= asked:
                break
        # These two parts have other terms in the simulated nation: its silences are counted in days.
        yield from (row for row in nation.rows() if not str(row["rule"]).startswith(_BY_NATIONAL_TERMS))

    standing = _write(folder / "truth.jsonl", truths())
    return told, standing


def _sort_in(life: Life, waiting: dict[int, list[Fact]]) -> int:
    for fact in life.facts:  # what was entered before the first tick comes with its day: no clock ticked for it
        waiting[max(day_of(fact.recorded), number(FIRST))].append(fact)
    return len(life.facts)


def _spill(folder: Path, waiting: dict[int, list[Fact]]) -> None:
    for day, facts in waiting.items():
        with (folder / "facts" / str(day)).open("ab") as file:
            file.writelines(msgspec.json.encode(fact) + b"\n" for fact in facts)
    waiting.clear()


def _tallied(events: Iterable[dict[str, Any]], made: Made) -> Iterator[dict[str, Any]]:
    for event in events:
        made.kinds[short_type(event["type"])].add(event["source"], event["id"])
        yield event


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> int:
    count = 0
    with open_whole(path) as file:
        for count, row in enumerate(rows, 1):  # noqa: B007 - the count is the result
            file.write(msgspec.json.encode(row) + b"\n")
    return count


def main() -> None:
    """Make them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--events", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    made = make(given.folder, given.events, given.seed)
    print(f"{made.events:,} events of {made.lives:,} lives on {len(made.days)} days, {made.truths:,} alerts must stand")


if __name__ == "__main__":
    main()
