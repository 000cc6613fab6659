"""Lays the tiles of the national map out on a canvas panel of Grafana: a box a province at its place, and in it what it says.

Grafana's own map panel draws over tiles of a map service, and the nation's boundaries may be shown with their 审图号 only; a
canvas needs neither (docs/adr/0018).
"""

from collections.abc import Iterator
from typing import Final

from grafana_foundation_sdk.builders import canvas
from grafana_foundation_sdk.builders import dashboard as d
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import canvas as cm
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models import dashboard as m

from contract.courts import PROVINCES, Province
from contract.indicators.model import Indicator
from dashboards.grafana.map_panels import said
from dashboards.grafana.ready import Ready

INSIDE: Final = "#2F4B6E"
OUTSIDE: Final = "#A35B00"
NOTHING: Final = "#3A3A3A"
"""White text stands on each of them with a contrast of more than 4.5."""
_WHITE: Final = "#FFFFFF"
_COLUMNS: Final = max(one.col for one in PROVINCES) + 1
_ROWS: Final = max(one.row for one in PROVINCES) + 1
_GAP: Final = 0.4
"""Between tiles, in per cent of the panel."""


def tile_canvas() -> canvas.Panel:
    """The panel; columns of its one row are called by the province's 代字, see `map_panels`."""
    elements: list[Builder[cm.CanvasElementOptions]] = [Ready(element) for province in PROVINCES for element in _tile(province)]
    without = m.SpecialValueMap(
        m.DashboardSpecialValueMapOptions(
            match=m.SpecialValueMatch.NULL_AND_NAN, result=m.ValueMappingResult(text="—", color=NOTHING, index=0)
        )
    )
    return (
        canvas.Panel()
        .inline_editing(inline_editing=False)
        .show_advanced_types(show_advanced_types=False)
        .pan_zoom(pan_zoom=False)
        .infinite_pan(infinite_pan=False)
        .root(canvas.CanvasOptionsRoot().name("nation").elements(elements))
        .mappings([without])
        .color_scheme(d.FieldColor().mode(m.FieldColorModeId.THRESHOLDS))
    )


def tile_steps(one: Indicator) -> list[m.Threshold]:
    """As a value's colours, but as grounds that text stands on."""
    low, high = one.interval.low, one.interval.high
    steps = [m.Threshold(value=None, color=INSIDE if low is None else OUTSIDE)]
    steps += [m.Threshold(value=low, color=INSIDE)] if low is not None else []
    return steps + ([m.Threshold(value=high + 1e-9, color=OUTSIDE)] if high is not None else [])


def _tile(one: Province) -> Iterator[cm.CanvasElementOptions]:
    """The box with the province's 代字, and over its lower half what it says."""
    has = one.has_courts
    yield cm.CanvasElementOptions(
        name=one.name,
        type_val="rectangle",
        config=_text({"mode": "fixed", "fixed": one.char}, 20, "top"),
        constraint=_SCALED,
        placement=_place(one, 0.0),
        background=cm.BackgroundConfig(color=_colour(NOTHING, one.char if has else None)),
        border=cm.LineConfig(color=_colour(NOTHING), width=1),
    )
    says = {"mode": "field", "field": said(one.char), "fixed": "—"} if has else {"mode": "fixed", "fixed": "—"}
    yield cm.CanvasElementOptions(
        name=f"{one.name}·说",
        type_val="metric-value",
        config=_text(says, 15, "middle"),
        constraint=_SCALED,
        placement=_place(one, 0.5),
        background=cm.BackgroundConfig(color=_colour("transparent")),
    )


_SCALED: Final = cm.Constraint(horizontal=cm.HorizontalConstraint.SCALE, vertical=cm.VerticalConstraint.SCALE)
"""Distances from the four sides are per cent of the panel, so that the map grows with it."""


def _colour(fixed: str, field: str | None = None) -> common.ColorDimensionConfig:
    return common.ColorDimensionConfig(fixed=fixed, field=field)


def _text(text: dict[str, str], size: int, valign: str) -> dict[str, object]:
    return {"text": text, "size": size, "color": {"fixed": _WHITE}, "align": "center", "valign": valign}


def _place(one: Province, from_: float) -> cm.Placement:
    """Of a tile the part below `from_`, a share of its height."""
    wide, high = 100 / _COLUMNS, 100 / _ROWS
    return cm.Placement(
        top=round((one.row + from_) * high + _GAP, 2),
        left=round(one.col * wide + _GAP, 2),
        right=round(100 - (one.col + 1) * wide + _GAP, 2),
        bottom=round(100 - (one.row + 1) * high + _GAP, 2),
    )
