"""Counting chains again: from their events to the rows that measures count, and from there to the sums of courts and days.

Each step is one SELECT in `sql`, whose result is a table of a work database; each measure is in a SELECT of `measures`, which
returns the rows that it counts. All of it is computed for *views*: a chain as known at the end of a civil day. A view's rows
less those counted before are what is written, so a day's sums only ever get differences, each under the day on which it was
known.

Nothing here remembers anything: counting the same chains again writes nothing. What was cut off is done again as a whole, since
what says that a chain was counted (`chain_counts`) is written last. Not for several threads at once; of several processes
no two may count the same chain.
"""

import time
import uuid
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from contract.calendar import cn_calendar
from contract.courts import COURTS
from infra.clickhouse.client import ClickHouse
from infra.clickhouse.sql import split_statements

_HERE: Final = Path(__file__).parent
_ENDLESS: Final = 120_000
"""A day number that stands for no end; later than any day that a table can hold."""
_FOUND: Final = (
    "(rootid String, known_on Int32, measure String, court String, from_on Int32, to_on Int32, kind String, subject String, "
    "ref String, amount Int64)"
)
_FOUND_COLUMNS: Final = "rootid, known_on, measure, court, from_on, to_on, kind, subject, ref, amount"
_CORRECTIONS: Final = {"corrections_2": "raw", "corrections_3": "corrections_2"}
"""Tables of corrections with those of corrections applied, each with the table that it goes one deeper than."""
_LEFT: Final = """
SELECT database FROM system.tables WHERE database LIKE %(like)s
GROUP BY database HAVING max(metadata_modification_time) < now() - INTERVAL 1 HOUR
"""
_EPOCH: Final = date(1970, 1, 1)
_DAYS: Final = (date(1990, 1, 1), date(2081, 1, 1))
MOST: Final = 300_000
"""Events times days of knowledge of one chain that are held in memory at once; of a larger one only the latest days are counted
apart. Its sums as known now are the same, what was known on the days before lies on the first of them."""
_SETTINGS: Final = {"max_threads": 1, "compile_expressions": 0, "compile_aggregate_expressions": 0}
"""Most of the time of a step over a few hundred chains goes into reading its SQL; without these it takes a quarter more."""
_SLICE: Final = 400
"""Chains that are counted together: some 30,000 events in memory when one day is new, ten times that when all days are."""


class Counting:
    """Counts chains of one warehouse; see the module.

    Attributes:
        work: Name of its work database, made by `prepare` and dropped by `close`.
        most: See `MOST`.
    """

    def __init__(self, clickhouse: ClickHouse) -> None:
        self._clickhouse = clickhouse
        self.most = MOST
        self.work = f"{clickhouse.database}_work_{uuid.uuid4().hex[:8]}"
        self._steps = [step for path in sorted((_HERE / "sql").glob("*.sql")) for step in _steps_of(path)]
        self._measures = [path.read_text("utf-8") for path in sorted((_HERE / "measures").glob("*.sql"))]
        self._writes = split_statements((_HERE / "writes.sql").read_text("utf-8"))

    def prepare(self) -> None:
        """Make the work database with the days of rest, and write the court tree; drops what a crash left behind."""
        run = self._clickhouse.execute
        for (left,) in self._clickhouse.query_rows(_LEFT, {"like": f"{self._clickhouse.database}_work_%"}):
            run(f"DROP DATABASE IF EXISTS {left}")
        run(f"CREATE DATABASE {self.work}")
        run(f"CREATE TABLE {self.work}.rest (day Int32, next Int32) ENGINE = Memory")
        run(f"CREATE TABLE {self.work}.touched (rootid String, since Int32) ENGINE = Memory")
        run(f"CREATE TABLE {self.work}.found {_FOUND} ENGINE = Memory")
        self._clickhouse.insert_columns(f"{self.work}.rest", _days_of_rest())
        self._clickhouse.insert_columns("courts", _courts())

    def close(self) -> None:
        """Drop the work database."""
        self._clickhouse.execute(f"DROP DATABASE IF EXISTS {self.work}")

    def count(self, touched: Mapping[str, date], stopped: Callable[[], bool] = lambda: False) -> bool:
        """Count chains again, each from a civil day on; returns whether all of them are counted.

        Args:
            touched: {rootid: day of the earliest thing (by receivedtime) that is new of it}.
            stopped: Asked before each slice; once it is true the rest is left.
        """
        roots = sorted(touched.items())
        for at in range(0, len(roots), _SLICE):
            if stopped():
                return False
            self._count(dict(roots[at : at + _SLICE]))
        return True

    def _count(self, touched: Mapping[str, date]) -> None:
        run = self._clickhouse.execute
        run(f"TRUNCATE TABLE {self.work}.touched")
        since = [(day - _EPOCH).days for day in touched.values()]
        self._clickhouse.insert_columns(f"{self.work}.touched", {"rootid": list(touched), "since": since})
        for name, sql in self._steps:
            if name == "rows":
                self._find()
            run(f"CREATE OR REPLACE TABLE {self.work}.{name} ENGINE = Memory AS {self._text(sql)}", settings=_SETTINGS)
        ((changed,),) = self._clickhouse.query_rows(f"SELECT count() FROM {self.work}.changed")
        if changed:
            for sql in self._writes:
                # Others may count other chains of the same courts now. Of sums that overlap that with the last version holds;
                # it was read after it had its version, so all that was written before any other had its own is in it.
                run(self._text(sql, time.time_ns() // 1000))

    def _find(self) -> None:
        """Every row of every measure of the views."""
        self._clickhouse.execute(f"TRUNCATE TABLE {self.work}.found")
        for sql in self._measures:
            found = f"INSERT INTO {self.work}.found SELECT {_FOUND_COLUMNS} FROM ({self._text(sql)})"
            self._clickhouse.execute(found, settings=_SETTINGS)

    def _text(self, sql: str, version: int = 0) -> str:
        return sql.format(work=self.work, endless=_ENDLESS, most=self.most, version=version)


def _steps_of(path: Path) -> list[tuple[str, str]]:
    """(table, SELECT) of a file; that of corrections is done again upon its own result, for corrections of corrections."""
    name, sql = path.stem[3:], path.read_text("utf-8")
    if name != "corrections":
        return [(name, sql)]
    return [(table, sql.replace("{corrections}", f"{{work}}.{before}")) for table, before in _CORRECTIONS.items()]


def _days_of_rest() -> dict[str, list[int]]:
    """Each day that isn't worked, and the next that is."""
    calendar = cn_calendar()
    day, after = _DAYS[1], (_DAYS[1] - _EPOCH).days
    days: list[int] = []
    following: list[int] = []
    while day > _DAYS[0]:
        day -= timedelta(1)
        number = (day - _EPOCH).days
        if calendar.is_workday(day):
            after = number
        else:
            days.append(number)
            following.append(after)
    return {"day": days, "next": following}


def _courts() -> dict[str, list[object]]:
    version = time.time_ns() // 1000
    rows = [
        (one.code, one.name, one.tier, one.parent or "", one.province, [c.code for c in COURTS.ancestors(one.code)], version)
        for one in COURTS
    ]
    names = ("code", "name", "tier", "parent", "province", "above", "version")
    return {name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}
