"""The courts that an event names: whether they are in the court tree, and whether its feed may speak for them.

Asked of everything that comes from outside: by the gateway, when a log is imported, and by `yipanqi supervise` of what no
gateway has taken. What one has taken is not asked again, for the tree changes with the years and the log does not.
"""

from contract.courts import COURTS
from contract.envelope import Event, court_of_source
from contract.errors import FieldError

COURT_FIELDS = ("court_code", "from_court", "to_court", "by_court", "about_court", "upper_court")
"""Fields of any payload of the contract that hold the code of a court."""


def court_errors(event: Event) -> list[FieldError]:
    """What is wrong with the courts that an event names.

    The feed's court is in the court tree; an acting court (``courtcode``) or one that a heartbeat speaks of (``court_code``)
    is that court or one below it; others stand somewhere in the tree. The payload of a foreign event says what it likes.
    """
    errors = []
    feed = court_of_source(event.source)
    if feed is not None and COURTS.get(feed) is None:
        errors.append(unknown_court("source", feed))
        feed = None
    if event.courtcode is not None:
        errors += _acting("courtcode", event.courtcode, feed)
    if event.data is not None and not event.type.startswith("x."):
        for name in COURT_FIELDS:
            code = event.data.get(name)
            if isinstance(code, str):
                errors += _acting(f"data.{name}", code, feed if name == "court_code" else None)
    return errors


def unknown_court(field: str, code: str) -> FieldError:
    """The error of a code that no court of the tree has."""
    return FieldError(field, "unknown_court", f"{code!r} is no 法院代字 of the court tree")


def _acting(field: str, code: str, feed: str | None) -> list[FieldError]:
    if COURTS.get(code) is None:
        return [unknown_court(field, code)]
    if feed is not None and not COURTS.within(code, feed):
        text = f"{code} is neither {feed}, the court of this feed, nor below it"
        return [FieldError(field, "foreign_court", text)]
    return []
