"""The cores that the cases room drives: one for each partition, over the packs that this process was given."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from streams.cases.partition import Partition
from streams.cases.rulebook import RuleBook
from streams.rules.load import load_packs
from streams.shell.lane import CoreFactory


def core_factory(packs: Sequence[Path] | None) -> CoreFactory:
    """Load the packs (None: the national one); which of them judge is said by the activations in the log.

    Raises:
        PackError: A pack is refused.
    """
    book = RuleBook(load_packs(packs))

    def make(items: Mapping[str, bytes]) -> Partition:
        return Partition.restore(book, items)

    return make
