"""The dashboards as JSON: what they are made of, that nothing of it is unknown to Grafana's own classes, and how they lie."""

import json
import re
from itertools import combinations
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from contract.courts import PROVINCES
from contract.indicators.catalogue import INDICATORS
from dashboards.grafana.board import FOLDERS, SCREEN_ROWS, on_a_wall, placed
from dashboards.grafana.build import boards, dashboards
from dashboards.grafana.macros import TIME_MACROS
from dashboards.grafana.model import WIDTH, Panel
from dashboards.grafana.modules import MODULES
from dashboards.grafana.query import PLUGIN, ClickHouseQuery, QueryError, register

MADE = dashboards()
_SOURCES = {"yipanqi-clickhouse", "yipanqi-prometheus"}


def panels_of(made: dict[str, Any]) -> list[dict[str, Any]]:
    """Its panels, headings left out."""
    return [panel for panel in made["panels"] if panel["type"] != "row"]


def test_there_is_a_board_for_each_module_and_view() -> None:
    """The nation, thirteen modules, six views, the court, the platform; uids are short, plain and never twice."""
    wanted = {"national", "court", "platform", *(f"w{n:02}" for n in range(1, 14)), *(f"g{n}" for n in range(1, 7))}
    assert {f"yipanqi-{name}" for name in wanted} <= MADE.keys()
    assert len(MADE) == len(boards())
    for uid, (folder, made) in MADE.items():
        assert re.fullmatch(r"[a-z0-9-]{8,40}", uid)
        assert made["uid"] == uid
        assert folder in FOLDERS
        assert made["editable"] is False
        assert "id" not in made
        assert "__inputs" not in made
        assert "${DS_" not in json.dumps(made)


def test_every_indicator_is_on_a_board() -> None:
    """What is defined is shown; what can't be computed is named with its reason."""
    shown = {name for module in MODULES for name in module.indicators}
    assert shown == INDICATORS.keys()
    about = {one.uid: one.about for one in boards()}
    for name, one in INDICATORS.items():
        if one.missing:
            assert any(name in about[module.uid] for module in MODULES if name in module.indicators)


def test_a_wall_shows_what_is_read_from_afar() -> None:
    """What a screen shows whole before it is scrolled: numbers, then a map or courses and bars; no table."""
    for one in boards():
        if one.courts:
            whole = [shown for shown, at in placed(one) if isinstance(shown, Panel) and at.y + at.h <= SCREEN_ROWS]
            assert set(whole) <= set(on_a_wall(one))
            looks = {panel.look for panel in whole}
            assert "stat" in looks, one.uid
            assert looks & {"tiles", "lines"}, one.uid
            assert looks <= {"stat", "tiles", "lines", "bars"}, one.uid


@pytest.mark.parametrize("uid", MADE)
def test_panels_lie_on_the_grid_without_overlap(uid: str) -> None:
    """24 columns, nothing beside or over another; ids are numbered once; each has a title in Chinese and a text in English."""
    made = MADE[uid][1]
    places = [panel["gridPos"] for panel in made["panels"]]
    for place in places:
        assert 0 <= place["x"] < place["x"] + place["w"] <= WIDTH
    for one, other in combinations(places, 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        under = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or under, (one, other)
    assert len({panel["id"] for panel in made["panels"]}) == len(places)
    for panel in panels_of(made):
        assert re.search("[\u4e00-\u9fff]", panel["title"]), panel["title"]
        assert re.search("[a-z]{3}", panel["description"]), panel["title"]


@pytest.mark.parametrize("uid", MADE)
def test_every_figure_has_its_age_and_completeness_beside_it(uid: str) -> None:
    """The first row says as of when, how late, how whole, and whether simulated."""
    heads = [panel["title"] for panel in panels_of(MADE[uid][1]) if panel["gridPos"]["y"] == 0]
    assert heads == ["预警数据截至", "预警数据延迟", "指标计算于", "数据完整度", "数据性质"]


@pytest.mark.parametrize("uid", MADE)
def test_every_query_has_a_time_filter_and_a_fixed_source(uid: str) -> None:
    """No query scans everything by mistake; no source is named by anything but its fixed uid."""
    made = MADE[uid][1]
    for panel in panels_of(made):
        assert panel["datasource"]["uid"] in _SOURCES
        for target in panel["targets"]:
            assert target["datasource"] == panel["datasource"]
            if target["datasource"]["type"] == PLUGIN:
                assert any(f"$__{name}" in target["rawSql"] for name in TIME_MACROS), panel["title"]
    for mark in made["annotations"].get("list", []):
        assert "$__timeFilter" in mark["target"]["rawSql"]


@pytest.mark.parametrize("uid", MADE)
def test_json_goes_through_the_classes_of_the_sdk_unchanged(uid: str) -> None:
    """Read by Grafana's own classes of the pinned version and written again, nothing is lost: no key is unknown to them.

    Annotations of another source than Grafana's own are the one thing that they can't hold; our class of the query does.
    """
    register_default_plugins()
    register()
    made = MADE[uid][1]
    again = json.loads(json.dumps(Dashboard.from_json(made), cls=JSONEncoder))
    for mark, read in zip(made["annotations"].get("list", []), again["annotations"].get("list", []), strict=True):
        read["target"] = json.loads(json.dumps(ClickHouseQuery.from_json(mark["target"]), cls=JSONEncoder))
    for variable in again["templating"]["list"]:
        for name in ("auto", "auto_min", "auto_count"):  # what the SDK adds to every variable, and Grafana's own types lack
            variable.pop(name, None)
    assert again == made


def test_a_query_with_an_unknown_key_is_refused() -> None:
    """Our class holds what the plug-in documents and nothing else."""
    good = ClickHouseQuery("SELECT 1").to_json()
    assert ClickHouseQuery.from_json(good).to_json() == good
    for wrong in (
        {**good, "rawSQL": "x"},
        {**good, "queryType": "graph"},
        {**good, "format": 0},
        {**good, "editorType": "builder"},
    ):
        with pytest.raises(QueryError):
            ClickHouseQuery.from_json(wrong)


@pytest.mark.parametrize("uid", [one.uid for one in boards() if one.courts])
def test_no_court_is_ranked_and_no_case_is_named(uid: str) -> None:
    """Lists of courts are by code; case numbers, parties, evidence and records are in no query."""
    for panel in panels_of(MADE[uid][1]):
        for target in panel["targets"]:
            sql = target.get("rawSql", "")
            if "下级法院" in panel["title"]:
                assert re.search(r"ORDER BY (code|child)$", sql), panel["title"]
            for secret in ("case_no", "evidence", "record", "arithmetic", "pii", " key"):
                assert secret not in sql, (panel["title"], secret)


def test_intervals_colour_and_a_parameter_is_called_one() -> None:
    """Thresholds come from the interval; what is no law says 管理参数."""
    tiles = {panel["title"]: panel for _, made in MADE.values() for panel in panels_of(made) if panel["type"] == "stat"}
    core = tiles[INDICATORS["I-01"].name.zh]["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert [(step.get("value"), step["color"]) for step in core] == [(None, "#FFB000"), (0.9, "text")]
    for one in INDICATORS.values():
        for title, panel in tiles.items():
            if title.startswith(one.name.zh) and panel["description"].startswith(f"{one.id} "):
                assert ("管理参数" in title) == one.is_parameter


def test_links_lead_down_the_tree_to_the_console() -> None:
    """A court leads to the same board of that court, an alert and a case to the console."""
    text = json.dumps([made for _, made in MADE.values()])
    assert set(re.findall(r"/d/([^?\"]+)", text)) <= MADE.keys() | {"${__dashboard.uid}"}
    assert "${console}/board/indicators/${__data.fields.path}?court=" in text
    assert "${console}/board/indicators/I-05/rows?court=" in text
    assert "${console}/board/measures/alerts_open/rows?court=" in text
    assert "/d/${__dashboard.uid}?var-court=${__data.fields.code}" in text
    assert "${console}/duty/alert/${__data.fields.id}" in text
    assert "${console}/case/${__data.fields.subject:percentencode}" in text


@pytest.mark.parametrize("uid", ["yipanqi-national", "yipanqi-w01"])
def test_the_map_has_every_province_at_its_place_and_asks_no_network(uid: str) -> None:
    """35 tiles side by side in per cent of the panel; grounds and words come from columns that the query has."""
    made = MADE[uid][1]
    (panel,) = [one for one in panels_of(made) if one["type"] == "canvas"]
    assert not any(one["type"] == "geomap" for one in panels_of(made))
    elements = panel["options"]["root"]["elements"]
    boxes = [one for one in elements if one["type"] == "rectangle"]
    assert [one["config"]["text"]["fixed"] for one in boxes] == [one.char for one in PROVINCES]
    for one, other in combinations([box["placement"] for box in boxes], 2):
        beside = one["left"] + (100 - one["right"] - one["left"]) <= other["left"] or 100 - other["right"] <= one["left"]
        assert beside or 100 - one["bottom"] <= other["top"] or 100 - other["bottom"] <= one["top"]
    sql = panel["targets"][0]["rawSql"]
    for element in elements:
        for field in (element["background"]["color"].get("field"), element["config"]["text"].get("field")):
            assert field is None or f"AS `{field}`" in sql
