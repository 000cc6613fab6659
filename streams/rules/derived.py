"""Events that the engine adds to the log's own: about its alerts, about feeds, and the begin of each month and quarter.

They stand only in the histories in which rules read them, and never in the log. Each has an example of its data here; a
``key`` is the list of texts that an alert carries.
"""

from collections.abc import Mapping
from typing import Any

_ALERT = {"rule": "R-TIME-01", "key": ["asset_id-1"], "severity": "orange", "due_at": "2024-09-02T15:59:59Z"}
_FEED = {"court_code": "京0105", "source": "/court/京0105/cms"}
_GAP = _FEED | {"first": 3, "last": 4}

DERIVED: Mapping[str, Mapping[str, Any]] = {
    "alert.raised": _ALERT,
    "alert.ended": _ALERT | {"reason": "cured"},
    "obligation.fulfilled": {
        "rule": "R-TIME-01",
        "key": ["asset_id-1"],
        "due_at": "2024-09-02T15:59:59Z",
        "at": "2024-08-01T01:30:00Z",
        "received_at": "2024-08-01T01:31:00Z",
    },
    "sys.gap_opened": _GAP,
    "sys.gap_filled": _GAP,
    "sys.event_rejected": _FEED | {"reason": "id_conflict", "sequence": 3},
    "@month": {},
    "@quarter": {},
}
"""Data of an example of each type."""

ABOUT_ALERTS = frozenset({"alert.raised", "alert.ended", "obligation.fulfilled"})
"""Types that say what became of the alerts of other rules."""

ABOUT_GAPS = frozenset({"sys.gap_opened", "sys.gap_filled"})
"""Types that say of a source's sequence what is missing in it, in the history of the source's court."""

ABOUT_FEEDS = ABOUT_GAPS | {"sys.event_rejected"}
"""The same, and what of a feed was refused."""

PERIODS = frozenset({"@month", "@quarter"})
"""The first instant of each civil month and quarter, for every scope alive."""
