"""What kind of statement a query text is, as far as the protocol cares: the engine does all the rest."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from infra.clickhouse.front.errors import EngineError
from infra.clickhouse.sql import Token, tokens

_SYNTAX_ERROR: Final = 62
_NOT_IMPLEMENTED: Final = 48
_STREAMED: Final = frozenset({"SELECT", "WITH", "(", "FROM"})


class Kind(Enum):
    """How a statement is answered."""

    ROWS = "a result, streamed"
    INSERT = "a sample block, then blocks from the client"
    SESSION = "nothing; it changes the session"
    PLAIN = "whatever the engine says, in one piece"


_OTHER_KINDS: Final = {"USE": Kind.SESSION, "SET": Kind.SESSION}


@dataclass(frozen=True)
class Statement:
    """A statement without its closing semicolon and FORMAT clause.

    Of an INSERT that waits for blocks: `sql` is its head up to SETTINGS, VALUES or FORMAT, `table` the table as written,
    `columns` the names in its list (None without a list), `settings` what follows SETTINGS.
    """

    kind: Kind
    sql: str
    table: str = ""
    columns: tuple[str, ...] | None = None
    settings: str = ""


def parse(sql: str) -> Statement:
    """Classify `sql`. Raises EngineError (62) for an empty text or more than one statement."""
    found = tokens(sql)
    first = next(found, None)
    if first is None:
        raise EngineError(_SYNTAX_ERROR, "DB::Exception: Syntax error: Empty query. (SYNTAX_ERROR)")
    if first.upper == "INSERT":
        return _insert(sql, found)
    rest = [first, *found]
    while len(rest) > 1 and rest[-1].text == ";":
        rest.pop()
    if any(token.text == ";" for token in rest):
        raise EngineError(_SYNTAX_ERROR, "DB::Exception: Syntax error: Multi-statements are not allowed. (SYNTAX_ERROR)")
    if len(rest) > 3 and rest[-2].upper == "FORMAT" and rest[-1].kind == "word":
        rest = rest[:-2]
    kind = Kind.ROWS if first.upper in _STREAMED else _OTHER_KINDS.get(first.upper, Kind.PLAIN)
    return Statement(kind, sql[first.start : rest[-1].end])


def _insert(sql: str, found: Iterator[Token]) -> Statement:
    """Read an INSERT up to where its data would begin; the data itself may be megabytes and is left alone."""
    token = _after_into(found)
    if token.upper == "FUNCTION":
        return Statement(Kind.PLAIN, sql)
    start = end = token.start
    while token.kind in {"word", "quoted"} or token.text == ".":
        end, token = token.end, _next(found)
        if token.text != "." and sql[end - 1] != ".":
            break
    table, columns, has_list = sql[start:end], None, token.text == "("
    if has_list:
        columns, token = _column_list(found)
    head_end = token.start
    settings_start = token.end if token.upper == "SETTINGS" else None
    while token.upper not in {"VALUES", "FORMAT", "SELECT", "WITH", "FROM", "(", ""}:
        token = _next(found)
    if token.upper not in {"VALUES", "FORMAT", ""}:
        return Statement(Kind.PLAIN, sql.rstrip().removesuffix(";"))
    data_from = _next(found).end if token.upper == "FORMAT" else token.end
    if sql[data_from:].strip().strip(";"):
        return Statement(Kind.PLAIN, sql)
    if has_list and columns is None:
        message = "DB::Exception: Blocks are taken only for a plain list of columns. (NOT_IMPLEMENTED)"
        raise EngineError(_NOT_IMPLEMENTED, message)
    settings = "" if settings_start is None else sql[settings_start : token.start]
    return Statement(Kind.INSERT, sql[:head_end], table, columns, settings)


def _after_into(found: Iterator[Token]) -> Token:
    token = _next(found)
    while token.upper in {"INTO", "TABLE"}:
        token = _next(found)
    return token


def _column_list(found: Iterator[Token]) -> tuple[tuple[str, ...] | None, Token]:
    """Names up to the closing bracket, and the token after it; None when the list is an expression (`* EXCEPT …`)."""
    names, depth, plain = [""], 1, True
    while depth:
        token = _next(found)
        if token.kind == "end":
            raise EngineError(_SYNTAX_ERROR, "DB::Exception: Syntax error: unclosed column list. (SYNTAX_ERROR)")
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.text == ",":
            names.append("")
        elif token.kind in {"word", "quoted"} or token.text == ".":
            names[-1] += _unquoted(token)
        elif token.text != ")":
            plain = False
    return tuple(names) if plain else None, _next(found)


def _unquoted(token: Token) -> str:
    if token.kind != "quoted":
        return token.text
    return re.sub(r"\\(.)|``|\"\"", lambda match: match.group(1) or match.group()[0], token.text[1:-1])


def _next(found: Iterator[Token]) -> Token:
    return next(found, Token("end", "", 1 << 62, 1 << 62))
