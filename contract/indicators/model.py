"""What a measure and an indicator are.

A **measure** counts rows. A row has a court, a kind (what the measure splits by), a subject, what it names within the subject,
and an amount (1 where things are counted). A *flow* row counts on one day; a *stock* row counts on every day from its first
day on, up to but without its end day. The value of a measure for a court, over a window, is the sum of its rows' amounts:
those whose day lies in the window (flow), or those that stand at the end of one day (stock). So values of courts and days can
be added, and a value opens exactly the rows that it is the sum of.

An **indicator** is a ratio of sums of measures: (num, den) of a court and all below it are the sums over the courts, and the
division comes last. Ratios are never averaged.
"""

from typing import Literal

import msgspec

Counts = Literal["flow", "stock"]
Split = Literal[
    "case_type",
    "case_type_days",
    "case_type_stage",
    "institution",
    "institution_days",
    "control",
    "asset_step",
    "matter",
    "province",
    "directive",
    "directive_step",
    "theme",
    "mission",
    "field",
    "alert",
    "quarter",
    "none",
]
Amount = Literal["count", "number", "fen", "days", "people"]
Window = Literal["year", "rolling_3y", "rolling_3m", "rolling_30d", "month", "quarter", "day"]
When = Literal["window", "begin", "end"]
Unit = Literal["ratio", "index", "days", "fen", "count", "per_person"]
Better = Literal["higher", "lower", "neither"]
Compose = Literal["mean", "least", "weighted"]
Mark = Literal["✔", "○", "◆"]
Part = Literal["num", "den", "days"]
"""What of an indicator opens rows: above the line, below it, and what is counted by days, of which median and P90 are read."""


_TWOFOLD = frozenset({"case_type_days", "case_type_stage", "institution_days", "directive_step"})


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same in Chinese and English."""

    zh: str
    en: str


class Measure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One additive quantity.

    Attributes:
        id: Its name, in the tables too.
        name: What it is called.
        counts: Whether its rows count on a day or while they stand.
        rows: Which rows there are: exactly, in the terms of `contract.indicators.words`.
        split: What the kind of a row is; none = the kind is empty. ``case_type_days``: type and a number of days, ``执 95``;
            so ``case_type_stage``, ``institution_days``, ``directive_step``.
        amount: Unit of the amounts: ``count`` = each row is one; ``number`` = it tells how many.
    """

    id: str
    name: Words
    counts: Counts
    rows: str
    split: Split = "none"
    amount: Amount = "count"

    @property
    def by_case_type(self) -> bool:
        """Whether a kind is, or begins with, a type of cases."""
        return self.split.startswith("case_type")

    @property
    def twofold(self) -> bool:
        """Whether a kind is two things with a space between: what it is, and a number of days, a stage or a step."""
        return self.split in _TWOFOLD

    @property
    def by_days(self) -> bool:
        """Whether the second of two things is a number of days."""
        return self.split.endswith("_days")


class Term(msgspec.Struct, frozen=True):
    """One measure in a sum.

    Attributes:
        measure: Its id.
        when: A flow: over the ``window``. A stock: at the ``end`` of the window's last day, or at the ``begin``: the end of
            the day before the window's first.
        kinds: Kinds whose rows count; none = all. One that ends with ``*`` stands for all that begin so.
    """

    measure: str
    when: When = "window"
    kinds: tuple[str, ...] = ()

    def takes(self, kind: str) -> bool:
        """Whether rows of a kind count."""
        return not self.kinds or any(kind.startswith(one[:-1]) if one.endswith("*") else kind == one for one in self.kinds)


class Interval(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Within which a value is no reason to look closer; a bound that is None is open.

    ``verified``: the bound is an official target; else a 管理参数, and shown as such.
    """

    low: float | None = None
    high: float | None = None
    verified: bool = False


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """One figure that is shown.

    Attributes:
        id: ``I-05``; a further figure of the same indicator is ``I-05.b``.
        name: What it is called.
        window: Over which days, seen from the day as of which it is asked.
        unit: ratio, index, days, per_person: num/den; fen, count: num.
        mark: Provenance: ✔ read in a public text, ○ common practice, ◆ ours. ◆ is shown as 管理参数.
        citation: Where name, target or formula come from.
        num: What is added up above the line.
        den: Below the line; none = the value is the numerator. A ratio whose denominator is 0 has no value.
        num_words: The numerator, or how a composite is made, in words.
        den_words: The denominator; None without one.
        of: Ids of the indicators that a composite is made of, each over its own window; it has no terms of its own.
        compose: How: the ``mean`` or the ``least`` of their values, or one less their ``weighted`` sum; never below 0 where
            weighted. Those without a value are left out of a mean and of the least, and make a weighted one have none.
        weights: Of each of ``of``, where weighted.
        better: Which direction is better.
        interval: See there.
        proxy: What it can't say, since the log lacks the data, and what is counted instead; empty = nothing.
        courts: Whether the denominator is the number of courts in scope (of the court tree), since no measure counts them.
        median: The measure that counts the things of ``den`` by days; of its kinds median and P90 are read. Empty = none.
        suppressed_below: A numerator that is positive and below this is not told.
        whole_court: Never told of less than a court and a quarter: no drill-down to rows.
        missing: Why it can't be computed at all from this log; such a one has no value.
    """

    id: str
    name: Words
    window: Window
    unit: Unit
    mark: Mark
    citation: str
    num: tuple[Term, ...] = ()
    den: tuple[Term, ...] = ()
    num_words: Words | None = None
    den_words: Words | None = None
    of: tuple[str, ...] = ()
    compose: Compose | None = None
    weights: tuple[float, ...] = ()
    better: Better = "neither"
    interval: Interval = Interval()
    proxy: str = ""
    courts: bool = False
    median: str = ""
    suppressed_below: int = 0
    whole_court: bool = False
    missing: str = ""

    @property
    def is_parameter(self) -> bool:
        """Whether formula or number are ours, so that it is shown as 管理参数."""
        return self.mark == "◆"

    def terms(self) -> tuple[Term, ...]:
        """All its terms."""
        return self.num + self.den

    def by_days(self) -> Term:
        """What median and P90 are read of: the measure that counts by days, over the types of cases of the denominator."""
        return Term(self.median, kinds=tuple(f"{kind} *" for part in self.den for kind in part.kinds))

    def part(self, name: Part) -> tuple[Term, ...]:
        """The terms of a part; none if it has no such."""
        return {"num": self.num, "den": self.den, "days": (self.by_days(),) if self.median else ()}[name]

    def opens_rows(self, of: Part = "num") -> bool:
        """Whether the rows of a part may be told and are any."""
        return not self.whole_court and bool(self.part(of))

    def value(self, num: int, den: int | None) -> float | None:
        """The value of sums (of no composite): the numerator, or the ratio; None where there is nothing to divide by."""
        if den is None:
            return float(num)
        return num / den if den else None
