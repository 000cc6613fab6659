"""The cores that the cases room drives: one for each partition, over the packs that this process was given."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from streams.cases.partition import HOT, Partition
from streams.cases.rulebook import RuleBook
from streams.rules.load import load_packs
from streams.rules.model import Pack, pack_from_canonical
from streams.shell.lane import CoreFactory


def core_factory(
    packs: Sequence[Path] | None, *, restricted: bool = False, shelf: Path | None = None, hot: int = HOT
) -> CoreFactory:
    """Load the packs (None: the national one); which of them judge is said by the activations in the log.

    ``shelf`` is a folder where packs that the log activates later are found by their hash.
    ``restricted`` makes cores that know the restricted rules alone; all others know none of them.
    ``hot`` is how many chains each core keeps decoded.

    Raises:
        PackError: A pack is refused.
    """
    book = RuleBook(load_packs(packs), restricted=restricted, shelf=partial(from_shelf, shelf))

    def make(items: Mapping[str, bytes]) -> Partition:
        return Partition.restore(book, items, hot=hot)

    return make


def put_on_shelf(shelf: Path, pack: Pack) -> None:
    """Put a pack where every process of a data folder finds it when the log activates it."""
    shelf.mkdir(parents=True, exist_ok=True)
    part = shelf / f"{pack.sha256}.part"
    part.write_bytes(pack.canonical())
    part.replace(shelf / f"{pack.sha256}.json")


def shelf_of(data: Path) -> Path:
    """The shelf of a data folder."""
    return data / "packs"


def on_shelf(shelf: Path) -> list[Pack]:
    """All packs that lie on a shelf, by their hash."""
    return [pack_from_canonical(path.read_bytes()) for path in sorted(shelf.glob("*.json"))]


def from_shelf(shelf: Path | None, pack_id: str, sha256: str) -> Pack | None:
    """A pack that lies on a shelf, if it does."""
    path = None if shelf is None else shelf / f"{sha256}.json"
    if path is None or not path.is_file():
        return None
    pack = pack_from_canonical(path.read_bytes())
    return pack if (pack.id, pack.sha256) == (pack_id, sha256) else None
