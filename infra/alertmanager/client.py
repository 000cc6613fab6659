"""A client of Alertmanager's API v2: what fires is sent every minute with an end ahead. The log is the truth, not its memory.

One alert for (rule, court, severity) with a count, never one for a case. Without being sent again an alert would resolve when
its end comes (4 minutes); what has ended goes on being sent as resolved for 5 minutes, since one message may be lost
(Alertmanager's own advice to its clients).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec

from contract.errors import YipanqiError
from contract.times import format_instant

SEND_EVERY_S = 60.0
AHEAD = timedelta(minutes=4)
RESOLVED_FOR = timedelta(minutes=5)
_TIMEOUT_S = 10.0

WATCHDOG = "Watchdog"


class AlertmanagerAway(YipanqiError):
    """It did not take the alerts; they are sent again within a minute."""


class Firing(msgspec.Struct, frozen=True, kw_only=True):
    """What fires: one (rule, court, severity) with how many alerts and since when.

    Attributes:
        labels: ``alertname`` = the rule, ``court``, ``court_l2`` (the court at or above it right below the High Court),
            ``severity``; they name the alert.
        annotations: Texts for people.
        since: When the oldest of them began to fire, aware.
    """

    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    since: datetime

    @property
    def name(self) -> tuple[tuple[str, str], ...]:
        """Its labels, in order."""
        return tuple(sorted(self.labels.items()))


class Client:
    """Remembers what it sent, so that what ends is told as resolved.

    Args:
        url: Address of Alertmanager.
        link: Address of the console.
    """

    def __init__(self, url: str, link: str = "") -> None:
        self._url = url.rstrip("/")
        self._link = link
        self._sent: dict[tuple[tuple[str, str], ...], Firing] = {}
        self._ended: dict[tuple[tuple[str, str], ...], tuple[Firing, datetime]] = {}

    def send(self, firing: Iterable[Firing], now: datetime) -> int:
        """Send what fires, the watchdog, and for a while what has ended; returns how many alerts went out.

        Raises:
            AlertmanagerAway: It did not answer, or refused them.
        """
        present = {one.name: one for one in firing}
        for name, one in self._sent.items():
            if name not in present:
                self._ended.setdefault(name, (one, now))
        self._ended = {
            name: (one, at) for name, (one, at) in self._ended.items() if name not in present and now - at <= RESOLVED_FOR
        }
        watchdog = Firing(labels={"alertname": WATCHDOG, "severity": "none"}, annotations=_WATCHDOG_TEXT, since=now)
        body = [self._record(one, now + AHEAD) for one in (*present.values(), watchdog)]
        body += [self._record(one, at) for one, at in self._ended.values()]
        self._post(body)
        self._sent = present
        return len(body)

    def _record(self, one: Firing, ends_at: datetime) -> dict[str, Any]:
        return {
            "labels": dict(one.labels),
            "annotations": dict(one.annotations),
            "startsAt": format_instant(one.since),
            "endsAt": format_instant(ends_at),
            "generatorURL": self._link,
        }

    def _post(self, body: list[dict[str, Any]]) -> None:
        try:
            answer = httpx.post(f"{self._url}/api/v2/alerts", json=body, timeout=_TIMEOUT_S)
        except httpx.HTTPError as error:
            raise AlertmanagerAway(f"{self._url} does not answer: {type(error).__name__}") from None
        if answer.status_code != httpx.codes.OK:
            raise AlertmanagerAway(f"{self._url} refused the alerts: HTTP {answer.status_code} {answer.text[:300]}")


_WATCHDOG_TEXT = {"summary": "告警链路自检：本条始终触发，收不到它说明链路中断"}


def active(url: str, labels: Mapping[str, str]) -> "list[Note]":
    """What Alertmanager shows of a group now: neither silenced nor inhibited.

    Raises:
        AlertmanagerAway: It did not answer, or not as it should.
    """
    asked: dict[str, Any] = {"active": "true", "silenced": "false", "inhibited": "false"}
    asked["filter"] = [f'{name}="{value}"' for name, value in labels.items()]
    try:
        answer = httpx.get(f"{url.rstrip('/')}/api/v2/alerts", params=asked, timeout=_TIMEOUT_S)
        answer.raise_for_status()
        shown = msgspec.json.decode(answer.content, type=list[_Shown])
    except (httpx.HTTPError, msgspec.DecodeError) as error:
        raise AlertmanagerAway(f"{url} does not say what is active: {type(error).__name__}") from None
    return [
        Note(
            status="firing",
            labels=one.labels,
            annotations=one.annotations,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            fingerprint=one.fingerprint,
        )
        for one in shown
    ]


class Note(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One alert of a webhook message of Alertmanager."""

    status: str
    labels: dict[str, str]
    annotations: dict[str, str] = {}
    starts_at: str
    ends_at: str = ""
    fingerprint: str


class _Shown(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One alert of Alertmanager's API; its ``status`` is an object there, and only active ones are asked for."""

    labels: dict[str, str]
    annotations: dict[str, str] = {}
    starts_at: str
    ends_at: str = ""
    fingerprint: str


class Notice(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What Alertmanager posts to a webhook receiver (version "4"). The group's status is not that of its alerts."""

    version: str
    group_key: str
    status: str
    receiver: str
    group_labels: dict[str, str] = {}
    alerts: list[Note] = []
    truncated_alerts: int = 0


def read_notice(body: bytes) -> Notice:
    """Read a webhook message; raises msgspec.ValidationError or DecodeError if it is none."""
    return msgspec.json.decode(body, type=Notice)
