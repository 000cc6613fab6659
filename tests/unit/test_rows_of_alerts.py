"""Who opens rows: who reads cases, and of alerts, who reads those of every rule; no role of today reads cases and only some."""

import asyncio
from typing import cast, get_args

import msgspec
import pytest

from contract.duty.people import Principal
from contract.duty.scope import EVERYTHING, READS, Reads
from contract.indicators.catalogue import INDICATORS, MEASURES
from dashboards import indicator_api, measure_api
from dashboards.asked import AskedFigures, Days, Page, require_rows
from dashboards.identity import Visitor
from dashboards.measure_api import RowsAsked
from dashboards.scene import Scene
from dashboards.view import Denied, View

_MONEY: Reads = msgspec.structs.replace(EVERYTHING, rules=("R-FUND-",))


def viewed(reads: Reads) -> View:
    """A view of somebody at a court, with no scene: what it opens is judged before anything is read."""
    return View(cast("Scene", None), Visitor(principal=Principal(account="p", role="fund_clerk", court="京"), reads=reads))


def test_who_reads_some_rules_alerts_opens_no_rows_of_alerts() -> None:
    """Rows of all else it opens; who reads every rule's opens all."""
    alerts = [name for name, one in MEASURES.items() if one.split == "alert"]
    assert "alerts_raised" in alerts
    for name in MEASURES:
        require_rows(viewed(EVERYTHING), [name])
        if name not in alerts:
            require_rows(viewed(_MONEY), [name])
            continue
        with pytest.raises(Denied, match="every rule"):
            require_rows(viewed(_MONEY), ["filed", name])


def test_nothing_is_read_for_who_may_not_open_it() -> None:
    """Neither the rows of a measure, nor those of an indicator that counts it: it is judged before the warehouse is asked."""
    asked, days, page, rows = (get_args(one)[0]() for one in (AskedFigures, Days, Page, RowsAsked))
    view, scene = viewed(_MONEY), cast("Scene", None)
    counting = [one for one in INDICATORS.values() if any(MEASURES[part.measure].split == "alert" for part in one.num)]
    assert [one.id for one in counting if one.opens_rows()]
    for one in counting:
        with pytest.raises(Denied, match="every rule"):
            asyncio.run(indicator_api.opened(scene, view, one.id, asked, days, page, "num"))
    with pytest.raises(Denied, match="every rule"):
        asyncio.run(measure_api.opened(scene, view, "alerts_raised", asked, rows, days, page))


def test_who_reads_no_cases_opens_no_rows() -> None:
    """Whatever they are of."""
    for role, reads in READS.items():
        if "cases" not in reads.resources:
            with pytest.raises(Denied, match="does not read cases"):
                require_rows(viewed(reads), ["filed"])
        else:
            require_rows(viewed(reads), ["filed", "alerts_raised"])
            assert role not in ("kiosk", "reader")
