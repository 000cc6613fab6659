"""The court tree: four tiers, unique codes, sourced tables, no edge read off digits."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from contract.case_no import PROVINCE_CHARS, parse_case_no
from contract.courts import COURTS, PROVINCES, SPC
from contract.tables import rows

ABOVE = {"SPC": None, "HIGH": "SPC", "MID": "HIGH", "BASIC": "MID"}
SHAPE = {"SPC": "最高法", "HIGH": ".", "MID": r".\d{2}", "BASIC": r".\d{4}"}


def test_every_court_stands_under_one_of_the_tier_above() -> None:
    """Basic under intermediate, intermediate under High, High under the Supreme Court; the code's length tells the tier."""
    for court in COURTS:
        assert re.fullmatch(SHAPE[court.tier], court.code), court
        above = COURTS.get(court.parent) if court.parent else None
        assert (above.tier if above else None) == ABOVE[court.tier], court


def test_counts() -> None:
    """The counts that docs/courts.md reports; a new release of the divisions may change them, with the page."""
    counts = COURTS.counts()
    assert counts == {"SPC": 1, "HIGH": 32, "MID": 399, "BASIC": 2928}
    assert sum(counts.values()) == len(COURTS)
    text = (Path(__file__).parents[2] / "docs" / "courts.md").read_text("utf-8")
    for count in (*counts.values(), len(COURTS)):
        assert f"{count:,}" in text


def test_names_are_unique() -> None:
    """No two courts share a name, and each is a court's name."""
    names = Counter(court.name for court in COURTS)
    assert [name for name, count in names.items() if count > 1] == []
    assert all("法院" in name for name in names)


@pytest.mark.parametrize(
    ("code", "name", "line"),
    [
        ("最高法", "最高人民法院", []),
        ("浙", "浙江省高级人民法院", ["最高法"]),
        ("粤06", "广东省佛山市中级人民法院", ["粤", "最高法"]),
        ("粤0604", "广东省佛山市禅城区人民法院", ["粤06", "粤", "最高法"]),
        ("京0105", "北京市朝阳区人民法院", ["京03", "京", "最高法"]),
        ("浙0782", "浙江省义乌市人民法院", ["浙07", "浙", "最高法"]),
        ("吉24", "吉林省延边朝鲜族自治州中级人民法院", ["吉", "最高法"]),
        ("内2921", "内蒙古自治区阿拉善左旗人民法院", ["内29", "内", "最高法"]),
        ("新40", "新疆维吾尔自治区高级人民法院伊犁哈萨克自治州分院", ["新", "最高法"]),
        ("豫9001", "河南省济源市人民法院", ["豫96", "豫", "最高法"]),
        ("鄂9005", "湖北省潜江市人民法院", ["鄂96", "鄂", "最高法"]),
        ("琼9003", "海南省儋州市人民法院", ["琼97", "琼", "最高法"]),
        ("粤1971", "广东省东莞市第一人民法院", ["粤19", "粤", "最高法"]),
        ("渝0229", "重庆市城口县人民法院", ["渝02", "渝", "最高法"]),
        ("京0491", "北京互联网法院", ["京04", "京", "最高法"]),
        ("沪74", "上海金融法院", ["沪", "最高法"]),
        ("兵9001", "新疆维吾尔自治区石河子市人民法院", ["兵08", "兵", "最高法"]),
    ],
)
def test_known_courts(code: str, name: str, line: list[str]) -> None:
    """Courts with a twist: municipalities, places without counties or prefectures, the corps, special courts."""
    court = COURTS[code]
    assert court.name == name
    assert [above.code for above in COURTS.ancestors(code)] == line
    for above in line:
        assert COURTS.within(code, above)
        assert code == above or not COURTS.within(above, code)


def test_every_court_is_under_the_supreme_court_once() -> None:
    """Walking down from the top meets every court exactly once."""
    met: list[str] = []
    todo = [SPC]
    while todo:
        code = todo.pop()
        met.append(code)
        todo += [court.code for court in COURTS.children(code)]
    assert sorted(met) == sorted(court.code for court in COURTS)


def test_unknown_courts_are_nowhere() -> None:
    """A code that no court has is found nowhere and stands under nothing; military courts are left out."""
    for code in ("粤99", "军", "军01", "", "最高"):
        assert COURTS.get(code) is None
        assert code not in COURTS
        assert COURTS.children(code) == ()
        assert COURTS.ancestors(code) == ()
        assert not COURTS.within(code, SPC)
        assert not COURTS.within(code, code)


def test_every_line_of_the_tables_has_a_source() -> None:
    """What we keep by hand says how sure it is and where it comes from."""
    for row in [*rows("special_courts"), *rows("local_courts")]:
        assert row["mark"] in {"✔", "○", "(verify)"}, row
        assert len(row["source"]) > 10, row


def test_codes_are_what_case_numbers_carry() -> None:
    """Every court's code is read as the court of a case number."""
    for court in COURTS:
        number = parse_case_no(f"（2024）{court.code}执1号")
        assert (number.court, number.tier) == (court.code, court.tier)
        assert court.tier == "SPC" or court.province in PROVINCE_CHARS


def test_the_map_has_a_tile_for_each_province() -> None:
    """Every province of a court has one tile, no two share a place; 港澳台 have tiles and no courts."""
    assert len({(tile.row, tile.col) for tile in PROVINCES}) == len(PROVINCES) == 35
    assert {tile.char for tile in PROVINCES if tile.has_courts} == {court.code for court in COURTS.children(SPC)}
    assert [tile.char for tile in PROVINCES if not tile.has_courts] == ["港", "澳", "台"]


def test_the_tree_loads_quickly() -> None:
    """A fresh process spends less than 0.15 s of processor time on importing and building the tree."""
    script = "from time import process_time as t; s = t(); from contract.courts import COURTS; len(COURTS); print(t() - s)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert float(run.stdout) < 0.15
