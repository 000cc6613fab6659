"""Numbers of cases (案号) for people's eyes: duty knows a case by its subject alone; the warehouse has its number."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterable

from dashboards.store import Store
from infra.clickhouse.errors import ClickHouseError

_KEPT = 50_000
_AT_ONCE = 500
_AGAIN_S = 60.0


class Numbers:
    """Subject → number, as far as somebody has asked; one without a number is asked for again after a minute."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: OrderedDict[str, str] = OrderedDict()
        self._asked: OrderedDict[str, float] = OrderedDict()

    def of(self, subject: str) -> str:
        """The number of a case, or its subject while none is known."""
        return self._known.get(subject) or subject

    async def learn(self, subjects: Iterable[str]) -> bool:
        """Ask for those that are not known; returns whether any was learnt. Nothing is, while the warehouse is away."""
        now = time.monotonic()
        fresh = (one for one in dict.fromkeys(subjects) if one and one not in self._known)
        wanted = [one for one in fresh if self._is_due(one, now)][:_AT_ONCE]
        if not wanted:
            return False
        self._asked.update(dict.fromkeys(wanted, now))
        try:
            named = await asyncio.to_thread(self._store.named, wanted)
        except ClickHouseError:
            return False
        found = {subject: number for subject, (_, number) in named.items() if number}
        self._known.update(found)
        for kept in (self._known, self._asked):
            while len(kept) > _KEPT:
                kept.popitem(last=False)
        return bool(found)

    def _is_due(self, subject: str, now: float) -> bool:
        return now - self._asked.get(subject, float("-inf")) > _AGAIN_S
