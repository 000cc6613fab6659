"""Pages: due → claimed → sent → delivered, or failed, or unknown; and their reconciliation.

A page is made once for a person, level and round, and a notifier must claim it before it sends: the first claim wins, so nobody
is paged twice for one step. A claimed page of which nothing is heard may have left; it is `unknown` by that channel and goes by
the next one. When all channels are spent it is named: `page_failed`, `page_unknown`. What nobody claims is `page_late`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from contract.canonical import short_id
from contract.duty.alerts import AlertDuty, DeskDuty, Page, Why
from contract.duty.commands import PageClaim, PageResult
from contract.duty.policy import Channel
from streams.duty.deed import Deed
from streams.duty.outcome import Refusal

Paging = Deed[AlertDuty] | Deed[DeskDuty]
"""A deed upon something for which people are paged."""

_KEPT = 24
"""Settled pages that a record keeps; all of them stand in the decisions."""


def make_pages(
    deed: Paging, people: Iterable[tuple[str, str]], channels: Sequence[Channel], why: Why, *, step: int = 0
) -> None:
    """Page people, each once; what was said last gets them as ``pages``."""
    record = deed.record
    ladder = {"step", "empty_step"}
    told = {page.account for page in record.pages if page.at == deed.now and page.state == "due" and page.why in ladder}
    made = [
        Page(
            id=short_id("page", record.id, record.level, record.rounds, account, why),
            step=step,
            level=record.level,
            account=account,
            desk=desk,
            why=why,
            channel=channels[0] if channels else "webhook",
            left=tuple(channels[1:]),
            at=deed.now,
            speed=deed.desks.speed,
        )
        for desk, account in people
        if account not in told
    ]
    record.pages = (*_kept(record.pages), *made)
    deed.add_to_last(pages=[_told(page) for page in made])


def _told(page: Page) -> dict[str, object]:
    return {"id": page.id, "account": page.account, "desk": page.desk, "channel": page.channel, "why": page.why}


def _kept(pages: tuple[Page, ...]) -> tuple[Page, ...]:
    settled = [page for page in pages if page.state != "due" and not page.is_out]
    gone = {page.id for page in settled[: max(0, len(settled) - _KEPT)]}
    return tuple(page for page in pages if page.id not in gone)


def claim(deed: Paging, command: PageClaim) -> Refusal | None:
    """A notifier wants to send a page by the channel in hand."""
    page = _page(deed.record, command.page)
    if page is None:
        return Refusal("unknown_page", "没有这条通知")
    if page.state == "dropped":
        return Refusal("no_longer_due", "该通知已不需要发送")
    if page.state != "due":
        return Refusal("already_claimed", "该通知已被领取，不再重复发送", {"state": page.state})
    if page.channel != command.channel:
        return Refusal("other_channel", f"该通知现走{page.channel}渠道", {"channel": page.channel})
    page.state, page.at = "claimed", deed.now
    if page.account not in deed.record.paged:
        deed.record.paged = (*deed.record.paged, page.account)
    deed.note("page_claimed", page=page.id, channel=page.channel, account=page.account)
    return None


def result(deed: Paging, command: PageResult) -> Refusal | None:
    """What became of a page; news of a channel that was given up counts only if it did arrive after all."""
    page = _page(deed.record, command.page)
    if page is None:
        return Refusal("unknown_page", "没有这条通知")
    page.provider_id = command.provider_id or page.provider_id
    if command.result == "delivered":
        # Whatever was tried since: the person has it, and isn't told again.
        if page.state != "dropped":
            page.state, page.channel, page.left, page.at = "delivered", command.channel, (), deed.now
        deed.note("page_delivered", page=page.id, channel=command.channel, account=page.account)
    elif page.channel != command.channel or not page.is_out:
        deed.note("page_result_late", page=page.id, channel=command.channel, result=command.result)
    elif command.result == "sent":
        page.state, page.at = "sent", deed.now
        deed.note("page_sent", page=page.id, channel=page.channel, account=page.account)
    else:
        page.error = command.error
        _next_channel(deed, page, "failed")
    return None


def time_is_up(deed: Paging, due: datetime) -> None:
    """The time of a page is over in the state that it is in."""
    for page in deed.record.pages:
        if page.due_at == due:
            if page.state == "due":
                page.late = True
                deed.note("page_late", page=page.id, channel=page.channel, account=page.account)
            else:
                _next_channel(deed, page, "unknown")
            return


def _next_channel(deed: Paging, page: Page, end: str) -> None:
    """Go on by the next channel while somebody is still waited for; else the page ends so."""
    record = deed.record
    detail = {"page": page.id, "channel": page.channel, "account": page.account, "error": page.error}
    page.at, page.late = deed.now, False
    if page.left and (record.climbs or page.why in {"retracted", "assigned"}):
        page.channel, page.left, page.state = page.left[0], page.left[1:], "due"
        deed.note("page_next_channel", because=end, next=page.channel, **detail)
        deed.add_to_last(pages=[_told(page)])
    else:
        page.state = "failed" if end == "failed" else "unknown"
        deed.note(f"page_{end}", **detail)


def settle(deed: Paging, by: str = "") -> None:
    """Nobody need be paged any longer: what is due is dropped; who answered has had it."""
    for page in deed.record.pages:
        if page.why == "retracted":
            continue
        if page.is_out and page.account == by:
            page.state, page.at = "delivered", deed.now
        elif page.state == "due":
            page.state, page.at = "dropped", deed.now


def take_back(deed: Deed[AlertDuty], reason: str, acted: Iterable[str]) -> None:
    """Tell everybody who was paged, or acted on it, that the alert was retracted."""
    record = deed.record
    settle(deed)
    record.rounds += 1
    policy = deed.desks.policy(record.policy or deed.desks.current, record.severity)
    otherwise = policy.steps[0].channels if policy.steps else ("webhook",)
    channels = {page.account: (page.channel, *page.left) for page in record.pages if page.account in record.paged}
    desks = {page.account: page.desk for page in record.pages}
    for account in dict.fromkeys((*record.paged, *acted)):
        made = [(desks.get(account, record.home), account)]
        deed.note("recalled", account=account, text=f"此前预警已撤回，原因：{reason}")
        make_pages(deed, made, channels.get(account, otherwise), "retracted")
    record.paged = ()


class Unreconciled(NamedTuple):
    """A page of which nobody can say that it arrived."""

    alert: str
    page: str
    account: str
    channel: str
    state: str
    since: datetime


def reconcile(records: Iterable[AlertDuty | DeskDuty]) -> list[Unreconciled]:
    """Every page that is late, failed or unknown: what must be looked after by hand."""
    return [
        Unreconciled(record.id, page.id, page.account, page.channel, "late" if page.late else page.state, page.at)
        for record in records
        for page in record.pages
        if page.state in {"failed", "unknown"} or (page.state == "due" and page.late)
    ]


def _page(record: AlertDuty | DeskDuty, name: str) -> Page | None:
    return next((page for page in record.pages if page.id == name), None)
