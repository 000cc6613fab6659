"""CEL's syntax tree and what it says: every path, call and literal in an expression.

``common-expression-language`` evaluates, but takes unknown names and functions at compile time; so the expression is parsed
again, with the parser of ``cel-python``, and its tree is walked. Nothing else in the house knows that tree.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import msgspec
from celpy.celparser import CELParseError, CELParser
from lark import Token, Tree

Node = Any  # lark's Tree[Token]; the package is untyped here


class SyntaxProblem(ValueError):
    """An expression that is no CEL."""


class Call(NamedTuple):
    """A call of a function by name, or of a method: the texts of its literal strings stand in ``literals``, None for others."""

    name: str
    literals: tuple[str | None, ...]


class Reading(msgspec.Struct, frozen=True):
    """What an expression reads.

    Attributes:
        roots: Free variables.
        paths: Member paths from a root as far as they are names, e.g. ``("event", "data", "amount_fen")``.
        calls: Functions called by name.
        members: Every name that follows a dot, on whatever it follows.
        literals: Every literal string in it.
    """

    roots: frozenset[str]
    paths: frozenset[tuple[str, ...]]
    calls: tuple[Call, ...]
    members: frozenset[str]
    literals: frozenset[str]


_DEEPEST = 250  # each bracket is ten levels of the grammar; those who walk the tree call themselves
_TOO_DEEP = "no CEL: nested too deeply; write it with fewer brackets"

MACROS = frozenset({"all", "exists", "exists_one", "map", "filter"})


@cache
def parse(text: str) -> Node:
    """The syntax tree; raises `SyntaxProblem`."""
    try:
        tree = CELParser().parse(text)
    except CELParseError as error:
        rest = "".join(text.splitlines(keepends=True)[error.line - 1 :])[error.column - 1 :].strip()
        where = f"it goes wrong at {rest!r}" if rest else "it breaks off at the end"
        raise SyntaxProblem(f"no CEL: {where}, in {text!r}") from None
    except RecursionError:
        raise SyntaxProblem(_TOO_DEEP) from None
    if _depth(tree) > _DEEPEST:
        raise SyntaxProblem(_TOO_DEEP)
    return tree


def _depth(tree: Node) -> int:
    deepest, waiting = 0, [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        if isinstance(node, Tree):
            waiting += [(child, depth + 1) for child in parts_of(node)]
    return deepest


def string_of(token: str) -> str | None:
    """The value of a literal string token without escapes; None for any other literal."""
    text = str(token)
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else None


def literal_of(node: Node) -> str | None:
    """The literal string that a whole subtree is; None if it is anything else."""
    while isinstance(node, Tree):
        parts = parts_of(node)
        if len(parts) != 1:
            return None
        node = parts[0]
    return string_of(node) if isinstance(node, Token) and node.type == "STRING_LIT" else None


def parts_of(node: Node) -> list[Node]:
    """The children of a node that are there."""
    return [child for child in node.children if child is not None]


def arguments_of(node: Node) -> list[Node]:
    """The arguments in a call node."""
    for child in parts_of(node):
        if isinstance(child, Tree) and child.data == "exprlist":
            return parts_of(child)
    return []


def names_of(node: Node) -> tuple[str, ...] | None:
    """The names of a path such as ``event.data.rule`` that a whole subtree is; None if it is anything else."""
    while isinstance(node, Tree):
        path = _path(node)
        if path is not None:
            return path
        parts = parts_of(node)
        if len(parts) != 1:
            return None
        node = parts[0]
    return None


def variable_of(node: Node) -> str | None:
    """The plain name that a whole subtree is; None if it is anything else."""
    while isinstance(node, Tree):
        parts = parts_of(node)
        if len(parts) != 1:
            return None
        if node.data == "ident":
            return str(parts[0])
        node = parts[0]
    return None


@cache
def read(text: str) -> Reading:
    """What an expression reads; raises `SyntaxProblem`."""
    paths: set[tuple[str, ...]] = set()
    calls: list[Call] = []
    literals: set[str] = set()
    for kind, value in _walk(parse(text), frozenset()):
        if kind == "path":
            paths.add(value)
        elif kind == "call":
            calls.append(value)
        else:
            literals.add(value)
    members = {str(parts_of(node)[1]) for node in parse(text).find_data("member_dot")}
    return Reading(
        frozenset(path[0] for path in paths), frozenset(paths), tuple(calls), frozenset(members), frozenset(literals)
    )


def _walk(node: Node, bound: frozenset[str]) -> Iterator[tuple[str, Any]]:
    """Yield ("path", names), ("call", Call) and ("literal", text); variables bound by a macro are left out."""
    if isinstance(node, Token):
        value = string_of(node) if node.type == "STRING_LIT" else None
        if value is not None:
            yield "literal", value
        return
    path = _path(node)
    if path is not None:
        if path[0] not in bound:
            yield "path", path
        return
    if node.data == "member_dot_arg":
        yield from _walk_method(node, bound)
        return
    if node.data == "ident_arg":
        arguments = arguments_of(node)
        yield "call", Call(str(parts_of(node)[0]), tuple(literal_of(argument) for argument in arguments))
        for argument in arguments:
            yield from _walk(argument, bound)
        return
    for child in parts_of(node):
        yield from _walk(child, bound)


def _walk_method(node: Node, bound: frozenset[str]) -> Iterator[tuple[str, Any]]:
    receiver, name = parts_of(node)[:2]
    yield from _walk(receiver, bound)
    arguments = arguments_of(node)
    if str(name) in MACROS and arguments and (variable := variable_of(arguments[0])) is not None:
        bound, arguments = bound | {variable}, arguments[1:]
    for argument in arguments:
        yield from _walk(argument, bound)


def _path(node: Node) -> tuple[str, ...] | None:
    """Names of a chain of members on a variable; None if the node is no such chain."""
    parts = parts_of(node)
    if node.data == "ident":
        return (str(parts[0]),)
    if node.data == "member_dot":
        head = _path(parts[0]) if isinstance(parts[0], Tree) else None
        return None if head is None else (*head, str(parts[1]))
    if node.data in {"member", "primary"} and len(parts) == 1 and isinstance(parts[0], Tree):
        return _path(parts[0])
    return None
