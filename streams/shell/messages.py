"""Pages as messages for a channel: each for itself, or several for one person in a digest."""

from collections.abc import Sequence

from infra.channels.base import Message
from streams.duty.board import DuePage


def page_message(page: DuePage, link: str) -> Message:
    """One page."""
    where = "" if not link else f"{link}/duty/alert/{page.target}" if "/" not in page.target else f"{link}/duty"
    return Message(id=page.id, title=page.title, text="\n".join(page.lines), link=where, urgent=page.urgent)


def digest_message(pages: Sequence[DuePage], link: str) -> Message:
    """Several pages in one, in the order in which they came."""
    text = "\n".join(page.title for page in pages)
    return Message(id=pages[0].id, title=f"值班汇总：{len(pages)} 条通知", text=text, link=f"{link}/duty" if link else "")
