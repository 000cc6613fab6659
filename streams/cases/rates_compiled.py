"""What a rule of kind ``rate`` counts and compares, ready to run."""

from collections.abc import Iterator

from contract.limits import Limit, parse_limit
from streams.rules.expressions import Expression
from streams.rules.model import Baseline, Rule


class CompiledRate:
    """The windows, measures and comparison of a rate.

    Attributes:
        window, every: How long a window is, and how far the next one lies from it.
        measures: Name → what is counted in a window.
        num, den: The fraction, over the names of measures; without ``den`` the denominator is 1.
        least: Below so many in the denominator a window isn't judged.
        baseline: What a window is compared with.
    """

    def __init__(self, rule: Rule) -> None:
        """Compile it."""
        self.window: Limit = parse_limit(rule.window)
        self.every: Limit = parse_limit(rule.every or rule.window)
        self.measures = {name: Expression(text) for name, text in rule.measures.items()}
        self.num = Expression(rule.num)
        self.den = Expression(rule.den) if rule.den else None
        self.least = rule.least
        self.baseline: Baseline | None = rule.baseline

    def expressions(self) -> Iterator[Expression]:
        """Every expression of its own."""
        yield from self.measures.values()
        yield self.num
        if self.den is not None:
            yield self.den


def rate_of(rule: Rule) -> CompiledRate | None:
    """What a rate counts; None for a rule of another kind."""
    return CompiledRate(rule) if rule.kind == "rate" else None
