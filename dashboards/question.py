"""What is asked of the figures: of which court, day and day of knowledge; and one sum of a measure, as SQL of its rows.

Sums (`subtree_days`, `court_days`) and rows (`counted`) have the same columns measure, kind, day and known_on, so that one
condition chooses both, and a sum opens exactly its rows.
"""

import re
from datetime import date
from typing import Any, Final, NamedTuple

from contract.indicators.catalogue import MEASURES
from contract.indicators.model import Term

EVER: Final = date(1900, 1, 1)
"""From when a stock is added up."""
_WORDS: Final = "splitByChar(' ', toString(kind))"
_STAR: Final = r"\*"
DAYS: Final = f"toInt64OrZero({_WORDS}[-1])"
"""The days of a kind that ends with them."""


class Question(NamedTuple):
    """Which figures: of a court (``below``: and all below it), as of a day, as known at the end of another (None: now).

    ``case_types`` chooses kinds where a measure is split by type of case, as a dashboard's variable does; none = all.
    ``apart``: the court is asked for alone by somebody who sees those below it too, and so isn't told what is told of whole
    courts only.
    """

    court: str
    as_of: date
    known_on: date | None = None
    below: bool = True
    case_types: tuple[str, ...] = ()
    apart: bool = False

    def known(self, params: dict[str, Any]) -> str:
        """SQL of what was known then, with AND before it, empty of today; what it names is put into ``params``."""
        if self.known_on is None:
            return ""
        params["known_on"] = self.known_on
        return " AND known_on <= %(known_on)s"


class Kinds(NamedTuple):
    r"""Some of a measure's kinds.

    Attributes:
        case_types: Of a measure that is split by them: these; none = all.
        like: Texts of which a kind (of a twofold one what stands before the last space) is one; ``*`` stands for any text,
            ``\*`` for itself; none = all.
        step: Of a twofold kind its second part; empty = any.
        days: Least and most of the days that a kind ends with; None = open.
    """

    case_types: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    step: str = ""
    days: tuple[int | None, int | None] = (None, None)


ALL_KINDS: Final = Kinds()


class Sum(NamedTuple):
    """A term over days, both ends included, of some of its kinds: everything that one number adds up."""

    term: Term
    first: date
    last: date
    kinds: Kinds = ALL_KINDS

    def takes(self, kind: str) -> bool:
        """Whether a kind counts, as far as its term and types of cases go: all that indicators' values ask for."""
        measure = MEASURES[self.term.measure]
        types = self.kinds.case_types if measure.by_case_type else ()
        return self.term.takes(kind) and (not types or (kind.rpartition(" ")[0] if measure.twofold else kind) in types)

    def condition(self, params: dict[str, Any]) -> str:
        """SQL of its rows, by measure, kind and day; what it names is put into ``params``."""
        params |= {"measure": self.term.measure, "first": self.first, "last": self.last}
        parts = ["measure = %(measure)s", "day BETWEEN %(first)s AND %(last)s"]
        if self.term.kinds:
            parts.append(_of_term(self.term, params))
        measure = MEASURES[self.term.measure]
        stem = f"arrayStringConcat(arrayPopBack({_WORDS}), ' ')" if measure.twofold else "toString(kind)"
        if self.kinds.case_types and measure.by_case_type:
            params["types"] = self.kinds.case_types
            parts.append(f"{stem} IN %(types)s")
        if self.kinds.like:
            parts.append(_like_one_of(stem, self.kinds.like, params))
        if self.kinds.step:
            params["step"] = self.kinds.step
            parts.append(f"{_WORDS}[-1] = %(step)s")
        for name, sign, days in zip(("least", "most"), (">=", "<="), self.kinds.days, strict=True):
            if days is not None:
                params[name] = days
                parts.append(f"{DAYS} {sign} %({name})s")
        return " AND ".join(parts)


def _of_term(term: Term, params: dict[str, Any]) -> str:
    """SQL of whether a kind is one of a term's, or begins so."""
    params["exact"] = [one for one in term.kinds if not one.endswith("*")]
    found = ["has(%(exact)s, toString(kind))"] if params["exact"] else []
    for number, one in enumerate(one for one in term.kinds if one.endswith("*")):
        params[f"begin{number}"] = one[:-1]
        found.append(f"startsWith(kind, %(begin{number})s)")
    return f"({' OR '.join(found)})"


def _like_one_of(text: str, patterns: tuple[str, ...], params: dict[str, Any]) -> str:
    r"""SQL of whether a text is like one of some in which ``*`` stands for any text, and ``\*`` for itself."""
    plain = {one: one.replace(_STAR, "") for one in patterns}
    exact = [one.replace(_STAR, "*") for one, rest in plain.items() if "*" not in rest]
    found = []
    if exact:
        params["like"] = exact
        found.append(f"has(%(like)s, {text})")
    for number, one in enumerate(one for one, rest in plain.items() if "*" in rest):
        params[f"like{number}"] = _like(one)
        found.append(f"{text} LIKE %(like{number})s")
    return f"({' OR '.join(found)})"


def _like(pattern: str) -> str:
    """The pattern of LIKE: it has % for any text, and a backslash before what stands for itself."""
    signs = re.findall(r"\\\*|.", pattern, re.DOTALL)
    return "".join({_STAR: "*", "*": "%", "%": r"\%", "_": r"\_", "\\": r"\\"}.get(sign, sign) for sign in signs)
