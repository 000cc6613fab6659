"""Nothing of personal data leaves its seal: the whole running system is searched for the marks that the simulator puts in it.

Every party.registered of the simulator carries a marked name and a number of a region that no place has. They are searched for
in every record of every topic, every column of every table, every log file, the metrics and the pages.
"""

import re
import urllib.error
from urllib.parse import quote

from running import Up
from searched import records, stored

from contract.topics import EVENTS, TOPICS
from producers.simulator.marked import NAME_MARK, NUMBER_PATTERN

_LEAST = 1000
_NEWEST = 5000  # records of each partition: some 60,000 in all; what is written is of one kind from first to last
_PROCESSES = 8
_ESCAPED = "".join(f"\\\\u{ord(character):04x}" for character in NAME_MARK)
_MARK = re.compile(f"{NAME_MARK}|(?i:{_ESCAPED})|{NUMBER_PATTERN}")


def test_no_mark_stands_outside_a_seal(nation: Up) -> None:
    """At least a thousand fields are sealed, and no topic, table, log, metric or page shows a name or a number."""
    sealed = 0
    for topic, content in records(nation, TOPICS, newest=_NEWEST):
        text = content.decode("utf-8", "replace")
        assert not _MARK.search(text), f"a record of {topic} shows personal data"
        sealed += topic == EVENTS and '"pii":{"sealed":"' in text
    assert sealed >= _LEAST
    for database in ("yipanqi", "yipanqi_restricted"):
        assert dict(stored(nation, database, f"{NAME_MARK}|{NUMBER_PATTERN}")) == {}
    logs = sorted((nation.data / "logs").iterdir())
    assert len(logs) >= _PROCESSES
    for path in [*logs, nation.output]:
        assert not _MARK.search(path.read_text(errors="replace")), f"{path.name} shows personal data"
    assert not _MARK.search(nation.get(nation.ports["metrics"], "/metrics"))


def test_no_page_and_no_answer_shows_a_party(nation: Up) -> None:
    """The pages and answers of the gravest alerts' courts and cases show no name and no number."""
    alerts = nation.api("/api/v1/alerts?limit=20")["items"]
    paths = {"/", "/api/v1/alerts?limit=1000"}
    for alert in alerts:
        court, subject = quote(alert["court"]), quote(alert["subject"], safe="")
        paths |= {f"/court/{court}", f"/case/{subject}", f"/api/v1/cases/{subject}", f"/api/v1/courts/{court}"}
    registered = 0
    for path in sorted(paths):
        try:
            text = nation.get(nation.ports["wall"], path)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path} answers {error.code}") from error
        assert not _MARK.search(text), path
        registered += "party.registered" in text
    assert registered > 0, "no case among them has a registered party: the search would prove nothing"
