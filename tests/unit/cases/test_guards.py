"""Each guard of the core is needed: where it is taken out, what is said of random stories no longer holds."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
import stories
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from contract.working_hours import EPOCH
from streams.cases.chain import Chain
from streams.cases.check_docket import CheckDocket
from streams.cases.docket import Docket
from streams.cases.echoes import Echoes
from streams.cases.facts import Fact, Order
from streams.cases.history import History
from streams.cases.partition import Partition

Guard = Callable[[pytest.MonkeyPatch], None]
Said = Callable[[Any, Any, Any], None]
MOST = 40
"""Stories within which each mutant must be found out; most fall within a few."""


@pytest.fixture(scope="module")
def pack(lab: Any) -> Any:
    """Rules of all kinds, as few as will do."""
    wanted = ("EVERY", "CHAIN", "SEQUENCE", "LEDGER", "ANSWER", "MONTHLY")
    return lab.pack(*(rule for rule in stories.ALL_RULES if rule.split('"')[1] in wanted), pack_id="guards")


def holds(said: Said, lab: Any, pack: Any, series: int) -> None:
    """Tell a fixed series of stories; raises what the first that fails raises."""

    @seed(series)
    @settings(
        max_examples=MOST,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        said(data, lab, pack)

    run()


def order_of_history(patch: pytest.MonkeyPatch) -> None:
    """Events stand in the order in which they were read."""
    numbers = count()

    def order(fact: Fact) -> Order:
        read = EPOCH + timedelta(hours=fact.memo.setdefault("read", next(numbers)))
        return read, fact.recorded, fact.source, fact.sequence, fact.id

    patch.setattr(Fact, "order", property(order, lambda *_: None))


def duplicates(patch: pytest.MonkeyPatch) -> None:
    """What comes again counts again."""
    take = History.take
    patch.setattr(History, "take", lambda self, fact: {"same": "new"}.get(name := take(self, fact), name))


def conflicts(patch: pytest.MonkeyPatch) -> None:
    """Of two bodies under one name the first to come counts."""

    def take(self: History, fact: Fact) -> str:
        known = self.bodies.get(fact.ref)
        if known is not None and known.digest != fact.digest:
            return "same"
        return str(whole(self, fact))

    whole = History.take
    patch.setattr(History, "take", take)


def corrections_that_wait(patch: pytest.MonkeyPatch) -> None:
    """A correction that came before its original is not looked for."""
    patch.setattr(History, "is_corrected", lambda *_: False)


def withdrawn_corrections(patch: pytest.MonkeyPatch) -> None:
    """A correction counts although it was itself withdrawn."""

    def held(self: History, fact: Fact, seen: set[Any]) -> Fact | None:
        del seen
        found = [one for one in self._corrections.get(fact.ref, ()) if one.type == fact.type and one.subject == fact.subject]
        last = max(found, key=lambda one: (one.recorded, one.id), default=None)
        return fact if last is None else fact.corrected_by(last)

    patch.setattr(History, "_held", held)


def timers(patch: pytest.MonkeyPatch) -> None:
    """A tick wakes nobody."""
    patch.setattr(Partition, "_reached", lambda *_: iter(()))


def timers_of_readers(patch: pytest.MonkeyPatch) -> None:
    """What rules that read alerts wait for is not waited for."""
    patch.setattr(Echoes, "wake", None)


def stale_dockets(patch: pytest.MonkeyPatch) -> None:
    """A docket into whose past something entered goes on as it was."""
    patch.setattr(Chain, "_stale", property(lambda _: frozenset(), lambda *_: None), raising=False)


def position(patch: pytest.MonkeyPatch) -> None:
    """Where the log was read up to is forgotten."""
    patch.setattr(Partition, "_offset", property(lambda _: -1, lambda *_: None), raising=False)


def stored_clock(patch: pytest.MonkeyPatch) -> None:
    """A chain that was put away comes back without having been judged."""
    settle = Chain.settle

    def early(self: Chain, tick: datetime | None) -> None:
        settle(self, tick)
        self._dockets.clear()

    patch.setattr(Chain, "settle", early)


def concerns_of_deadlines(patch: pytest.MonkeyPatch) -> None:
    """An obligation once judged is looked at again only when it is due."""
    patch.setattr(Docket, "_concerns", lambda *_: False)


def concerns_of_points(patch: pytest.MonkeyPatch) -> None:
    """A point once judged is never looked at again."""
    patch.setattr(CheckDocket, "_concerns", lambda *_: False)


def chains_put_away(patch: pytest.MonkeyPatch) -> None:
    """A chain that is put away before it was stored is forgotten as it was."""

    def cool(self: Partition) -> None:
        for rootid in list(self._hot)[: max(0, len(self._hot) - self._hot_limit)]:
            del self._hot[rootid]

    patch.setattr(Partition, "_cool", cool)


def timers_of_others(patch: pytest.MonkeyPatch) -> None:
    """A tick wakes one chain and no other."""
    reached = Partition._reached
    patch.setattr(Partition, "_reached", lambda self, clock: iter(list(reached(self, clock))[:1]))


def stored_changes(patch: pytest.MonkeyPatch) -> None:
    """Of a chain that was stored once nothing is stored again."""
    touched = Partition._touched

    def once(self: Partition, chain: Chain) -> None:
        touched(self, chain)
        if chain.rootid in self._packed:
            self._dirty.discard(chain.rootid)

    patch.setattr(Partition, "_touched", once)


GUARDS: list[tuple[Guard, Said, int]] = [
    (order_of_history, stories.any_order, 1),
    (duplicates, stories.any_order, 2),
    (conflicts, stories.any_order, 2),
    (corrections_that_wait, stories.any_order, 2),
    (withdrawn_corrections, stories.withdrawn_again, 1),
    (timers, stories.any_order, 1),
    (timers_of_readers, stories.any_order, 1),
    (stale_dockets, stories.any_order, 2),
    (position, stories.reread, 1),
    (position, stories.crash, 1),
    (stored_clock, stories.same_journal, 1),
    (concerns_of_deadlines, stories.any_order, 1),
    (concerns_of_points, stories.any_order, 1),
    (chains_put_away, stories.interleaved, 1),
    (timers_of_others, stories.interleaved, 1),
    (stored_changes, stories.batches, 1),
]
"""A guard, what fails without it, and a series of stories in which it soon does."""


@pytest.mark.parametrize(
    ("guard", "said", "series"), GUARDS, ids=[f"{guard.__name__}-{said.__name__}" for guard, said, _ in GUARDS]
)
def test_without_its_guard_it_fails(
    guard: Guard, said: Said, series: int, lab: Any, pack: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The core with one guard taken out, and a property that then doesn't hold."""
    guard(monkeypatch)
    with pytest.raises(AssertionError):
        holds(said, lab, pack, series)
