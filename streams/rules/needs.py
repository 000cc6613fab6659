"""Which events an expression can't be true without, as its text says it.

``last('sup.campaign_closed').time >= …`` fails as long as no campaign was closed: a member of nothing is an error, an error
is never true, and neither is what is joined to it by ``&&``. Where that can't be seen in the text nothing is claimed.
"""

from functools import cache

from lark import Token

from streams.rules.syntax import Node, arguments_of, literal_of, parse, parts_of

_STRICT = frozenset(
    {
        "relation",
        "relation_lt",
        "relation_le",
        "relation_gt",
        "relation_ge",
        "relation_eq",
        "relation_ne",
        "addition",
        "addition_add",
        "addition_sub",
        "multiplication",
        "multiplication_mul",
        "multiplication_div",
        "multiplication_mod",
        "unary",
        "unary_not",
        "unary_neg",
    }
)
"""Operators that fail when an operand fails."""

_OF_MEMBERS = frozenset({"member_dot", "member_index"})
_NONE: frozenset[str] = frozenset()


@cache
def needed(text: str) -> frozenset[str]:
    """The references of which each must have come for an expression to be true; raises `SyntaxProblem`."""
    return _for_truth(parse(text))


def _for_truth(node: Node) -> frozenset[str]:
    if isinstance(node, Token):
        return _NONE
    parts = parts_of(node)
    if len(parts) == 1 and node.data != "literal":
        return _for_truth(parts[0])
    if node.data == "conditionaland":
        return _for_truth(parts[0]) | _for_truth(parts[1])
    if node.data == "conditionalor":
        return _for_truth(parts[0]) & _for_truth(parts[1])
    if node.data == "ident_arg" and str(parts[0]) == "seen":
        return _named(node) | _for_any(node)
    return _for_any(node)


def _for_any(node: Node) -> frozenset[str]:
    """The references without which an expression has no value at all."""
    if isinstance(node, Token):
        return _NONE
    parts = parts_of(node)
    if len(parts) == 1 and node.data != "literal":
        return _for_any(parts[0])
    if node.data in _STRICT:
        return _NONE.union(*map(_for_any, parts))
    if node.data in _OF_MEMBERS:
        return _for_any(parts[0]) | _last(parts[0])
    if node.data == "ident_arg" and str(parts[0]) != "has":  # `has` asks whether there is a member, and takes no for an answer
        return _NONE.union(*map(_for_any, arguments_of(node)))
    return _NONE


def _last(node: Node) -> frozenset[str]:
    """The reference of a call of ``last`` that a whole subtree is."""
    while not isinstance(node, Token):
        parts = parts_of(node)
        if node.data == "ident_arg":
            return _named(node) if str(parts[0]) == "last" else _NONE
        if len(parts) != 1:
            return _NONE
        node = parts[0]
    return _NONE


def _named(node: Node) -> frozenset[str]:
    """The literal reference that a call begins with."""
    arguments = arguments_of(node)
    text = literal_of(arguments[0]) if arguments else None
    return _NONE if text is None else frozenset({text})
