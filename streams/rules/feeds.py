"""What is said of feeds stands in the histories of courts: elsewhere a rule would wait for it in vain, without a word."""

from streams.rules.derived import ABOUT_FEEDS
from streams.rules.errors import PackError
from streams.rules.model import Rule
from streams.rules.references import parse_reference
from streams.rules.written import references_of


def check_feeds(file: str, rule: Rule) -> None:
    """Refuse a rule that names gaps or refusals where they don't stand; its references were read before."""
    for field, text in references_of(rule):
        name = parse_reference(text).type
        if name in ABOUT_FEEDS and rule.scope != "court":
            raise PackError(file, rule.id, field, f"{name} stands in the history of a court only; write scope = 'court'")
