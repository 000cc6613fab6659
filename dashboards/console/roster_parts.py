"""Parts of the roster page as HTML: who is on call, the next days by post, gaps, swaps and overrides."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from html import escape
from zoneinfo import ZoneInfo

from contract.duty.ical import POSTS_ZH
from contract.duty.roster import Override, Post, RosterRecord, Swap
from contract.duty.shifts import POSTS, REQUIRED
from contract.times import civil_date, parse_instant
from dashboards.console.names import Names
from dashboards.console.rota_table import Day, Span, is_gap, zone_of
from dashboards.wall.figures import short_instant_text
from dashboards.wall.parts import table

WEEKDAYS = "一二三四五六日"
_NOBODY = '<span class="gap">⚠ 空岗</span>'


def now_on_call(names: Names, record: RosterRecord, held: Mapping[Post, tuple[str, ...]], now: datetime) -> str:
    """Each post with its people now, and whether they have signed in today."""
    today = civil_date(now, zone_of(record, now))
    signed = {(one.post, one.account): one.at for one in record.sign_ins if one.on == today}
    return '<div class="posts">' + "".join(_post(names, post, held.get(post, ()), signed) for post in POSTS) + "</div>"


def _post(names: Names, post: Post, held: Sequence[str], signed: dict[tuple[Post, str], datetime]) -> str:
    people = "".join(
        f"<b>{escape(names.of(account))}</b><small>{_signed(signed.get((post, account)))}</small>" for account in held
    )
    empty = _NOBODY if post in REQUIRED else '<small class="quiet">未设</small>'
    return f'<div class="post"><span class="quiet">{POSTS_ZH[post]}</span>{people or empty}</div>'


def _signed(at: datetime | None) -> str:
    return "○ 今日未签到" if at is None else f"✓ 已签到 {short_instant_text(at)}"


def days_table(names: Names, days: Iterable[Day], zone: ZoneInfo, today: date) -> str:
    """The next days by post; each cell is one person, or several with the times at which they change."""
    rows = (
        f'<tr class="{"today" if day.on == today else "day"}">'
        f"<td>{day.on.month}月{day.on.day}日 周{WEEKDAYS[day.on.weekday()]}</td>"
        + "".join(f"<td>{_cell(names, post, day.posts[post], zone, day.on)}</td>" for post in POSTS)
        + "</tr>"
        for day in days
    )
    return table(("日期", *(POSTS_ZH[post] for post in POSTS)), rows, "本院还没有值班表：预警无人接收")


def _cell(names: Names, post: Post, spans: Sequence[Span], zone: ZoneInfo, day: date) -> str:
    if len(spans) == 1:
        return _people(names, post, spans[0])
    return "".join(
        f'<div><span class="quiet">{_time(span.start, zone, day)} 起</span> {_people(names, post, span)}</div>'
        for span in spans
    )


def _time(at: datetime, zone: ZoneInfo, day: date) -> str:
    local = at.astimezone(zone)
    return f"{local:%H:%M}" if local.date() == day else f"次日{local:%H:%M}"


def _people(names: Names, post: Post, span: Span) -> str:
    if is_gap(post, span):
        return _NOBODY
    return escape("、".join(map(names.of, span.accounts))) or '<span class="quiet">—</span>'


def gaps(record: RosterRecord) -> str:
    """Spans of the next fourteen days in which a required post has nobody, as the room last told."""
    lines = "".join(
        f'<li><span class="gap">⚠ {POSTS_ZH[gap.post]}</span>'
        f" {short_instant_text(gap.start)} 至 {short_instant_text(gap.end)}</li>"
        for gap in record.gaps
    )
    return f'<ul class="changes">{lines}</ul>' if lines else '<p class="quiet">未来 14 天各岗位都有人</p>'


def override_text(names: Names, one: Override) -> str:
    """An override in words."""
    instead = escape(names.of(one.instead_of)) if one.instead_of else "全体"
    taker = escape(names.of(one.account)) if one.account else _NOBODY
    swap = "（换班）" if one.swap else ""
    return f"{_span(one)} {POSTS_ZH[one.post]}：{instead} → {taker}{swap}"


def swap_text(names: Names, one: Swap) -> str:
    """A swap that waits, in words, with who has answered."""
    waits = [name for name, answer in (("同事", one.by_to), ("带班领导", one.by_leader)) if answer is None]
    reason = f"：{escape(one.reason)}" if one.reason else ""
    return (
        f"{_span(one)} {POSTS_ZH[one.post]}：{escape(names.of(one.asker))} → {escape(names.of(one.to))}{reason}"
        f' <span class="quiet">待{"、".join(waits)}同意</span>'
    )


def _span(one: Override | Swap) -> str:
    return f"<time>{short_instant_text(one.start)} 至 {short_instant_text(one.end)}</time>"


def windows(record: RosterRecord, now: datetime) -> str:
    """Maintenance windows that hold or will: pages wait until their end."""
    held = [one for one in record.windows if parse_instant(one["end"]) > now]
    lines = "".join(
        f"<li><time>{short_instant_text(parse_instant(one['start']))} 至 {short_instant_text(parse_instant(one['end']))}</time>"
        f" {escape(one.get('rule') or '全部规则')}：{escape(one.get('reason', ''))}</li>"
        for one in held
    )
    return f'<h3>维护时段（通知暂存，期满汇总发出）</h3><ul class="changes">{lines}</ul>' if lines else ""
