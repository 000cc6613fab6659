"""Words of ClickHouse's SQL: just enough to tell statements, strings and comments apart."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_TOKEN: Final = re.compile(
    r"""
      (?P<skip>\s+ | --[^\n]* | /\*.*?\*/)
    | (?P<string>'(?:[^'\\]|\\.|'')*' | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
    | (?P<quoted>`(?:[^`\\]|\\.|``)*` | "(?:[^"\\]|\\.|"")*")
    | (?P<word>\w+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """A word, string, quoted name or other character of a statement, with its place in the text."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def upper(self) -> str:
        """The keyword, if it is one."""
        return self.text.upper() if self.kind == "word" else self.text


def tokens(sql: str) -> Iterator[Token]:
    """Yield the tokens of `sql` without white space and comments."""
    for match in _TOKEN.finditer(sql):
        kind = match.lastgroup
        if kind is not None and kind != "skip":
            yield Token("string" if kind == "tag" else kind, match.group(), match.start(), match.end())


def split_statements(sql: str) -> list[str]:
    """Split a file at its semicolons; comments before a statement are dropped, empty statements too."""
    statements = []
    start = end = None
    for token in tokens(sql):
        if token.text == ";":
            if start is not None:
                statements.append(sql[start:end])
            start = None
            continue
        start = token.start if start is None else start
        end = token.end
    if start is not None:
        statements.append(sql[start:end])
    return statements
