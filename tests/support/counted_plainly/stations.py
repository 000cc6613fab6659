"""Measures of what stands somewhere on its way: *Stage*, *Step of an asset*, *Step of a directive*."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby, pairwise

from counted_plainly.log import Case, Heard
from counted_plainly.proceedings import Proceeding, proceedings
from counted_plainly.rows import Row

_STAGES = {
    "FILED": ("case.filed", "case.restored"),
    "ASSIGNED": ("case.officer_assigned",),
    "NOTIFIED": ("case.notice_issued",),
    "INVESTIGATING": ("inquiry.requested",),
    "CONTROLLED": ("asset.controlled",),
    "DISPOSING": ("asset.price_started", "auction.announced"),
    "DISTRIBUTING": ("fund.received", "fund.matched"),
}
_STEPS = {
    "asset.price_started": "定价中",
    "asset.price_determined": "已定价",
    "auction.revoked": "已定价",
    "auction.announced": "已公告",
    "auction.failed": "流拍",
    "auction.sold": "已成交",
    "auction.paid_in_full": "已付清",
}
_OVER = ("auction.ruling_served", "auction.delivered", "asset.in_kind_settled", "asset.paid_over")
_UPWARD = ("请示", "报请", "请求复议", "协调", "通报")
_IDLE = timedelta(days=90)


def of_case(case: Case) -> Iterator[Row]:
    """All such rows of a case."""
    stages = list(_stages(case))
    for one in proceedings(case):
        yield from _on_the_way(one, stages)
    yield from _assets(case)
    yield from _directives(case)


def _stages(case: Case) -> Iterator[tuple[Heard, str]]:
    """Each event with the stage of the case after it."""
    names = list(_STAGES)
    stage = "RECEIVED"
    for one in case.events:
        reached = next((name for name, events in _STAGES.items() if one.name in events), None)
        if one.name == "case.restored":
            stage = "FILED"
        elif reached is not None and (stage == "RECEIVED" or names.index(reached) > names.index(stage)):
            stage = reached
        yield one, stage


def _on_the_way(one: Proceeding, stages: list[tuple[Heard, str]]) -> Iterator[Row]:
    mine = [
        (event, stage)
        for event, stage in stages
        if event.place >= one.opening.place and (one.ending is None or event.place < one.ending.place)
    ]
    runs = [(stage, next(events)[0].day) for stage, events in groupby(mine, key=lambda pair: pair[1])]
    for (stage, day), end in zip(runs, [*(day for _, day in runs[1:]), one.ended_on], strict=True):
        yield Row("open_at", one.opening.court, f"{one.type} {stage}", day, end=end)
    places = [event.place for event in one.case.events]
    for event, stage in mine:
        at = places.index(event.place) + 1
        end = one.case.events[at].day if at < len(places) else None
        yield Row("idle_at", one.opening.court, f"{one.type} {stage}", event.day + _IDLE, end=end)


def _assets(case: Case) -> Iterator[Row]:
    announced = case.firsts("auction_id", "auction.announced")
    told: dict[str, list[Heard]] = {}
    for one in case.of("asset.controlled", "asset.released", *_STEPS, *_OVER):
        asset = one.told("asset_id")
        if one.name.startswith("auction."):
            first = announced.get(one.told("auction_id") or "")
            asset = None if first is None or first.place > one.place else first.told("asset_id")
        if asset is not None and (one.name != "asset.released" or one.told("scope") != "部分"):
            told.setdefault(asset, []).append(one)
    for events in told.values():
        steps: list[tuple[Heard, str]] = []
        for one in events:
            if one.name != "asset.controlled":
                steps.append((one, _STEPS.get(one.name, "")))
            elif not steps or not steps[-1][1]:
                steps.append((one, "已控制"))
        for (one, step), end in zip(steps, [*(each.day for each, _ in steps[1:]), None], strict=True):
            if step:
                yield Row("assets_at", one.owner, step, one.day, end=end)


def _directives(case: Case) -> Iterator[Row]:
    issued = Case(
        case.rootid, case.subject, [one for one in case.of("sup.directive_issued") if one.told("kind") not in _UPWARD]
    )
    for directive_id, one in issued.firsts("directive_id", "sup.directive_issued").items():
        steps = [(one.day, "已发出")]
        for each in case.of("sup.directive_received", "sup.feedback_submitted", "sup.directive_closed"):
            if each.told("directive_id") != directive_id or each.place < one.place:
                continue
            name = {"sup.directive_received": "已签收", "sup.feedback_submitted": "已反馈"}.get(each.name)
            steps.append((each.day, name or ("已退回" if each.told("verdict") == "退回" else "")))
            if not steps[-1][1]:
                break
        for (day, step), (end, _) in pairwise([*steps, (None, "")]):
            if step and day is not None:
                yield Row("directives_at", one.told("to_court") or one.owner, f"{one.told('kind') or ''} {step}", day, end=end)
