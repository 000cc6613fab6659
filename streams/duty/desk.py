"""What concerns a whole desk: digests, and floods.

Alerts of a court lie in all partitions; its desk is one target, which they tell. It sends one digest at 08:30 and at 14:00
(policies say so) of what needs no page of its own, one after a maintenance window, and one of what a rebuild found. More than
ten alerts that ask for its attention in ten minutes are a flood (ISA-18.2): until fewer than five come in ten minutes, pages of
other than red alerts are put together, one for each rule, and a digest ends it.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from contract.duty.alerts import About, DeskDuty, Listed, Rebuilt, Why
from contract.duty.commands import Flood, LinkTold
from contract.duty.policy import Channel
from contract.times import SHANGHAI
from streams.duty.deed import Deed
from streams.duty.pages import make_pages, time_is_up

FLOOD_MORE_THAN = 10
FLOOD_UNDER = 5
FLOOD_SPAN = timedelta(minutes=10)
BUNDLE = timedelta(minutes=2)
"""How long what is to go as one waits for what comes with it."""
CHANNELS: tuple[Channel, ...] = ("robot", "mail", "webhook")
EVERYONE = ""
"""The account of a page to a desk's group instead of a person."""
_REBUILDS_KEPT = 20
"""Of how many rebuilds a desk remembers that it told of them."""
REBUILD_SETTLES = timedelta(minutes=10)
"""How long nothing more of a rebuild has come when its digest goes; what comes later stands in the desk's next digest."""
RECOMPUTED = "recomputed"
"""The engine's reason for what a rebuild found, and why a digest lists it."""
MOST_ITEMS = 200
"""How many alerts a digest names; the rest are counted, and stand in the queue."""
PREFIX = "desk/"


def new_desk(target: str) -> DeskDuty:
    """A desk of which nothing was told yet."""
    return DeskDuty(id=target, court=target.removeprefix(PREFIX))


def take_desk_link(deed: Deed[DeskDuty], command: LinkTold) -> None:
    """An alert asks for attention, is to be listed, or no longer; the next digest tells of a retracted one that one named."""
    desk, detail = deed.record, command.detail
    if command.what == "unlisted":
        waits = _unlisted(desk, command.source)
        if not waits and detail.get("retracted"):
            _list(deed, command.source, Listed(detail["rule"], detail["severity"], "retracted"), "")
    elif command.what == "paging":
        _arrived(deed)
    elif command.what == "listed" and detail.get("rebuild") is not None and detail["rebuild"] not in desk.rebuilds:
        _list_rebuilt(deed, command.source, Listed(detail["rule"], detail["severity"], detail["why"]), detail["rebuild"])
    elif command.what == "listed":
        _list(deed, command.source, Listed(detail["rule"], detail["severity"], detail["why"]), detail.get("policy", ""))


def _unlisted(desk: DeskDuty, alert: str) -> bool:
    """Forget an alert that waits; False if no digest waited with it."""
    found = [held.pop(alert) for held in (desk.waiting, *(one.items for one in desk.rebuilt.values())) if alert in held]
    return bool(found)


def _list_rebuilt(deed: Deed[DeskDuty], alert: str, item: Listed, rebuild: str) -> None:
    """Let an alert wait for the one digest of a rebuild: at the next time of day, and not while more of it comes."""
    found = deed.record.rebuilt.setdefault(rebuild, Rebuilt(_next_digest(deed, "")))
    found.digest_at = max(found.digest_at, deed.now + REBUILD_SETTLES)
    if len(found.items) < MOST_ITEMS or alert in found.items:
        found.items[alert] = item
    else:
        found.more += 1


def _list(deed: Deed[DeskDuty], alert: str, item: Listed, policy: str) -> None:
    """Let an alert wait for a digest, or for the end of a flood."""
    desk = deed.record
    if len(desk.waiting) < MOST_ITEMS or alert in desk.waiting:
        desk.waiting[alert] = item
    else:
        desk.more += 1
    if item.why == "flood":
        _arrived(deed)
        _put_together(deed, item.rule)
    else:
        due = deed.now + BUNDLE if item.why == "window" else _next_digest(deed, policy)
        desk.digest_at = due if desk.digest_at is None else min(desk.digest_at, due)


def next_due(desk: DeskDuty) -> datetime | None:
    """When something is next due."""
    return min(_timers(desk), default=None)


def _timers(desk: DeskDuty) -> list[datetime]:
    found = [at for page in desk.pages if (at := page.due_at) is not None]
    if desk.digest_at is not None:
        found.append(desk.digest_at)
    found += [one.digest_at for one in desk.rebuilt.values()]
    if desk.flood_since is not None:
        found.append(_calm_at(desk))
    return found


def time_passed(deed: Deed[DeskDuty]) -> None:
    """Let the first thing that is due happen; there is one."""
    desk = deed.record
    due = next_due(desk)
    assert due is not None
    if desk.flood_since is not None and _calm_at(desk) == due:
        _flood_is_over(deed)
    elif desk.digest_at == due:
        _send_digest(deed)
    elif (rebuild := next((name for name, one in desk.rebuilt.items() if one.digest_at == due), None)) is not None:
        _send_rebuilt(deed, rebuild)
    else:
        time_is_up(deed, due)


def _arrived(deed: Deed[DeskDuty]) -> None:
    desk = deed.record
    desk.arrivals = (*desk.arrivals[-FLOOD_MORE_THAN:], deed.now)
    crowded = len(desk.arrivals) > FLOOD_MORE_THAN and desk.arrivals[0] > deed.now - FLOOD_SPAN
    if crowded and desk.flood_since is None:
        desk.flood_since = deed.now
        deed.change("flood_began", arrivals=len(desk.arrivals))
        deed.tell_everybody(Flood(court=desk.court, since=deed.now))


def _calm_at(desk: DeskDuty) -> datetime:
    """The instant at which fewer than five have come in ten minutes, if no more come."""
    return desk.arrivals[-FLOOD_UNDER] + FLOOD_SPAN


def _flood_is_over(deed: Deed[DeskDuty]) -> None:
    desk = deed.record
    assert desk.flood_since is not None
    deed.change("flood_ended", since=desk.flood_since, together=dict(desk.flood))
    deed.tell_everybody(Flood(court=desk.court, since=desk.flood_since, over=True))
    desk.flood_since, desk.flood = None, {}
    if desk.waiting:
        desk.digest_at = deed.now


def _put_together(deed: Deed[DeskDuty], rule: str) -> None:
    """The first of a rule in a flood pages for all of them."""
    desk = deed.record
    count = desk.flood[rule] = desk.flood.get(rule, 0) + 1
    if count == 1:
        _page(deed, About(what="flood", rule=rule), rule=rule)
    if desk.flood_since is None:
        # It was over for the desk before the alert's partition knew: what is listed goes at once.
        desk.flood = {}
        desk.digest_at = deed.now + BUNDLE


def _send_digest(deed: Deed[DeskDuty]) -> None:
    """One message for everything that waits; nobody being there, it waits for the next time, if there is a roster at all."""
    desk = deed.record
    desk.digest_at = None
    if not desk.waiting:
        return
    sent = _page(deed, _about("digest", desk.waiting, desk.more), **_listing(desk.waiting, desk.more))
    if sent or not deed.desks.is_covered(desk.court, deed.now):
        desk.waiting, desk.more = {}, 0
    else:
        desk.digest_at = _next_digest(deed, "")


def _send_rebuilt(deed: Deed[DeskDuty], rebuild: str) -> None:
    """Tell the desk's group what a rebuild found, once; it is nobody's page, and a desk without a roster has it in the log."""
    desk = deed.record
    found = desk.rebuilt.pop(rebuild)
    desk.rebuilds = (*desk.rebuilds[1 - _REBUILDS_KEPT :], rebuild)
    if not found.items:
        return
    desk.rounds += 1
    deed.note("rebuild_digest", rebuild=rebuild, **_listing(found.items, found.more))
    if deed.desks.is_covered(desk.court, deed.now):
        page_desk(deed, [EVERYONE], "digest", _about("rebuild_digest", found.items, found.more))


def _listing(waiting: dict[str, Listed], more: int) -> dict[str, Any]:
    """What a digest says: the alerts that it names, how many there are, and how many of each severity among those named."""
    items = [{"alert": name, "rule": one.rule, "severity": one.severity, "why": one.why} for name, one in waiting.items()]
    return {"items": items, "total": len(items) + more, "counts": dict(Counter(one.severity for one in waiting.values()))}


def _about(what: str, waiting: dict[str, Listed], more: int) -> About:
    rules = Counter((one.rule, one.severity) for one in waiting.values())
    return About(what=what, rules=tuple((*key, count) for key, count in sorted(rules.items())), total=len(waiting) + more)


def page_desk(deed: Deed[DeskDuty], accounts: Sequence[str], why: Why, about: About) -> None:
    """Page people of a desk, or its group, and keep what about while it may have to be sent."""
    desk = deed.record
    before = {page.id for page in desk.pages}
    make_pages(deed, [(desk.court, account) for account in accounts], CHANNELS, why)
    waiting = [page.id for page in desk.pages if page.state == "due" or page.is_out]
    desk.about = {name: desk.about.get(name, about) if name in before else about for name in waiting}


def _page(deed: Deed[DeskDuty], about: About, **detail: Any) -> bool:
    """Page the officers on call, or the leader; False and said so if nobody is there."""
    desk = deed.record
    held = deed.desks.on_call(desk.court, deed.now)
    people = held.get("officer", ()) or held.get("officer_b", ()) or held.get("leader", ())
    if not people:
        deed.note("nobody_on_call", meant_for=about.what, uncovered=not deed.desks.is_covered(desk.court, deed.now))
        return False
    desk.rounds += 1
    deed.note(about.what, **detail)
    page_desk(deed, people, "flood" if about.what == "flood" else "digest", about)
    return True


def _next_digest(deed: Deed[DeskDuty], policy: str) -> datetime:
    """The next of the digest's times of day, of any day."""
    times = deed.desks.policy(policy, "yellow").digest_at or ("08:30", "14:00")
    today = deed.now.astimezone(SHANGHAI).date()
    days = (today, today + timedelta(days=1))
    found = (datetime.combine(day, time.fromisoformat(at), SHANGHAI).astimezone(UTC) for day in days for at in times)
    return min(at for at in found if at > deed.now)
