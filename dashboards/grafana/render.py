"""A panel of the catalogue → a panel of the SDK."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from grafana_foundation_sdk.builders import canvas, prometheus, stat, table, timeseries
from grafana_foundation_sdk.builders import common as c
from grafana_foundation_sdk.builders import dashboard as d
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import common as cm
from grafana_foundation_sdk.models import dashboard as m

from contract.indicators.model import Indicator
from dashboards.grafana.model import NO_VALUE, Column, Look, Panel
from dashboards.grafana.query import ClickHouseQuery, Shape
from dashboards.grafana.ready import Ready
from dashboards.grafana.sources import CLICKHOUSE, PROMETHEUS
from dashboards.grafana.tiles import tile_canvas, tile_steps

# Colour only for what is not normal, and never alone: each has a shape and a word beside it.
RED: Final = "#FF5A4F"
ORANGE: Final = "#FFB000"
BLUE: Final = "#4FB3FF"
NORMAL: Final = "text"
_COLOURS: Final = {"red": RED, "orange": ORANGE, "blue": BLUE, "green": NORMAL, "text": NORMAL, "purple": BLUE}
_Panels = stat.Panel | table.Panel | timeseries.Panel | canvas.Panel


def panel(one: Panel, number: int, place: m.GridPos) -> Builder[m.Panel]:
    """The panel, numbered within its dashboard, at its place on the grid."""
    made = _of_look(one)
    made.id(number).title(one.title).description(one.about).grid_pos(place)
    made.datasource(CLICKHOUSE if one.source == "clickhouse" else PROMETHEUS)
    made.targets(_targets(one)).no_value(NO_VALUE)
    if one.unit:
        made.unit(one.unit)
    steps = _steps(one)
    made.thresholds(d.ThresholdsConfig().mode(m.ThresholdsMode.ABSOLUTE).steps(steps))
    made.overrides([_override(column) for column in one.columns])
    return made


def _of_look(one: Panel) -> _Panels:
    made: dict[Look, Callable[[], _Panels]] = {"stat": _stat, "table": _table, "tiles": tile_canvas}
    return made[one.look]() if one.look in made else _series(one)


def _targets(one: Panel) -> list[Builder[Any]]:
    found: list[Builder[Any]] = []
    for index, ask in enumerate(one.asks):
        ref = chr(ord("A") + index)
        if one.source == "clickhouse":
            shape: Shape = "timeSeries" if one.look in ("lines", "bars") else "table"
            found.append(ClickHouseQuery(ask.text, shape=shape, ref_id=ref, source=CLICKHOUSE))
            continue
        query = prometheus.Dataquery().expr(ask.text).ref_id(ref).datasource(PROMETHEUS).legend_format(ask.legend or "__auto")
        found.append(query.instant() if one.look in ("stat", "table") else query.range())
    return found


def _stat() -> _Panels:
    reduce = c.ReduceDataOptions().calcs(["lastNotNull"]).values(values=False)
    return (
        stat.Panel()
        .reduce_options(reduce)
        .graph_mode(cm.BigValueGraphMode.NONE)
        .color_mode(cm.BigValueColorMode.VALUE)
        .text_mode(cm.BigValueTextMode.VALUE)
    )


def _table() -> _Panels:
    return (
        table.Panel()
        .show_header(show_header=True)
        .cell_height(cm.TableCellHeight.SM)
        .align(cm.FieldTextAlignment.AUTO)
        .inspect(inspect=False)
    )


def _series(one: Panel) -> _Panels:
    made = timeseries.Panel().legend(
        c.VizLegendOptions()
        .display_mode(cm.LegendDisplayMode.LIST)
        .placement(cm.LegendPlacement.BOTTOM)
        .show_legend(show_legend=True)
    )
    if one.look == "bars":
        made.draw_style(cm.GraphDrawStyle.BARS).fill_opacity(80)
    else:
        made.draw_style(cm.GraphDrawStyle.LINE).line_width(2).show_points(cm.VisibilityMode.AUTO)
    if one.stacked:
        made.stacking(c.StackingConfig().mode(cm.StackingMode.NORMAL).group("A"))
    if one.indicator is not None:
        made.thresholds_style(c.GraphThresholdsStyleConfig().mode(cm.GraphThresholdsStyleMode.DASHED))
    return made


def _steps(one: Panel) -> list[m.Threshold]:
    if one.indicator is not None:
        return tile_steps(one.indicator) if one.look == "tiles" else interval_steps(one.indicator)
    steps = [m.Threshold(value=None, color=NORMAL)]
    steps += [
        m.Threshold(value=above + 1e-9, color=colour)
        for above, colour in ((one.orange_above, ORANGE), (one.red_above, RED))
        if above is not None
    ]
    return steps


def interval_steps(one: Indicator) -> list[m.Threshold]:
    """Orange below and above the interval, plain within. Values of money are told in 万元."""
    scale = 1e-6 if one.unit == "fen" else 1.0
    low, high = one.interval.low, one.interval.high
    steps = [m.Threshold(value=None, color=NORMAL if low is None else ORANGE)]
    if low is not None:
        steps.append(m.Threshold(value=low * scale, color=NORMAL))
    if high is not None:
        steps.append(m.Threshold(value=high * scale + 1e-9, color=ORANGE))
    return steps


def _override(column: Column) -> Builder[m.DashboardFieldConfigSourceOverrides]:
    found: list[m.DynamicConfigValue] = []

    def add(name: str, value: object) -> None:
        found.append(m.DynamicConfigValue(id_val=name, value=value))

    if column.unit:
        add("unit", column.unit)
    if column.width:
        add("custom.width", column.width)
    if column.hidden:
        add("custom.hidden", True)  # noqa: FBT003  (the value of an override)
    if column.link:
        opened = ((column.link_title, column.link), *column.also)
        add("links", [{"title": title, "url": address} for title, address in opened])
    if column.says:
        add("mappings", [_said(column.says)])
    if column.indicator is not None:
        add("thresholds", {"mode": "absolute", "steps": [step.to_json() for step in interval_steps(column.indicator)]})
    if column.colour:
        add("color", {"mode": "fixed", "fixedColor": _COLOURS[column.colour]})
    if column.says or column.indicator is not None:
        add("custom.cellOptions", {"type": "color-text"})
    return Ready(m.DashboardFieldConfigSourceOverrides(m.MatcherConfig(id_val="byName", options=column.name), found))


def _said(says: Sequence[tuple[str, str]]) -> dict[str, object]:
    options = {text: {"color": _COLOURS[colour], "index": index} for index, (text, colour) in enumerate(says)}
    return {"type": "value", "options": options}
