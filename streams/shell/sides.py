"""The two sides of the house, as `verify` and `rebuild` work on them: what is common, and the restricted records apart."""

from collections.abc import Mapping
from typing import NamedTuple

from contract import topics
from streams.projections.tables import FED, LOG, RESTRICTED_FED, Table
from streams.shell import cases, restricted


class Side(NamedTuple):
    """Topics, database and consumer group of one side.

    Attributes:
        events: Its log.
        alerts: What the engine says of it.
        rejected: Its dead letters.
        group: Whose commits tell how far the log has been judged.
        fed: The tables that its topics feed.
        database: Where these stand, unless told otherwise.
        has_groups: Whether its cases tell groups what they know.
    """

    events: str
    alerts: str
    rejected: str
    group: str
    fed: Mapping[str, tuple[Table, ...]]
    database: str
    has_groups: bool

    @property
    def logged(self) -> tuple[str, ...]:
        """Its topics of which every offset has a row in `log`."""
        return tuple(topic for topic, tables in self.fed.items() if LOG in tables)


COMMON = Side(topics.EVENTS, topics.ALERTS, topics.REJECTED, cases.GROUP, FED, "yipanqi", has_groups=True)
APART = Side(
    topics.RESTRICTED,
    topics.RESTRICTED_ALERTS,
    topics.RESTRICTED_REJECTED,
    restricted.GROUP,
    RESTRICTED_FED,
    restricted.DATABASE,
    has_groups=False,
)
"""What is restricted: no group hears of it."""
