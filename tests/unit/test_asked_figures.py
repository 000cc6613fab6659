"""What an address asks for, within what the visitor sees."""

from datetime import date
from typing import cast, get_args

import pytest

from contract.duty.people import Principal
from contract.duty.scope import EVERYTHING
from dashboards.asked import AskedFigures, question_of
from dashboards.identity import Visitor
from dashboards.problems import Unanswerable
from dashboards.question import Question
from dashboards.scene import Scene
from dashboards.view import Denied, View

_DAY = date(2024, 6, 30)
_GONE = "外01"
"""A court that the tree lacks: one that was dissolved after somebody was bound to it."""


def asked(view: View, court: str | None, *, below: bool = True) -> Question:
    """The question of an address that names a court, or none."""
    return question_of(view, get_args(AskedFigures)[0](court=court, as_of=_DAY, below=below))


def viewed(court: str) -> View:
    """A view of a duty officer of a court, with no scene: the day is said."""
    return View(
        cast("Scene", None), Visitor(principal=Principal(account="p", role="duty_officer", court=court), reads=EVERYTHING)
    )


def test_a_court_that_the_tree_lacks_is_asked_for_by_its_name_too() -> None:
    """By who is bound to it, for whom it is what is asked for by default; for all others there is no such court."""
    assert asked(viewed(_GONE), _GONE) == asked(viewed(_GONE), None) == Question(_GONE, _DAY, below=False)
    for view, court in ((viewed("京"), _GONE), (viewed(_GONE), "外02")):
        with pytest.raises(Unanswerable) as error:
            asked(view, court)
        assert error.value.status_code == 404
    with pytest.raises(Denied):
        asked(viewed(_GONE), "京")


def test_a_court_alone_is_asked_for_apart_by_who_sees_those_below_it() -> None:
    """Not where there is none below it: then it is whole."""
    assert asked(viewed("京"), None, below=False) == Question("京", _DAY, below=False, apart=True)
    assert asked(viewed("京"), "京0105", below=False) == Question("京0105", _DAY, below=False)
    assert asked(viewed("京"), "京") == Question("京", _DAY)
