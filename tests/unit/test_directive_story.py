"""The story of a directive: what the courts' events are called."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from dashboards.console.story import story

ISSUED = {"type": "sup.directive_issued", "time": "2024-03-01T01:00:00Z", "court": "京"}


@pytest.mark.parametrize(
    ("more", "said"),
    [({}, "签发"), ({"withdraws": True}, "撤回签发"), ({"correctionof": "e1"}, "更正签发")],
)
def test_an_act_that_takes_another_back_is_called_so(more: dict[str, Any], said: str) -> None:
    """It bears the other's type: a withdrawn directive was not issued twice."""
    names = cast("Any", SimpleNamespace(of=lambda account: account))
    assert f"</time> {said} <a" in story(names, {"acts": [ISSUED | more]})
