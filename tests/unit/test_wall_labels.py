"""The page of a case speaks Chinese of every event."""

import re

from contract.catalogue import EVENT_TYPES
from contract.describe import describe
from dashboards.grafana import case_panels
from dashboards.wall.labels import FIELDS, STAGES, label
from streams.cases import state


def test_every_field_has_a_chinese_label() -> None:
    """The page has short labels of its own; the contract's meaning stands in for the others."""
    for kind in EVENT_TYPES.values():
        for doc in describe(kind):
            assert re.search(r"[\u4e00-\u9fff]", label(doc.name.rsplit(".", 1)[-1])), doc.name
    assert label("officer_id") == FIELDS["officer_id"]
    assert label("seq_no") == "第几次查询"
    assert label("x_of_a_foreign_log") == "x_of_a_foreign_log"
    assert (label("to_court", "case.transferred"), label("to_court", "sup.directive_issued")) == ("移入法院", "接收法院")


def test_a_stage_has_one_name() -> None:
    """On the page of a case, on that of rows, and on the board that counts cases by stage."""
    assert tuple(STAGES) == state.STAGES
    (question,) = case_panels.nodes().asks
    assert ", ".join(f"'{word}'" for word in STAGES.values()) in question.text
