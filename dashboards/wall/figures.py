"""How figures and times are written for a reader in China: 万 and 亿, 年月日, 24 hours, Beijing time."""

from datetime import UTC, date, datetime, timedelta

from contract.times import SHANGHAI

SEVERITY_NAMES = {"red": "特急", "orange": "紧急", "yellow": "一般"}
SEVERITY_SHAPES = {"red": "▲", "orange": "◆", "yellow": "●"}
FAMILY_NAMES = {"inaction": "消极", "disorder": "乱执行", "evasion": "规避", "assistance": "协助", "data": "数据"}
BASIS_NAMES = {"statutory": "法定期限", "management": "管理参数"}


def count_text(number: int) -> str:
    """Write a count: 9,999 · 1.2万 · 3.4亿."""
    if abs(number) < 10_000:
        return f"{number:,}"
    unit, name = (100_000_000, "亿") if abs(number) >= 100_000_000 else (10_000, "万")
    return f"{number / unit:.1f}{name}" if abs(number) < 1000 * unit else f"{number / unit:,.0f}{name}"


def money_text(fen: int | None) -> str:
    """Write an amount given in fen, in yuan: 35.50元 · 12.3万元 · 2.16亿元; a missing one as a dash."""
    if fen is None:
        return "—"
    if abs(fen) < 1_000_000:
        return exact_money_text(fen)
    unit, name = (10_000_000_000, "亿元") if abs(fen) >= 10_000_000_000 else (1_000_000, "万元")
    return f"{fen / unit:,.2f}{name}" if name == "亿元" else f"{fen / unit:,.1f}{name}"


def exact_money_text(fen: int) -> str:
    """Write an amount given in fen, in yuan to the fen: 1,234,567.80元."""
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{yuan:,}.{rest:02d}元"


def rate_text(numerator: int, denominator: int, per: int = 1000) -> str:
    """Write a rate with three figures or a whole number, or a dash where nothing was counted."""
    if not denominator:
        return "—"
    rate = numerator * per / denominator
    return f"{rate:.1f}" if rate < 99.95 else f"{rate:,.0f}"


def day_text(day: date) -> str:
    """Write a civil date: 2024年3月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def instant_text(instant: datetime) -> str:
    """Write an instant in Beijing time: 2024年3月1日 09:30:00."""
    local = instant.astimezone(SHANGHAI)
    return f"{day_text(local.date())} {local:%H:%M:%S}"


def short_instant_text(instant: datetime) -> str:
    """Write an instant in Beijing time without the year: 3月1日 09:30."""
    local = instant.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def month_day_text(instant: datetime) -> str:
    """Write the day of an instant in Beijing time without the year: 3月1日."""
    local = instant.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日"


def span_text(span: timedelta) -> str:
    """Write a length of time by its greatest unit: 3天 · 5小时 · 12分 · 8秒."""
    seconds = int(abs(span).total_seconds())
    for size, name in ((86_400, "天"), (3600, "小时"), (60, "分")):
        if seconds >= size:
            return f"{seconds // size}{name}"
    return f"{seconds}秒"


def due_text(due_at: datetime, now: datetime) -> str:
    """Write how far a due instant lies ahead or behind: 余3天 · 逾期5小时."""
    return ("余" if due_at >= now else "逾期") + span_text(due_at - now)


def since_text(at: datetime, now: datetime) -> str:
    """Write how long ago something was wrong: 已3天."""
    return "已" + span_text(now - at)


def age_text(heard_at: datetime | None, now: datetime) -> tuple[str, str]:
    """Return (state, text) of data that was last heard of at an instant: live (≤ 15 s), late (≤ 60 s), stale, or broken."""
    if heard_at is None:
        return "broken", "尚无数据"
    age = max(0, int((now - heard_at).total_seconds()))
    state = "live" if age <= 15 else "late" if age <= 60 else "stale"
    return state, f"数据截至 {heard_at.astimezone(SHANGHAI):%H:%M:%S} · 延迟 {span_text(timedelta(seconds=age))}"


def utc_now() -> datetime:
    """The wall clock of this process."""
    return datetime.now(UTC)
