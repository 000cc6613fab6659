"""Where each national rule comes from, against a table of our own: the marks of the research, kept apart from the pack.

✔ the text was read in a public copy · ○ known, not read again · ◆ a number of ours, which no law states. A rule or level that
is ◆ says ``management``; a citation that is ○ says ``verified = false``.
"""

import pytest
from national import national

from streams.rules.model import Rule

MARKS = {
    "R-INIT-01": "statutory 执行规定16✔",
    "R-INIT-03.a": "statutory 民诉法251✔ 民诉法解释480✔ 执行规定22✔",
    "R-INIT-03.b": "statutory 执行程序解释22✔",
    "R-INIT-03.c": "management 民诉法251✔",
    "R-TIME-01": "statutory 执行规定63✔ 法发〔2006〕35号1✔ 法发〔2006〕35号13○",
    "R-TIME-03": "statutory 民诉法237✔ 执行程序解释10✔",
    "R-PRES-03.a": "management 保全规定17✔ 执行程序解释4✔",
    "R-PRES-03.b": "statutory 保全规定17✔",
    "R-CTRL-01": "management 法释〔2017〕8号2✔ 法发〔2006〕35号4✔",
    "R-CTRL-02": "management 查封规定19✔ 民诉法253✔",
    "R-CTRL-03.a": "management 查封规定28✔",
    "R-CTRL-03.b": "management 查封规定28✔ 股权规定5✔",
    "R-CTRL-03.c": "management 股权规定5✔",
    "R-CTRL-04": "statutory 民诉法解释485✔ 查封规定27✔ 法〔2016〕373号10○",
    "R-DISP-01": "statutory 法释〔2018〕15号1✔",
    "R-AUC-01": "statutory 法释〔2016〕18号10✔",
    "R-FUND-01": "statutory 法发〔2017〕6号10○",
    "R-FUND-02": "statutory 法发〔2017〕6号10○",
    "R-FUND-03": "management 法发〔2017〕6号○",
    "R-LEDG-01": "statutory 法发〔2017〕6号3○",
    "R-OBJ-01.a": "statutory 异议复议规定2✔",
    "R-OBJ-01.b": "statutory 异议复议规定2✔",
    "R-OBJ-01.c": "statutory 民诉法236✔ 异议复议规定3✔",
    "R-OBJ-03": "statutory 执行程序解释15✔ 民诉法解释463✔",
    "R-COOP-01": "statutory 法发〔2018〕9号15○",
    "R-ENTR-02": "management 委托执行规定2✔ 法发〔2017〕27号○",
    "R-ASST-01.a": "management 民诉法253✔",
    "R-ASST-01.b": "statutory 执行规定45✔",
    "R-ASST-01.c": "statutory 网络查询规定6✔",
    "R-ASST-01.d": "management 民诉法253✔",
    "R-TERM-01": "statutory 法〔2016〕373号1✔",
    "R-TERM-02.a": "statutory 法〔2016〕373号1✔ 法〔2016〕373号3○",
    "R-TERM-02.b": "management 法〔2016〕373号1✔",
    "R-TERM-03": "statutory 法〔2016〕373号1○",
    "R-TERM-04": "statutory 法〔2016〕373号1✔",
    "R-TERM-05": "statutory 法〔2016〕373号5○ 民诉法解释517✔",
    "R-TERM-06": "statutory 法〔2016〕373号11○",
    "R-TERM-07": "statutory 法〔2016〕373号9✔",
    "R-TERM-08": "management 法〔2016〕373号9✔ 民诉法265✔ 法释〔2022〕3号2✔",
    "R-LIST-02.a": "statutory 法释〔2017〕7号3○ 法发〔2019〕35号15○",
    "R-LIST-02.b": "statutory 法释〔2017〕7号3○",
    "R-LIST-03.a": "statutory 法释〔2017〕7号10○",
    "R-LIST-03.b": "statutory 法释〔2017〕7号2○",
    "R-LIST-03.c": "statutory 法释〔2017〕7号10○",
    "R-LIST-03.d": "statutory 法释〔2017〕7号10○",
    "R-LIST-03.e": "statutory 法释〔2017〕7号2○",
    "R-CONS-01.a": "management 法释〔2015〕17号1○",
    "R-CONS-01.b": "management 法释〔2015〕17号9○",
    "R-CONS-01.c": "statutory 法发〔2019〕35号17○",
    "R-CONS-01.d": "management 法发〔2019〕35号17○",
    "R-INTF-01": "statutory 中办发〔2015〕23号12✔",
    "R-PET-01.a": "statutory 法〔2021〕227号4✔",
    "R-PET-01.b": "statutory 法〔2021〕227号4✔ 法〔2021〕322号30✔",
    "R-PET-01.c": "statutory 法〔2021〕227号4✔",
    "R-DIR-01.a": "management 执行规定72✔",
    "R-DIR-01.b": "management 执行规定72✔",
    "R-DIR-01.c": "management 执行规定72✔",
    "R-DIR-02": "statutory 执行程序解释12✔",
    "R-GOV-01": "management 法释〔2017〕7号8○",
    "R-GOV-02": "management",
    "R-LIVE-01": "management",
    "R-SEQ-01": "management",
    "R-DATA-01": "management",
    "R-DATA-02": "management",
}
"""Part, or row where its parts are alike: basis, then document, first article and mark of each citation."""

LIMIT_IS_OURS = {"R-INTF-01.a": "立即 is law, 24 hours are ours"}
"""Statutory rules whose very limit is a level of ours."""

SHORT = {
    "中华人民共和国民事诉讼法（2023修正）": "民诉法",
    "最高人民法院关于适用《中华人民共和国民事诉讼法》的解释": "民诉法解释",
    "最高人民法院关于适用《中华人民共和国民事诉讼法》执行程序若干问题的解释": "执行程序解释",
    "最高人民法院关于人民法院执行工作若干问题的规定（试行）": "执行规定",
    "最高人民法院关于人民法院办理财产保全案件若干问题的规定": "保全规定",
    "最高人民法院关于人民法院民事执行中查封、扣押、冻结财产的规定": "查封规定",
    "最高人民法院关于人民法院强制执行股权若干问题的规定": "股权规定",
    "最高人民法院关于人民法院办理执行异议和复议案件若干问题的规定": "异议复议规定",
    "最高人民法院关于委托执行若干问题的规定": "委托执行规定",
    "最高人民法院关于网络查询、冻结被执行人存款的规定": "网络查询规定",
}
"""Documents that the table calls by their short names; the others by number."""


def _said(rule: Rule) -> str:
    """What a rule says of itself, in the form of the table."""
    told: list[str] = [rule.basis]
    for one in rule.citation:
        first = "".join(c for c in one.article.split("条")[0] if c.isdigit())
        told.append(f"{SHORT.get(one.document, one.number)}{first}{'✔' if one.verified else '○'}")
    return " ".join(told)


@pytest.mark.parametrize("rule", national().rules, ids=lambda rule: rule.id)
def test_basis_and_marks_are_those_of_the_table(rule: Rule) -> None:
    """Nothing is called law, or read, that the table doesn't call so."""
    assert _said(rule) == MARKS.get(rule.id, MARKS.get(rule.id.partition(".")[0]))


@pytest.mark.parametrize("rule", [rule for rule in national().rules if rule.kind == "deadline"], ids=lambda rule: rule.id)
def test_only_the_limit_itself_is_law(rule: Rule) -> None:
    """Of a statutory deadline, levels before and after the limit are ours unless another law states them."""
    if rule.basis == "management":
        assert all(level.basis != "statutory" for level in rule.levels)
        return
    for level in rule.levels:
        stated = level.at == "100%" or (rule.id, level.at) in {
            ("R-PET-01.b", "30 working_days"),
            ("R-TIME-01", "-5 calendar_days"),
        }
        assert (level.basis != "management") == (stated and rule.id not in LIMIT_IS_OURS), level


def test_every_entry_of_the_table_is_a_rule() -> None:
    """A row that is renamed doesn't leave its mark behind."""
    ids = {rule.id for rule in national().rules}
    rows = {name.partition(".")[0] for name in ids}
    assert {name for name in MARKS if name not in ids and name not in rows} == set()


OUTLIVES = ("TERM", "LIST", "CONS", "FUND", "LEDG", "OBJ", "DIR", "PET", "DATA", "CTRL-03", "CTRL-04")


@pytest.mark.parametrize("rule", national().rules, ids=lambda rule: rule.id)
def test_what_outlives_the_case(rule: Rule) -> None:
    """Money, lists, terminations, objections, supervision and data go on when the case is closed; the rest ends with it."""
    if rule.kind == "rate":
        return  # a window is of no case
    lives = rule.id.startswith(tuple(f"R-{name}" for name in OUTLIVES)) or rule.id in ("R-GOV-01.d", "R-GOV-02.d")  # of no case
    assert rule.outlives == lives
