"""What a pack that is sound holds: its canonical form, what it extends, the national pack."""

import hashlib
import re
from pathlib import Path

import msgspec
import pytest

from streams.rules.derived import DERIVED
from streams.rules.kinds import KINDS
from streams.rules.load import NATIONAL, load_packs
from streams.rules.model import Pack, pack_from_canonical
from streams.rules.vocabulary import CASE, FUNCTIONS, GROUP_CASE, MAPS

PARTS = {
    "INIT": "01 03.abc",
    "TIME": "01 03.abc",
    "PRES": "03.ab",
    "CTRL": "01.ab 02 03.abc 04",
    "DISP": "01",
    "AUC": "01",
    "FUND": "01 02.ab 03",
    "LEDG": "01.abcde",
    "OBJ": "01.abc 03",
    "COOP": "01",
    "ENTR": "02.ab",
    "ASST": "01.abcd",
    "TERM": "01 02.ab 03 04 05 06.ab 07 08",
    "LIST": "02.ab 03.abcde",
    "CONS": "01.abcd",
    "INTF": "01.ab",
    "PET": "01.abc",
    "DIR": "01.abc 02",
    "GOV": "01.abcd 02.abcd",
    "LIVE": "01.abc",
    "SEQ": "01.abcdefg",
    "DATA": "01.ac 02.abc",
}
"""Rows of the supervision table, each with the letters of its parts."""


@pytest.fixture(scope="module")
def national() -> Pack:
    """The national pack."""
    (pack,) = load_packs()
    return pack


def test_the_national_pack_holds_the_rules_of_the_first_release_in_parts(national: Pack) -> None:
    """A row with one clock has no letter; with several, letters in the order of its text."""
    ids = []
    for family, rows in PARTS.items():
        for row in rows.split():
            number, _, letters = row.partition(".")
            ids += [f"R-{family}-{number}.{letter}" for letter in letters] or [f"R-{family}-{number}"]
    assert sorted(rule.id for rule in national.rules) == sorted(ids)
    assert national.ends == ("case.closed", "case.refused", "case.transferred")


def test_every_national_rule_says_where_it_comes_from(national: Pack) -> None:
    """Citation unless no law says anything, seed rows, names in both languages, and a runbook that is there."""
    root = NATIONAL.parents[2]
    for rule in national.rules:
        assert rule.citation or rule.basis == "management", rule.id
        assert rule.seed, rule.id
        assert rule.name.zh != rule.name.en, rule.id
        assert (root / rule.runbook).is_file(), rule.runbook


def test_every_national_rule_stands_in_the_index_of_runbooks(national: Pack) -> None:
    """With its name, kind and basis; the index holds no other."""
    index = (NATIONAL.parents[2] / "docs" / "runbooks" / "README.md").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in index.splitlines() if line.startswith("| [")]
    basis = {"statutory": "法定 |", "management": "参数 |"}
    assert [(row[0][3:].partition("]")[0], row[1], row[2], row[-1]) for row in rows] == [
        (rule.id, rule.name.zh, rule.kind, basis[rule.basis]) for rule in national.rules
    ]


def test_canonical_bytes_and_pack_are_one(national: Pack) -> None:
    """A pack comes back from its bytes; its hash is that of the bytes."""
    content = national.canonical()
    assert pack_from_canonical(content) == national
    assert national.sha256 == hashlib.sha256(content).hexdigest()


def test_a_folder_is_read_in_name_order_and_a_comment_changes_nothing(tmp_path: Path, national: Pack) -> None:
    """The hash is of what is said, not of how the files are cut or written."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(NATIONAL.glob("*.toml")))
    (tmp_path / "all.toml").write_text("# another comment\n" + text, encoding="utf-8")
    (pack,) = load_packs([tmp_path / "all.toml"])
    assert pack.sha256 == national.sha256


def test_a_pack_extends_another_and_replaces_the_fields_it_names(tmp_path: Path, national: Pack) -> None:
    """A known id takes over what it doesn't name; the pack that is extended comes along."""
    path = tmp_path / "local.toml"
    path.write_text(
        '[pack]\nid = "local"\nversion = "7"\nextends = ["cn"]\ncourts = ["京"]\n'
        '[[rule]]\nid = "R-FUND-01"\nkind = "deadline"\nwithin = "15 calendar_days"\nstop = ["fund.disbursed"]\n'
        'levels = [{ severity = "orange", at = "100%" }]\n',
        encoding="utf-8",
    )
    base, local = load_packs([path])
    assert base == national
    assert local.ends == national.ends
    (rule,) = local.rules
    assert rule.within == ("15 calendar_days",)
    assert rule.start == national.rule("R-FUND-01").start
    assert rule.citation == national.rule("R-FUND-01").citation


def test_single_texts_and_lists_are_the_same(tmp_path: Path) -> None:
    """`start = "x"` is `start = ["x"]`; one name serves both languages."""
    path = tmp_path / "p.toml"
    path.write_text(
        '[pack]\nid = "p"\nversion = "1"\nevents = ["x.a"]\n[[rule]]\nid = "A"\nkind = "deadline"\nname = { en = "a" }\n'
        'family = "data"\nstart = "x.a"\nstop = "x.a:done_on"\nwithin = ["5 working_days", "30 calendar_days"]\n'
        'levels = [{ severity = "orange", at = "100%" }]\nreact = "own"\n',
        encoding="utf-8",
    )
    (pack,) = load_packs([path])
    (rule,) = pack.rules
    assert (rule.start, rule.stop, rule.react, rule.name.zh) == (("x.a",), ("x.a:done_on",), ("own",), "a")


def test_the_page_on_rules_names_everything_that_a_rule_may_read() -> None:
    """A lawyer finds each name of the vocabulary, each kind, field and derived event in docs/rules.md."""
    page = (NATIONAL.parents[2] / "docs/rules.md").read_text(encoding="utf-8")
    words = set(re.findall(r"[@A-Za-z_.]+", " ".join(re.findall(r"`+[^`]+`+", page, re.DOTALL))))
    names = {*CASE, *MAPS, *FUNCTIONS, *KINDS, *DERIVED, *GROUP_CASE, *(name for element in MAPS.values() for name in element)}
    assert names <= words, names - words


def test_every_national_rule_can_be_replaced_in_one_field(tmp_path: Path, national: Pack) -> None:
    """Whatever its kind, a rule keeps what the local pack leaves out."""
    text = '[pack]\nid = "local"\nversion = "1"\nextends = ["cn"]\n'
    for rule in national.rules:
        text += f'[[rule]]\nid = "{rule.id}"\nkind = "{rule.kind}"\npropose = "督办"\n'
    path = tmp_path / "local.toml"
    path.write_text(text, encoding="utf-8")
    _, local = load_packs([path])
    assert [msgspec.structs.replace(rule, propose="督办") for rule in national.rules] == list(local.rules)
