"""Which rules read the alerts of which: circles are refused, for none of them could run after those that it reads.

What a rule reads is told from its conditions: ``event.data.rule == 'R-TIME-01'``, ``in [...]``, ``startsWith('R-TERM-')`` and
``case.alerts['R-TIME-01']``. Where they don't tell, it reads all rules of its pack.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from lark import Tree

from streams.rules.derived import ABOUT_ALERTS
from streams.rules.errors import PackError
from streams.rules.model import Rule
from streams.rules.references import parse_reference
from streams.rules.syntax import Node, SyntaxProblem, arguments_of, literal_of, names_of, parse, parts_of
from streams.rules.written import expressions_of, references_of

_CASES = ("case", "chain")
_RULE = ("event", "data", "rule")
_ALERTS = ("case", "alerts")

Test = Callable[[str], bool]
"""Whether a rule of an id may be meant."""


def check_circles(rules: Sequence[tuple[str, Rule]], inherited: Collection[str] = ()) -> None:
    """Refuse the first rule that reads its own alerts by way of others, a group's alerts from a case, or those of no rule.

    ``inherited``: ids of the packs that this one extends, whose rules never read those of this one.
    """
    scopes = {rule.id: rule.scope for _, rule in rules}
    reads = {rule.id: read_rules(rule, scopes) for _, rule in rules}
    for file, rule in rules:
        _check_known(file, rule, {*scopes, *inherited})
        for name, field in reads[rule.id].items():
            if rule.scope in _CASES and scopes[name] not in _CASES:
                message = f"reads the alerts of {name}, a rule of scope {scopes[name]}; a case never reads a group"
                raise PackError(file, rule.id, field, message)
        circle = _way_back(rule.id, reads)
        if circle:
            field = reads[rule.id][circle[1]]
            way = f"circle of rules reading alerts: {' reads '.join(circle)}"
            hint = f"say in a condition which it means, such as event.data.rule != '{rule.id}'"
            raise PackError(file, rule.id, field, f"{way}; {hint}")


def _check_known(file: str, rule: Rule, ids: Collection[str]) -> None:
    """Refuse a reference to alerts that lets no rule through: an id that is misspelt would never be heard of."""
    for field, text in references_of(rule):
        try:
            reference = parse_reference(text)
        except ValueError:
            continue  # told later, with its place
        if reference.type not in ABOUT_ALERTS:
            continue
        meant = _meant(reference.condition)
        if not any(meant(name) for name in ("", *ids)):  # the empty id is let through: nothing in particular is asked for
            message = f"{text!r} means no rule of this pack, nor of one that it extends; name a rule by its id"
            raise PackError(file, rule.id, field, message)


def read_rules(rule: Rule, scopes: Mapping[str, str]) -> dict[str, str]:
    """The rules whose alerts a rule reads, each with the field in which it does so.

    ``scopes``: the scope of each rule of the pack. A rule of a case reads a group's alerts only where it asks for them, which
    is refused; where it reads all or all but some, those of cases and chains are meant.
    """
    found: dict[str, str] = {}
    for field, text in references_of(rule):
        try:
            reference = parse_reference(text)
        except ValueError:
            continue  # told later, with its place
        if reference.type == "*" or not any(reference.covers(name) for name in ABOUT_ALERTS):
            continue
        meant = _meant(reference.condition)
        far = meant("") and rule.scope in _CASES  # the empty id is let through: nothing in particular is asked for
        for name, scope in scopes.items():
            if meant(name) and not (far and scope not in _CASES):
                found.setdefault(name, field)
    for field, text in expressions_of(rule):
        for name in _read_in_case(text, [name for name, scope in scopes.items() if scope in _CASES]):
            found.setdefault(name, field)
    return found


def _meant(condition: str) -> Test:
    """Which rules a condition on an alert lets through, as far as it tells."""
    if not condition:
        return _any
    try:
        return _test(parse(condition)) or _any
    except SyntaxProblem:
        return _any


def _any(_: str) -> bool:
    return True


def _test(node: Node) -> Test | None:
    """What a subtree says about the rule's id; None if it says nothing."""
    node = _bare(node)
    if not isinstance(node, Tree):
        return None
    parts = parts_of(node)
    if node.data in ("conditionaland", "conditionalor") and len(parts) == 2:
        left, right = _test(parts[0]), _test(parts[1])
        if node.data == "conditionaland":
            return _both(left, right)
        return None if left is None or right is None else lambda name: left(name) or right(name)
    if node.data == "relation" and len(parts) == 2:
        return _relation(parts[0], parts[1])
    if node.data == "member_dot_arg" and names_of(parts[0]) == _RULE and str(parts[1]) == "startsWith":
        prefix = literal_of(arguments_of(node)[0])
        return None if prefix is None else lambda name: name.startswith(prefix)
    return None


def _both(left: Test | None, right: Test | None) -> Test | None:
    if left is None or right is None:
        return left or right
    return lambda name: left(name) and right(name)


def _relation(head: Node, other: Node) -> Test | None:
    """``rule == 'a'``, ``rule != 'a'`` either way round, or ``rule in ['a', 'b']``."""
    (first,) = parts_of(head)
    if head.data in ("relation_eq", "relation_ne"):
        named = literal_of(other) if names_of(first) == _RULE else literal_of(first) if names_of(other) == _RULE else None
        same = head.data == "relation_eq"
        return None if named is None else lambda name: (name == named) is same
    if head.data == "relation_in" and names_of(first) == _RULE:
        items = _literals(other)
        return None if items is None else lambda name: name in items
    return None


def _literals(node: Node) -> list[str] | None:
    """The literal strings of a list that holds nothing else."""
    node = _bare(node)
    if not isinstance(node, Tree) or node.data != "list_lit":
        return None
    items = [literal_of(item) for item in (parts_of(parts_of(node)[0]) if parts_of(node) else [])]
    return [item for item in items if item is not None] if None not in items else None


def _bare(node: Node) -> Node:
    """What a subtree is, without brackets and levels of the grammar that say nothing."""
    while isinstance(node, Tree) and len(parts_of(node)) == 1 and node.data not in ("list_lit", "ident"):
        node = parts_of(node)[0]
    return node


def _read_in_case(text: str, ids: Sequence[str]) -> list[str]:
    """The rules whose alerts an expression reads by way of ``case.alerts``."""
    try:
        tree = parse(text)
    except SyntaxProblem:
        return []
    uses = sum(1 for node in tree.find_data("member_dot") if names_of(node) == _ALERTS)
    named = list(_named_in_case(tree))
    if uses > len(named):
        return list(ids)
    return [name for name in ids if name in named]


def _named_in_case(tree: Node) -> Iterator[str]:
    """Ids in ``case.alerts['…']`` and ``'…' in case.alerts``."""
    for node in tree.iter_subtrees():
        parts = parts_of(node)
        name = None
        if node.data == "member_index" and names_of(parts[0]) == _ALERTS:
            name = literal_of(parts[1])
        elif node.data == "relation" and len(parts) == 2 and parts[0].data == "relation_in" and names_of(parts[1]) == _ALERTS:
            name = literal_of(parts_of(parts[0])[0])
        if name is not None:
            yield name


def _way_back(start: str, reads: dict[str, dict[str, str]]) -> list[str]:
    """The way from a rule back to itself, or nothing."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for name in reads.get(way[-1], ()):
            if name == start:
                return [*way, start]
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []
