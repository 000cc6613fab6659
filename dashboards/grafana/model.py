"""What the catalogue of panels is made of: a board is rows of panels, a panel is a question with its SQL or PromQL."""

from typing import Final, Literal

import msgspec

from contract.indicators.model import Indicator

Look = Literal["stat", "table", "lines", "bars", "tiles"]
Source = Literal["clickhouse", "prometheus"]
WIDTH: Final = 24
NO_VALUE: Final = "—"
"""What is shown where there is nothing; Grafana puts it into links, too, so what a link reads of a row is never empty."""


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """How one column of a table, or one line, is shown.

    Attributes:
        name: As the query calls it.
        unit: Grafana's id of its unit; empty = as it is.
        indicator: Whose interval colours it.
        link: Address that a cell opens; empty = none. ``${__data.fields.x}`` stands for another column of the row.
        also: Further (title, address) that it opens.
        hidden: It is there for links alone.
        says: Text -> colour, where the words themselves are coloured.
        colour: Of a line; empty = the palette's.
        width: Pixels; 0 = as it fits.
    """

    name: str
    unit: str = ""
    indicator: Indicator | None = None
    link: str = ""
    link_title: str = ""
    also: tuple[tuple[str, str], ...] = ()
    hidden: bool = False
    says: tuple[tuple[str, str], ...] = ()
    colour: str = ""
    width: int = 0


class Ceiling(msgspec.Struct, frozen=True):
    """What a query may read: these tables, each so many times at most."""

    tables: tuple[str, ...]
    passes: int = 1


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One query of a panel: SQL with the plug-in's macros, or PromQL. ``legend``: name of its line (PromQL only)."""

    text: str
    legend: str = ""


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """One panel.

    Attributes:
        title: In Chinese.
        about: In English: what it counts, and what a person does about it.
        look: Shape of it.
        asks: Its queries, all of one source.
        source: Which data source.
        ceiling: What each ClickHouse query may read.
        columns: Those that need more than their name.
        unit: Unit of everything else.
        indicator: Whose interval colours the whole panel.
        red_above, orange_above: Where plain numbers are coloured; None = never.
        width, height: In the grid of 24 columns; a unit of height is 30 pixels.
        stacked: Bars stand on one another.
    """

    title: str
    about: str
    look: Look
    asks: tuple[Question, ...]
    source: Source = "clickhouse"
    ceiling: Ceiling = Ceiling(())
    columns: tuple[Column, ...] = ()
    unit: str = ""
    indicator: Indicator | None = None
    orange_above: float | None = None
    red_above: float | None = None
    width: int = 12
    height: int = 8
    stacked: bool = False


class Section(msgspec.Struct, frozen=True):
    """Panels under a heading."""

    title: str
    panels: tuple[Panel, ...]


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """One dashboard. ``courts``: whether it is about a court, so that it has the variables of court, period and case type."""

    uid: str
    title: str
    about: str
    folder: str
    sections: tuple[Section, ...]
    tags: tuple[str, ...] = ()
    courts: bool = True
    refresh: str = "1m"
    since: str = "now-90d"
