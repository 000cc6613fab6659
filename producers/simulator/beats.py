"""Signs of life of every court's feed: every few days, at an instant of its own; now and then one leaves some out."""

import random
from bisect import bisect_left
from typing import Any

from contract.courts import COURTS
from contract.envelope import full_type
from contract.registry import HEARTBEAT
from producers.simulator.days import DAY, day_of, instant_text, midnight

EVERY_DAYS = 4
"""How far apart the heartbeats of a court are: at the usual speed some thirty-five a second of the whole nation."""

_BLOCK = 8
_SILENT = 1 / 150
"""Share of courts whose feed leaves some heartbeats out once in so many."""

_FEWEST, _MOST = 3, 4


class Beats:
    """The heartbeats of a nation, numbered from the day on which its feed first ran."""

    def __init__(self, seed: int, origin: int) -> None:
        """Draw each court's second within the days between two heartbeats."""
        rng = random.Random(f"beats/{seed}")
        self._seed = seed
        self._first = day_of(origin)
        self._plan = sorted((rng.randrange(EVERY_DAYS * DAY), court.code) for court in COURTS)
        self.begin = bisect_left(self._plan, (origin - midnight(self._first), ""))

    def at(self, number: int) -> int:
        """When a heartbeat is due."""
        turn, place = divmod(number, len(self._plan))
        return midnight(self._first + turn * EVERY_DAYS) + self._plan[place][0]

    def beat(self, number: int) -> dict[str, Any] | None:
        """A heartbeat as a structured CloudEvents object; None if the feed is silent then."""
        turn, place = divmod(number, len(self._plan))
        code = self._plan[place][1]
        if self._is_silent(code, turn):
            return None
        at = instant_text(self.at(number))
        return {
            "specversion": "1.0",
            "id": f"beat-{turn}",
            "source": f"/court/{code}/sim",
            "type": full_type(HEARTBEAT),
            "subject": f"court/{code}",
            "time": at,
            "recordedtime": at,
            "datacontenttype": "application/json",
            "data": {"court_code": code, "at": at},
        }

    def _is_silent(self, code: str, turn: int) -> bool:
        block, place = divmod(turn, _BLOCK)
        rng = random.Random(f"silent/{self._seed}/{code}/{block}")
        if rng.random() >= _SILENT:
            return False
        begin = rng.randrange(1, _BLOCK - _MOST)
        return begin <= place < begin + rng.randint(_FEWEST, _MOST)
