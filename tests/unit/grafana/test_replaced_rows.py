"""Rows that are written anew replace those before them: a query that looks at a table of such reads it as replaced."""

import re

import pytest
from grafana_queries import ASKED, Asked

_REPLACED = ("counted", "court_days", "courts", "figured", "subtree_days", "subtree_months")
_READ = re.compile(rf"(?:FROM|JOIN) ({'|'.join(_REPLACED)})\b(?! FINAL\b)")


@pytest.mark.parametrize("one", ASKED, ids=lambda one: f"{one.board.uid} {one.panel.title}")
def test_every_panel_reads_sums_and_courts_as_replaced(one: Asked) -> None:
    """Else a row would count twice until a merge, which may be soon or never."""
    assert _READ.findall(one.sql) == []
