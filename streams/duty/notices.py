"""What Alertmanager posts back: each (alert, start, status) of a group is passed on once, to the desk's own group."""

from contract.canonical import short_id
from contract.duty.alerts import About, DeskDuty
from contract.duty.commands import NoticeItem, NoticeTold
from streams.duty.board import WORDS
from streams.duty.deed import Deed
from streams.duty.desk import EVERYONE, page_desk

_REMEMBERED = 500


def take_notice(deed: Deed[DeskDuty], command: NoticeTold) -> None:
    """Pass on what is new in it; a post that was made twice, as a pair of Alertmanagers does, says nothing new."""
    desk = deed.record
    names = {short_id("notice", one.fingerprint, one.starts_at, one.status): one for one in command.items}
    fresh = {name: one for name, one in names.items() if name not in desk.noticed}
    if not fresh:
        return
    desk.noticed = (*desk.noticed, *fresh)[-_REMEMBERED:]
    items = [
        {"rule": one.rule, "court": one.court, "severity": one.severity, "status": one.status, "summary": one.summary}
        for one in fresh.values()
    ]
    desk.rounds += 1
    deed.note("noticed", group=command.group, items=items, truncated=command.truncated)
    about = About(what="noticed", lines=tuple(_line(one) for one in fresh.values()), truncated=command.truncated)
    page_desk(deed, [EVERYONE], "notice", about)


def _line(item: NoticeItem) -> str:
    ended = "（已恢复）" if item.status == "resolved" else ""
    return f"{WORDS.get(item.severity, '')} {item.summary}{ended}".strip()
