"""Loads rule packs from TOML files and folders, and refuses what is not sound with file, rule and field."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from streams.rules.cel_checks import check_cel, check_ends
from streams.rules.checks import check_pack, check_rule
from streams.rules.circles import check_circles
from streams.rules.errors import PackError
from streams.rules.feeds import check_feeds
from streams.rules.kinds import FIELDS
from streams.rules.model import Pack, Rule
from streams.rules.raw import read_pack, read_rule, rule_id
from streams.rules.secrecy import check_secrecy

NATIONAL = Path(__file__).parent / "cn"


class _Table(NamedTuple):
    """A [[rule]] table and the file in which it stands."""

    file: str
    table: dict[str, Any]


def load_packs(paths: Sequence[Path] | None = None) -> tuple[Pack, ...]:
    """Load the packs at some paths, or the national pack; a pack that another extends comes with it.

    Several versions of a pack may be given, as a log needs that lived through them; `extends` means the last one given.

    Raises:
        PackError: The first thing that is wrong.
    """
    packs: dict[str, Pack] = {}
    versions: dict[tuple[str, str], Pack] = {}
    for path in paths or [NATIONAL]:
        for pack in _load(path, packs):
            known = versions.setdefault((pack.id, pack.version), pack)
            if known != pack:
                raise PackError(str(path), "", "pack.id", f"repeated id {pack.id!r} and version {pack.version!r}")
            packs[pack.id] = pack
    return tuple(versions.values())


def read_head(path: Path) -> dict[str, Any]:
    """The [pack] table of a file or folder as written, unchecked; raises PackError for what is no pack file."""
    return _read(path)[1]


def _load(path: Path, known: Mapping[str, Pack]) -> list[Pack]:
    head_file, head, tables = _read(path)
    if not head_file:
        raise PackError(str(path), "", "pack", "there is no [pack] table")
    pack = read_pack(head_file, head)
    bases = _bases(head_file, pack, known)
    for base in bases:
        pack = _inherit(pack, base, head)
    check_pack(head_file, pack)
    inherited = {rule.id: rule for base in bases for rule in base.rules}
    rules: dict[str, Rule] = {}
    places: dict[str, str] = {}
    for number, (file, table) in enumerate(tables, 1):
        name = rule_id(file, table, number)
        if name in rules:
            raise PackError(file, name, "id", f"repeated id; it also stands in {places[name]}")
        if name in inherited:
            table = _replaced(inherited[name], table)  # noqa: PLW2901  # the fields named here replace the others
        rules[name] = read_rule(file, table)
        places[name] = file
    check_circles(tables_of(rules, places), inherited)
    for name, rule in rules.items():
        check_rule(places[name], pack, rule)
        check_cel(places[name], pack, rule)
        check_feeds(places[name], rule)
    check_secrecy(tables_of(rules, places))
    check_ends(head_file, pack, rules.values())
    return [*bases, msgspec.structs.replace(pack, rules=tuple(rules.values()))]


def _replaced(rule: Rule, table: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an inherited rule that its kind, or the one now named, knows, with those of a table in their place."""
    known = FIELDS.get(table.get("kind", rule.kind), ())
    inherited: dict[str, Any] = msgspec.to_builtins(rule)
    return {**{name: value for name, value in inherited.items() if name in known and value is not None}, **table}


def tables_of(rules: Mapping[str, Rule], places: Mapping[str, str]) -> list[tuple[str, Rule]]:
    """(file, rule) of each rule."""
    return [(places[name], rule) for name, rule in rules.items()]


def _bases(file: str, pack: Pack, known: Mapping[str, Pack]) -> list[Pack]:
    """The packs that a pack extends: those loaded before, or the national one by its id."""
    bases: list[Pack] = []
    for index, name in enumerate(pack.extends):
        if name in known:
            bases.append(known[name])
        elif name == NATIONAL.name and pack.id != name:
            bases += _load(NATIONAL, {})
        else:
            raise PackError(
                file, "", f"pack.extends[{index}]", f"unknown pack {name!r}; load it before, or it is {NATIONAL.name!r}"
            )
    return bases


def _inherit(pack: Pack, base: Pack, head: Mapping[str, Any]) -> Pack:
    """What a pack leaves out of its head it has from the one that it extends; foreign types add up."""
    names = [name for name in ("timezone", "calendar", "hours", "ends") if name not in head]
    events = tuple(dict.fromkeys((*base.events, *pack.events)))
    return msgspec.structs.replace(pack, events=events, **{name: getattr(base, name) for name in names})


def _read(path: Path) -> tuple[str, dict[str, Any], list[_Table]]:
    """(file of the [pack] table, that table, all [[rule]] tables) of a file or folder."""
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    if not files:
        raise PackError(str(path), "", "", "there is no .toml file in this folder")
    head_file, head = "", {}
    tables: list[_Table] = []
    for file in files:
        content = _parse(file)
        _check_top(str(file), content)
        if "pack" in content:
            if head_file:
                raise PackError(str(file), "", "pack", f"a second [pack] table; the first stands in {head_file}")
            head_file, head = str(file), content["pack"]
        tables += [_Table(str(file), table) for table in content.get("rule", [])]
    return head_file, head, tables


def _parse(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise PackError(str(file), "", "", f"can't be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackError(str(file), "", "", f"no TOML: {error}") from None


def _check_top(file: str, content: Mapping[str, Any]) -> None:
    for name in content:
        if name not in ("pack", "rule"):
            raise PackError(file, "", name, "unknown table; there are [pack] and [[rule]]")
    if not isinstance(content.get("pack", {}), dict):
        raise PackError(file, "", "pack", "must be a table: [pack]")
    rules: Iterable[Any] = content.get("rule", [])
    if not isinstance(rules, list) or not all(isinstance(table, dict) for table in rules):
        raise PackError(file, "", "rule", "must be tables: [[rule]]")
