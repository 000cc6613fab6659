"""What kind of statement a query text is, as far as the protocol cares: the engine does all the rest."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from infra.clickhouse.front.errors import EngineError

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
_SYNTAX_ERROR: Final = 62
_NOT_IMPLEMENTED: Final = 48
_STREAMED: Final = frozenset({"SELECT", "WITH", "(", "FROM"})


class Kind(Enum):
    """How a statement is answered."""

    ROWS = "a result, streamed"
    INSERT = "a sample block, then blocks from the client"
    PLAIN = "whatever the engine says, in one piece"


@dataclass(frozen=True)
class Statement:
    """A statement without its closing semicolon and FORMAT clause.

    Of an INSERT that waits for blocks: `sql` is its head up to VALUES or FORMAT, `table` the table as written,
    `columns` the names in its list (None without a list).
    """

    kind: Kind
    sql: str
    table: str = ""
    columns: tuple[str, ...] | None = None


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int

    @property
    def upper(self) -> str:
        return self.text.upper() if self.kind == "word" else self.text


def parse(sql: str) -> Statement:
    """Classify `sql`. Raises EngineError (62) for an empty text or more than one statement."""
    tokens = _tokens(sql)
    first = next(tokens, None)
    if first is None:
        raise EngineError(_SYNTAX_ERROR, "DB::Exception: Syntax error: Empty query. (SYNTAX_ERROR)")
    if first.upper == "INSERT":
        return _insert(sql, tokens)
    rest = [first, *tokens]
    while len(rest) > 1 and rest[-1].text == ";":
        rest.pop()
    if any(token.text == ";" for token in rest):
        raise EngineError(_SYNTAX_ERROR, "DB::Exception: Syntax error: Multi-statements are not allowed. (SYNTAX_ERROR)")
    if len(rest) > 3 and rest[-2].upper == "FORMAT" and rest[-1].kind == "word":
        rest = rest[:-2]
    return Statement(Kind.ROWS if first.upper in _STREAMED else Kind.PLAIN, sql[first.start : rest[-1].end])


def _tokens(sql: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(sql):
        kind = match.lastgroup
        if kind == "tag":
            kind = "string"
        if kind is not None and kind != "skip":
            yield _Token(kind, match.group(), match.start(), match.end())


def _insert(sql: str, tokens: Iterator[_Token]) -> Statement:
    """Read an INSERT up to where its data would begin; the data itself may be megabytes and is left alone."""
    token = _after_into(tokens)
    if token.upper == "FUNCTION":
        return Statement(Kind.PLAIN, sql)
    start = end = token.start
    while token.kind in {"word", "quoted"} or token.text == ".":
        end, token = token.end, _next(tokens)
        if token.text != "." and sql[end - 1] != ".":
            break
    table, columns, has_list = sql[start:end], None, token.text == "("
    if has_list:
        columns, token = _column_list(tokens)
    while token.upper not in {"VALUES", "FORMAT", "SELECT", "WITH", "FROM", "(", ""}:
        token = _next(tokens)
    if token.upper not in {"VALUES", "FORMAT", ""}:
        return Statement(Kind.PLAIN, sql.rstrip().removesuffix(";"))
    head = sql[: token.start]
    data_from = _next(tokens).end if token.upper == "FORMAT" else token.end
    if sql[data_from:].strip().strip(";"):
        return Statement(Kind.PLAIN, sql)
    if has_list and columns is None:
        message = "DB::Exception: Blocks are taken only for a plain list of columns. (NOT_IMPLEMENTED)"
        raise EngineError(_NOT_IMPLEMENTED, message)
    return Statement(Kind.INSERT, head, table, columns)


def _after_into(tokens: Iterator[_Token]) -> _Token:
    token = _next(tokens)
    while token.upper in {"INTO", "TABLE"}:
        token = _next(tokens)
    return token


def _column_list(tokens: Iterator[_Token]) -> tuple[tuple[str, ...] | None, _Token]:
    """Names up to the closing bracket, and the token after it; None when the list is an expression (`* EXCEPT …`)."""
    names, depth, plain = [""], 1, True
    while depth:
        token = _next(tokens)
        if token.kind == "end":
            raise EngineError(_SYNTAX_ERROR, "DB::Exception: Syntax error: unclosed column list. (SYNTAX_ERROR)")
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.text == ",":
            names.append("")
        elif token.kind in {"word", "quoted"} or token.text == ".":
            names[-1] += _unquoted(token)
        elif token.text != ")":
            plain = False
    return tuple(names) if plain else None, _next(tokens)


def _unquoted(token: _Token) -> str:
    if token.kind != "quoted":
        return token.text
    return re.sub(r"\\(.)|``|\"\"", lambda match: match.group(1) or match.group()[0], token.text[1:-1])


def _next(tokens: Iterator[_Token]) -> _Token:
    return next(tokens, _Token("end", "", 1 << 62, 1 << 62))
