"""Which figures an address asks for: its query parameters, and the question that they make within what the visitor sees."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Query

from contract.courts import COURTS
from contract.indicators.catalogue import MEASURES
from contract.times import FIRST_DAY, LAST_DAY, civil_date
from dashboards.problems import Unanswerable
from dashboards.question import Question
from dashboards.view import Denied, View

_ALL = "All"
_BETWEEN = re.compile(r"[\s,+]+")
"""Grafana writes several values of a variable as a text with " + " between them."""

ANY_DAY = {"ge": FIRST_DAY, "le": LAST_DAY}
Court = Annotated[str | None, Query(description="法院代字; the court and all below it; default: the visitor's own")]
Below = Annotated[bool, Query(description="false: of the court alone, without those below it")]
AsOf = Annotated[
    date | None,
    Query(**ANY_DAY, description="the last day of the window; default: the day of the data"),
]
KnownOn = Annotated[
    date | None,
    Query(**ANY_DAY, description="as it was known at the end of this day; default: as it is known now"),
]
CaseType = Annotated[
    str,
    Query(description="types of cases, such as 执,执恢, where what is counted is split by them; All = all of them"),
]

_SO_MANY = {"ge": 0, "le": 1_000_000}


@dataclass(frozen=True)
class _Figures:
    court: Court = None
    below: Below = True
    as_of: AsOf = None
    known_on: KnownOn = None
    case_type: CaseType = _ALL


@dataclass(frozen=True)
class _Page:
    limit: Annotated[int, Query(ge=1, le=1000)] = 100
    offset: Annotated[int, Query(ge=0, le=100_000_000)] = 0


@dataclass(frozen=True)
class _Days:
    min_days: Annotated[
        int | None, Query(**_SO_MANY, description="of what is counted by days: those that took so many or more")
    ] = None
    max_days: Annotated[
        int | None, Query(**_SO_MANY, description="of what is counted by days: those that took so many or less")
    ] = None

    @property
    def bounds(self) -> tuple[int | None, int | None]:
        """Least and most; None = open."""
        return self.min_days, self.max_days

    @property
    def bounded(self) -> bool:
        """Whether any are left out."""
        return self.bounds != (None, None)


AskedFigures = Annotated[_Figures, Depends()]
"""Which figures, as an address says it."""
Page = Annotated[_Page, Depends()]
"""Which of the rows."""
Days = Annotated[_Days, Depends()]
"""Which of the rows that are counted by days."""


def require_rows(view: View, measures: Iterable[str] = ()) -> None:
    """Let pass who opens rows of some measures: it reads cases, and where the rows are alerts, those of every rule.

    Raises:
        Denied: With the reason.
    """
    view.require("cases")
    if any(MEASURES[one].split == "alert" for one in measures) and "" not in view.visitor.reads.rules:
        raise Denied(
            f"the role {view.visitor.principal.role} does not read the alerts of every rule",
            "您的角色不能查看所有规则的预警",
        )


def question_of(view: View, asked: AskedFigures) -> Question:
    """What is asked, within what the visitor sees.

    Raises:
        Unanswerable: 404 for a court that isn't there; 503 where nothing says which day it is.
        Denied: The court lies outside the visitor's scope.
    """
    # Somebody may be bound to a court that the tree lacks, and sees its figures by default; so also by its name.
    if asked.court is not None and COURTS.get(asked.court) is None and asked.court != view.scope.court:
        raise Unanswerable(404, f"no court has the code {asked.court!r}", f"没有代字为“{asked.court}”的法院")
    found = view.court_of_figures(asked.court)
    as_of = asked.as_of or day_of_data(view)
    # Who sees the courts below too could take what is told of them from what is told of all.
    apart = found.below and not asked.below and bool(COURTS.children(found.court))
    return Question(found.court, as_of, asked.known_on, found.below and asked.below, case_types(asked.case_type), apart)


def day_of_data(view: View) -> date:
    """The civil day that the data live at. Raises Unanswerable 503 where there are none yet."""
    now = view.now()
    if now is None:
        raise Unanswerable(
            503,
            "there are no data yet, so there is no day as of which to ask: give as_of",
            "尚无数据，无从确定截至哪一天；可在地址中给出 as_of",
        )
    return civil_date(now)


def case_types(text: str) -> tuple[str, ...]:
    """The types of cases in a text; none = all of them."""
    types = tuple(one for one in _BETWEEN.split(text) if one)
    return () if _ALL in types else types


def said(question: Question) -> dict[str, Any]:
    """What was asked, as every answer repeats it."""
    asked = {"court": question.court, "below": question.below, "as_of": question.as_of, "known_on": question.known_on}
    return asked | ({"case_types": question.case_types} if question.case_types else {})
