"""Checks every name in an expression: paths against shapes, functions against the vocabulary, macros' variables on the way."""

from collections.abc import Mapping

from lark import Token, Tree

from streams.rules.shapes import ANY, SCALAR, AnyShape, Elements, Fields, Shape
from streams.rules.syntax import MACROS, Node, arguments_of, literal_of, parse, parts_of, variable_of
from streams.rules.vocabulary import FUNCTIONS, GROUP_NAMES, METHODS, REFERENCE_CALLS


def check_names(text: str, roots: Mapping[str, Shape]) -> Shape:
    """Check an expression's names; returns the shape of its value.

    Raises:
        ValueError: A name, function or method that isn't there, or a call that can't be; `SyntaxProblem` for no CEL.
    """
    return _Checker(roots).shape(parse(text))


class _Checker:
    """Walks a tree with what its variables look like."""

    def __init__(self, roots: Mapping[str, Shape]) -> None:
        self._roots = roots

    def shape(self, node: Node) -> Shape:
        """The shape of a subtree's value, every name in it checked."""
        if isinstance(node, Token):
            return SCALAR
        method = getattr(self, f"_{node.data}", None)
        if method is not None:
            shape: Shape = method(node)
            return shape
        parts = parts_of(node)
        shapes = [self.shape(part) for part in parts]
        if len(parts) == 1:
            return shapes[0]
        return shapes[1] if node.data == "expr" else SCALAR

    def _ident(self, node: Node) -> Shape:
        name = str(parts_of(node)[0])
        if name in self._roots:
            return self._roots[name]
        if name in GROUP_NAMES:
            raise ValueError(
                f"{name!r} is read by rules of scope {name!r} only; here there are {', '.join(sorted(self._roots))}"
            )
        raise ValueError(f"unknown name {name!r}; here there are {', '.join(sorted(self._roots))}")

    def _member_dot(self, node: Node) -> Shape:
        receiver, name = parts_of(node)
        return _below(self.shape(receiver), str(name))

    def _member_index(self, node: Node) -> Shape:
        receiver, index = parts_of(node)
        shape = self.shape(receiver)
        self.shape(index)
        if isinstance(shape, Elements):
            return shape.element
        name = literal_of(index)
        if isinstance(shape, Fields) and name is not None:
            return _below(shape, name)
        if isinstance(shape, AnyShape):
            return ANY
        raise ValueError("an index needs a list, a map or a literal name")

    def _member_dot_arg(self, node: Node) -> Shape:
        parts = parts_of(node)
        shape, name = self.shape(parts[0]), str(parts[1])
        arguments = arguments_of(node)
        if name in MACROS:
            return self._macro(shape, name, arguments)
        if name not in METHODS:
            raise ValueError(f"unknown method {name!r}; there are {', '.join(sorted(METHODS | MACROS))}")
        for argument in arguments:
            self.shape(argument)
        return SCALAR

    def _macro(self, shape: Shape, name: str, arguments: list[Node]) -> Shape:
        variable = variable_of(arguments[0]) if len(arguments) == 2 else None
        if variable is None:
            raise ValueError(f"{name}() takes a variable and an expression")
        if not isinstance(shape, Elements | AnyShape):
            raise ValueError(f"{name}() needs a list or a map")  # noqa: TRY004  # the pack's fault, not the caller's
        element: Shape = ANY
        if isinstance(shape, Elements):
            element = SCALAR if shape.keyed else shape.element  # CEL walks the keys of a map
        value = _Checker({**self._roots, variable: element}).shape(arguments[1])
        if name == "map":
            return Elements(value)
        return shape if name == "filter" else SCALAR

    def _ident_arg(self, node: Node) -> Shape:
        name, arguments = str(parts_of(node)[0]), arguments_of(node)
        if name not in FUNCTIONS:
            raise ValueError(f"unknown function {name!r}; there are {', '.join(sorted(FUNCTIONS))}")
        if len(arguments) not in FUNCTIONS[name]:
            raise ValueError(f"{name}() takes {' or '.join(map(str, FUNCTIONS[name]))} arguments, not {len(arguments)}")
        if name in REFERENCE_CALLS and not literal_of(arguments[0]):
            raise ValueError(f"{name}() takes a literal reference, such as {name}('case.filed')")
        if name in ("count", "sum") and len(arguments) == FUNCTIONS[name][-1] and not _is_span(arguments[-1]):
            raise ValueError(f"{name}() takes a span as its last argument, {_SPANS}")
        if name == "sum" and literal_of(arguments[1]) is None:
            raise ValueError("sum() takes the name of a field as its second argument, a literal")
        if name == "prev":
            self._check_prev(arguments[0])
            arguments = arguments[1:]
        for argument in arguments:
            self.shape(argument)
        if name == "has" and not _is_member(arguments[0]):
            raise ValueError("has() takes a path such as event.data.kind")
        return ANY if name == "last" else SCALAR

    def _check_prev(self, what: Node) -> None:
        """``prev(filed, 1)``: a measure, or value, some windows back; the name may also stand as a literal."""
        name = variable_of(what) or literal_of(what)
        if "value" not in self._roots:
            raise ValueError("prev() looks at earlier windows: only the levels of a rate have them")
        if name is None or name not in self._roots or name in ("p", "median", "z"):
            raise ValueError("prev() takes value or the name of a measure, and how many windows back: prev(value, 1)")

    def _dot_ident(self, node: Node) -> Shape:
        raise ValueError(f"names have no leading dot: .{parts_of(node)[0]}")

    _dot_ident_arg = _dot_ident

    def _member_object(self, node: Node) -> Shape:
        del node
        raise ValueError("messages can't be made in a rule")

    def _list_lit(self, node: Node) -> Shape:
        items = parts_of(parts_of(node)[0]) if parts_of(node) else []
        shapes = [self.shape(item) for item in items]
        return Elements(shapes[0] if shapes else ANY)

    def _map_lit(self, node: Node) -> Shape:
        for part in parts_of(node):
            self.shape(part)
        return ANY


def _below(shape: Shape, name: str) -> Shape:
    if isinstance(shape, AnyShape):
        return ANY
    if isinstance(shape, Elements) and shape.keyed:
        return shape.element
    if isinstance(shape, Fields):
        if name in shape.fields:
            return shape.fields[name]
        if name == "pii":
            raise ValueError("no rule reads pii")
        raise ValueError(f"unknown field {name!r}; there are {', '.join(sorted(shape.fields)) or 'none'}")
    raise ValueError(f"there is nothing called {name!r} below a plain value or list")


_SPANS = "a literal such as '3 months', or the time of an event, such as last('case.filed').time"


def _is_span(node: Node) -> bool:
    """A literal span, or the instant of an event: a path that ends in ``.time``."""
    if literal_of(node):
        return True
    while isinstance(node, Tree):
        parts = parts_of(node)
        if node.data == "member_dot":
            return str(parts[1]) == "time"
        if len(parts) != 1:
            return False
        node = parts[0]
    return False


def _is_member(node: Node) -> bool:
    while isinstance(node, Tree):
        if node.data in {"member_dot", "member_index"}:
            return True
        parts = parts_of(node)
        if len(parts) != 1:
            return False
        node = parts[0]
    return False
