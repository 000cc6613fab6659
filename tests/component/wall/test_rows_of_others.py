"""A row lies at the court that counted it; whose case it is, is told to whoever may see the case alone."""

from datetime import date
from typing import Any
from urllib.parse import quote

import pytest

from infra.clickhouse.client import ClickHouse

_DAY = date(2024, 5, 6)
_AT = "京0105"
_ROWS = [
    # measure, subject, ref
    ("entrusted_left", "case-京0105", "own ref"),
    ("entrusted_left", "case-粤01", "other ref"),
    ("entrusted_left", "not-yet-a-case", "late ref"),
    ("entrusted_left", "court/京0105", "whole ref"),
    ("entrusted_left", "court/粤01", "other whole ref"),
    ("alerts_raised", "case-京0105", "alert-own"),
    ("alerts_raised", "case-粤01", "alert-other"),
    ("alerts_raised", "debtor-7", "alert-debtor"),
    ("filed", "case-京0105", "1"),
    ("filed", "case-粤01", "2"),
]
_PATHS = {
    "entrusted_left": "measures/entrusted_left/rows",
    "alerts_raised": "measures/alerts_raised/rows",
    "filed": "indicators/I-23/rows",
}
_TOLD = {"case-京0105", "court/京0105", "debtor-7"}
_OTHERS = {subject for _, subject, _ in _ROWS} - _TOLD


@pytest.fixture(scope="module", autouse=True)
def _rows(warehouse: tuple[str, str]) -> None:
    address, database = warehouse
    host, _, port = address.rpartition(":")
    measure, subject, ref = map(list, zip(*_ROWS, strict=True))
    number = len(_ROWS)
    kinds = ["执" if one == "filed" else "R-OBJ-01.a:red" for one in measure]
    days = {"day": [_DAY] * number, "known_on": [_DAY] * number, "kind": kinds, "court": [_AT] * number}
    rest = {"amount": [1] * number, "version": [1] * number, "rootid": [f"root of {one}" for one in subject]}
    with ClickHouse(host, int(port), database=database) as client:
        client.insert_columns("counted", {"measure": measure, "subject": subject, "ref": ref} | days | rest)


@pytest.mark.parametrize("measure", _PATHS)
def test_the_api_leaves_out_what_names_a_case_that_is_not_seen(wall: Any, measure: str) -> None:
    """Name, reference and chain; number, count and sum of all stay. Who sees everything is told everything."""
    subjects = {subject for name, subject, _ in _ROWS if name == measure}
    path, asked = f"/api/v1/{_PATHS[measure]}", {"court": _AT, "as_of": "2024-06-30"}
    with wall.token("duty_officer", _AT) as client:
        answer = client.get(path, params=asked)
        told = answer.json()
        assert (told["count"], told["sum"], len(told["items"])) == (len(subjects),) * 3
        seen = [row for row in told["items"] if not row.get("masked")]
        assert {row["subject"] for row in seen} == subjects & _TOLD
        numbers = {row["subject"]: row["case_no"] for row in seen}
        assert numbers["case-京0105"] == "（2024）京0105执1号"
        assert set(numbers.values()) <= {"（2024）京0105执1号", None}
        for row in told["items"]:
            assert row.get("masked") or {"subject", "ref", "rootid"} <= row.keys()
            assert not row.get("masked") or not {"subject", "ref", "rootid", "case_no"} & row.keys()
        for subject in subjects & _OTHERS:
            assert client.get(f"/api/v1/cases/{subject}").status_code == 404
            assert subject not in answer.text
        assert not [ref for ref in ("other ref", "late ref", "other whole ref", "alert-other") if ref in answer.text]
    with wall.token("duty_officer", "最高法") as client:
        items = client.get(path, params=asked).json()["items"]
        assert {row["subject"] for row in items} == subjects
        assert {row["case_no"] for row in items if row["subject"] == "case-粤01"} == {"（2024）粤01执1号"}


@pytest.mark.parametrize("measure", _PATHS)
def test_a_page_shows_and_links_no_case_that_is_not_seen(wall: Any, measure: str) -> None:
    """It says that it is another court's; a case leads to its page, an alert to the alert, what is no case to none."""
    asked = {"court": _AT, "as_of": "2024-06-30"}
    with wall.token("duty_officer", _AT) as client:
        page = client.get(f"/{_PATHS[measure]}", params=asked).text
        others = [subject for name, subject, _ in _ROWS if name == measure and subject in _OTHERS]
        assert page.count("他院案件") == len(others)
        hidden = [*others, *map(quote, others), "（2024）粤01执1号", "other ref", "alert-other"]
        assert not [text for text in hidden if text in page]
        assert "（2024）京0105执1号" in page
        assert f"/case/{quote('case-京0105')}" in page
        assert "/case/debtor-7" not in page
        if measure == "alerts_raised":
            assert page.count("打开预警") == 2
    with wall.token("duty_officer", "最高法") as client:
        page = client.get(f"/{_PATHS[measure]}", params=asked).text
        assert ("他院案件" in page, "（2024）粤01执1号" in page) == (False, True)
