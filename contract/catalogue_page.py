"""The catalogue as a page: one table for each noun, one line for each field."""

from collections.abc import Iterable
from itertools import groupby

from contract.catalogue import EVENT_TYPES, EventType
from contract.describe import FieldDoc, describe

_NOUNS = {
    "case": ("案件", "cases from receipt to closing and resumption"),
    "party": ("当事人", "parties of a case, and what the debtor did"),
    "inquiry": ("查控", "inquiries after property"),
    "clue": ("财产线索", "clues to property"),
    "asset": ("财产", "assets from discovery to disposal"),
    "auction": ("拍卖", "auctions"),
    "fund": ("案款", "money of a case"),
    "objection": ("异议", "objections"),
    "review": ("复议", "reviews of objection rulings"),
    "suit": ("异议之诉", "lawsuits about enforcement"),
    "term": ("终本", "termination of one enforcement procedure"),
    "list": ("失信名单", "the list of dishonest debtors"),
    "cons": ("限高", "restrictions on high consumption"),
    "pres": ("保全", "preservation before enforcement"),
    "entr": ("委托", "entrustment between courts"),
    "coord": ("协助", "institutions that assist"),
    "sup": ("监督", "supervision"),
    "pet": ("信访舆情", "petitions and public opinion"),
    "pers": ("人员与干预", "personnel and interference"),
    "aid": ("司法救助", "judicial relief"),
    "bkr": ("执转破", "passage to bankruptcy"),
    "crim": ("拒执", "prosecution for refusal to obey"),
    "ops": ("现场执行", "missions in the field"),
    "sys": ("系统", "the platform and its feeds"),
}
_HEAD = """# Catalogue of events 事件目录

Generated from the structs in `contract/events` by `make contract`; {count} types. The full `type` of an event is
`cn.court.enforcement.` + the name below + `.v1`; the envelope is described in [gateway.md](gateway.md). Machine-readable: the
JSON Schemas in `contract/schemas`, an example of each type in `contract/examples`, all of it as AsyncAPI 3 in
`contract/asyncapi.json`.

**Units.** *fen*: an integer, 1/100 yuan. *civil date*: `2024-03-01`, a day in Asia/Shanghai. *instant*: RFC 3339 with offset.
*number*: an integer. A field in **bold** must be there. Where a type has `on`, it is the civil date of the event's `time`.

**PII.** P0 says nothing of a person; P1 is a pseudonym (HMAC of an identity number, or a court's own number of an officer);
P2 is personal and P3 sensitive: both stand under `pii` alone, which the gateway seals before the event enters the log.

**Marks.** ⚙ is written by the platform and refused from outside. 🔒 goes to the restricted topic and is read by the restricted
room alone.
"""


def page() -> str:
    """The page, in Markdown."""
    parts = [_HEAD.format(count=len(EVENT_TYPES)), _contents()]
    for noun, kinds in groupby(EVENT_TYPES.values(), key=_noun):
        zh, en = _NOUNS[noun]
        parts.append(f"## {noun}\n\n{zh}, {en}.\n\n" + _table(kinds))
    return "\n".join(parts)


def _contents() -> str:
    counts = {noun: len(list(kinds)) for noun, kinds in groupby(EVENT_TYPES.values(), key=_noun)}
    return " · ".join(f"[{noun}](#{noun}) {_NOUNS[noun][0]} {count}" for noun, count in counts.items()) + "\n"


def _noun(kind: EventType) -> str:
    return kind.name.partition(".")[0]


def _table(kinds: Iterable[EventType]) -> str:
    lines = ["| Field | Unit | PII | 含义 | Meaning |", "|---|---|---|---|---|"]
    for kind in kinds:
        zh, en = kind.meaning
        mark = " 🔒" if kind.restricted else " ⚙" if kind.sender == "system" else ""
        ids = f" (id: {', '.join(f'`{name}`' for name in kind.ids)})" if kind.ids else ""
        lines.append(f"| **`{kind.name}`**{mark} | | | **{_cell(zh)}** | {_cell(en)}{ids} |")
        lines += [_line(doc) for doc in describe(kind)]
    return "\n".join(lines) + "\n"


def _line(doc: FieldDoc) -> str:
    name = f"**{doc.name}**" if doc.required else doc.name
    return f"| · {name} | {_cell(doc.unit)} | {doc.pii} | {_cell(doc.zh)} | {_cell(doc.en)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
