"""Where a number of a board leads: to the very rows that it counted.

A link says what the board says, its range, period and variables, and what the row and the column say; `dashboards.board_links`
answers with the address that means the same in days.
"""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from contract.indicators.model import Indicator, Part
from contract.times import LAST_DAY
from dashboards.grafana.model import Column

COURT: Final = "${court:percentencode}"
CHILD: Final = "${__data.fields.code:percentencode}"
"""The court of a row."""
ALONE: Final = "if(child = ${court:singlequote}, '&below=false', '&below=true') AS alone"
"""SQL of the column by which a row is of a court alone."""
HIDDEN_KIND: Final = Column(name="asked", hidden=True)
"""The column of `asked_kind`."""
TITLE: Final = "打开所计的行"
_BELOW_THE_LINE: Final = "打开分母所计的行"
_BOARD: Final = "from=${__from}&to=${__to}&period=${period}"
POINT: Final = "&at=${__value.time}"
_FAR: Final = LAST_DAY.isoformat()


def path_of(one: Indicator) -> str:
    """The path behind an indicator's number: its rows, or, where it has none to tell, what it is made of."""
    return f"{one.id}/rows" if one.opens_rows() else one.id


def of_indicator(path: str, court: str = COURT, *, of: Part = "num", more: str = "") -> str:
    """The rows of an indicator's part, or the indicator. ``more``: further parameters, each with & before it."""
    asked = f"court={court}&{_BOARD}&known=${{known}}&case_type=${{case_type:text}}"
    return f"${{console}}/board/indicators/{path}?{asked}{more}" + ("" if of == "num" else f"&of={of}")


def opening(one: Indicator, court: str = COURT, *, point: bool = False) -> Column:
    """The column of an indicator's value, which opens the rows above the line, and those below it where there are any.

    ``point``: the value is a point of a line, of that point's day.
    """
    path, more = path_of(one), POINT if point else ""
    below = ((_BELOW_THE_LINE, of_indicator(path, court, of="den", more=more)),) if one.opens_rows("den") else ()
    return Column(name=one.name.zh, link=of_indicator(path, court, more=more), link_title=TITLE, also=below)


def opening_line(path: str, name: str, more: str = "", width: int = 0) -> Column:
    """The same of a line of many indicators, whose path is a text of the row."""
    also = ((_BELOW_THE_LINE, of_indicator(path, of="den", more=more)),)
    return Column(name=name, link=of_indicator(path, more=more), link_title=TITLE, also=also, width=width)


def of_measure(
    measure: str,
    *,
    kinds: Sequence[str] = (),
    of_row: bool = False,
    step: str = "",
    took: tuple[int | None, int | None] = (None, None),
    first: int | str | None = None,
    last: int | str | None = None,
    court: str = COURT,
    then: bool = False,
    point: bool = False,
    typed: bool = False,
) -> str:
    """The rows of a measure.

    Args:
        measure: Its id.
        kinds: Kinds as they stand in an address: `text`, or what stands for a column of the row that is never empty.
        of_row: Whether the row has the column of `asked_kind`, which says the kind.
        step: The second of a twofold kind, so too.
        took: Least and most of the days of its kinds.
        first: First day: ``from``, a day, or a number of days after that of the board.
        last: So too the last; "" = however late.
        court: Which; `below.COLUMNS` has one that says whether alone.
        then: Always as known at the end of the board's day.
        point: The number is a point of a line: of that day, or of a stock at its end.
        typed: Whether the board's types of cases choose.
    """
    asked = [f"court={court}", _BOARD, "known=then" if then else "known=${known}"]
    asked += [f"kind={one}" for one in kinds]
    asked[-1] += "${__data.fields.asked:raw}" if of_row else ""
    asked += [f"step={step}"] if step else []
    asked += [f"{name}={days}" for name, days in zip(("min_days", "max_days"), took, strict=True) if days is not None]
    asked += [f"first={first}"] if first is not None else []
    asked += [f"last={_FAR if last == '' else last}"] if last is not None else []
    asked += ["case_type=${case_type:text}"] if typed else []
    return f"${{console}}/board/measures/{measure}/rows?{'&'.join(asked)}{POINT if point else ''}"


def counted(name: str, link: str, *below: str, unit: str = "", width: int = 0) -> Column:
    """A column of numbers that open rows; ``below``: of a ratio, the rows below its line."""
    also = tuple((_BELOW_THE_LINE, one) for one in below)
    return Column(name=name, link=link, link_title=TITLE, also=also, unit=unit, width=width)


def asked_kind(kind: str) -> str:
    """SQL of the column by which a row's links ask for its kind; ``kind``: SQL of a text. It is never empty, see NO_VALUE."""
    return f"concat('&kind=', encodeURLComponent(replaceAll({kind}, '*', '\\\\*'))) AS asked"


def text(kind: str) -> str:
    """A kind as it stands in an address."""
    return quote(kind, safe="*:")
