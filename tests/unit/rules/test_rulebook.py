"""`yipanqi rules book`: what a lawyer reads says what the pack says, and the committed pages are those of the pack."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from streams.rules.load import NATIONAL, load_packs
from streams.rules.model import Pack
from yipanqi.rule_book_files import rulebook
from yipanqi.rule_notes import chapters_of
from yipanqi.rules import command

BOOK = NATIONAL.parents[2] / "docs" / "rulebook"

LOCAL = """# Fines of the town
# What the town adds.

[pack]
id = "town"
version = "2"
calendar = "none"
courts = ["京"]
events = ["x.fine", "x.paid"]

# ---- A-1 ----
# Paid <within> ten days | or else.
[[rule]]
id = "A-1"
name = "Fine | not paid"
family = "inaction"
kind = "deadline"
start = "x.fine if event.data.a || event.data.b"
stop = ["x.paid"]
# The week is ours.
within = "10 calendar_days"
levels = [{ severity = "yellow", at = "-1 calendar_days" }, { severity = "red", at = "150%", basis = "management" }]
react = ["own+up1"]
"""


@pytest.fixture(scope="module")
def national() -> dict[str, str]:
    """The pages of the national pack, by name."""
    return {path.name: text for path, text in rulebook((), BOOK).items()}


def section(pages: dict[str, str], rule: str) -> list[str]:
    """The lines about one rule."""
    page = next(text for text in pages.values() if f"\n## {rule} " in text)
    return page.partition(f"\n## {rule} ")[2].partition("<a id=")[0].splitlines()


def test_the_committed_rulebook_is_that_of_the_pack(national: dict[str, str]) -> None:
    """Writing it again gives the same bytes, and no page of a chapter that is gone lies beside them."""
    for name, text in national.items():
        assert (BOOK / name).read_text(encoding="utf-8") == text, f"{name} is stale: run `make contract`"
    assert {path.name for path in BOOK.iterdir()} == set(national)


def test_every_rule_has_a_line_in_the_index_a_section_a_runbook_and_words_of_its_own(national: dict[str, str]) -> None:
    """Each by its chapter, which has a title in both languages."""
    (pack,) = load_packs()
    for rule in pack.rules:
        assert national["README.md"].count(f"| [{rule.id}](") == 1
        lines = section(national, rule.id)
        assert f"- 处置说明 runbook：[{rule.runbook}](../runbooks/{Path(rule.runbook).name})" in lines
        assert any(line.startswith("- 事件 events read：`") for line in lines)
    for chapter in chapters_of(NATIONAL):
        assert chapter.en, chapter.name
        for note in chapter.notes:
            assert note.own or note.before, note.rule


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            "R-TIME-01",
            ["| 期限 Limit | 6个月 | 6 months | `6 months` |", "| 红色 red | 期满后90日（管理参数） | 90 days after"],
        ),
        ("R-TIME-01", ["| 延长 Extended by | 批准延长（以截止日为准，须符合右列条件） |", "- 级别：期满五日前未报请延长的"]),
        ("R-CTRL-04", ["| 期限 Limit | 起算的事件写明的期限届满日 |", "| 次数 How often | 以最近一次为准"]),
        (
            "R-LIST-03.b",
            ["| 期限 Limit | 按右列算式，其后3个工作日 | as the text on the right gives it, then 3 working days |"],
        ),
        ("R-AUC-01", ["| 不应有 Must not be | 公告期不足（红色） |", "- 保证金不在起拍价的 5%–20%：保证金在起拍价的百分之五"]),
        ("R-LEDG-01.a", ["| 账实 Balance | 右列金额（分）不得为负 | the amount on the right (fen) must not be negative |"]),
        ("R-SEQ-01.b", ["| 应当在先 Must come first | 查封、扣押、冻结 |"]),
        (
            "R-DATA-01.a",
            ["| 应有 Expected | 任何一种事件 |", "| 橙色 orange | 起算后8个工作小时 | 8 working hours after the start |"],
        ),
        ("R-DATA-02.c", ["| 窗口 Window | 7日，每7日一次 |", "| 下限 Least | 分母不足50的，不判 |"]),
        ("R-FUND-01", ["（条文待核 not verified）", "| 结案 End of the case | 结案后仍然计算 |"]),
        ("R-OBJ-01.a", ["（已核原文 verified）"]),
        ("R-INTF-01.a", ["| 限制 Restricted | 只在限制范围内流转 |", "| 期限 Limit | 24小时 | 24 hours |"]),
        ("R-DIR-01.a", ["| 谁处理 Who acts | 本院（移入法院）"]),
    ],
)
def test_a_rule_is_told_in_words(national: dict[str, str], rule: str, said: list[str]) -> None:
    """Clocks, levels, who reacts and sources, in Chinese and English beside the text as written."""
    lines = section(national, rule)
    assert [text for text in said if not any(text in line for line in lines)] == []


def test_a_pack_of_ones_own_with_its_comments(tmp_path: Path) -> None:
    """What an outsider wrote stands in the pages and breaks neither a table nor HTML; foreign names stand for themselves."""
    (tmp_path / "fines.toml").write_text(LOCAL, encoding="utf-8")
    out = tmp_path / "book"
    result = CliRunner().invoke(command, ["book", "--rules", str(tmp_path / "fines.toml"), "--out", str(out)])
    assert (result.exit_code, result.output) == (0, f"2 files in {out}\n")
    text = (out / "town-fines.md").read_text(encoding="utf-8")
    assert text.startswith("# Fines of the town\n")
    assert "> Paid &lt;within> ten days | or else." in text
    assert "| 起算 Begins | x.fine（须符合右列条件） |" in text
    assert "`x.fine if event.data.a \\|\\| event.data.b`" in text
    assert "- 期限：The week is ours." in text
    assert "| [A-1](town-fines.md#a-1) | Fine \\| not paid | Fine \\| not paid | 10日 | 黄红 | 法定期限 |" in (
        out / "README.md"
    ).read_text(encoding="utf-8")


def test_as_one_html_file_every_link_inside_it_has_its_place(tmp_path: Path) -> None:
    """Also where two packs have a rule of one id."""
    path = tmp_path / "local.toml"
    path.write_text(
        '[pack]\nid = "local"\nversion = "1"\nextends = ["cn"]\n[[rule]]\nid = "R-FUND-01"\nwithin = "25 calendar_days"\n',
        encoding="utf-8",
    )
    (text,) = rulebook((path,), tmp_path, html=True).values()
    ids = [part.partition('"')[0] for part in text.split(' id="')[1:]]
    links = [part.partition('"')[0] for part in text.split('href="#')[1:]]
    assert len(ids) == len(set(ids))
    assert set(links) <= set(ids)
    assert {"cn-50-fund-r-fund-01", "local-local-r-fund-01"} <= set(links)


def test_a_refused_pack_makes_no_book(tmp_path: Path) -> None:
    """It says why and writes nothing."""
    (tmp_path / "bad.toml").write_text('[pack]\nid = "bad"\n', encoding="utf-8")
    result = CliRunner().invoke(command, ["book", "--rules", str(tmp_path / "bad.toml"), "--out", str(tmp_path / "book")])
    assert result.exit_code == 1
    assert "pack.version: required" in result.output
    assert not (tmp_path / "book").exists()


def test_the_rulebook_counts_its_sources_by_provenance(national: dict[str, str]) -> None:
    """The index says how many texts were read and how many weren't."""
    pack: Pack = load_packs()[0]
    cited = [one for rule in pack.rules for one in (*rule.citation, *(c for check in rule.checks for c in check.citation))]
    verified = sum(one.verified for one in cited)
    line = f"- 出处 sources {len(cited)}：已核原文 verified {verified}，条文待核 not verified {len(cited) - verified}"
    assert line in national["README.md"].splitlines()
