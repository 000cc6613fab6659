"""Queries of the warehouse: history, figures and lists. Every answer is a plain structure; nothing is written."""

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, Literal

import msgspec

from infra.clickhouse.client import ClickHouse
from infra.clickhouse.subjects import IS_CASE


class CourtFigures(msgspec.Struct, frozen=True):
    """Cases of one court, as its own: open now, and filed or closed on a day."""

    open: int
    filed_today: int
    closed_today: int


class CaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """The latest version of a case."""

    subject: str
    rootid: str
    court: str
    case_no: str
    case_type: str
    stage: str
    mode: str
    filed_on: date | None
    closed_on: date | None
    claim_fen: int | None
    paid_fen: int | None
    open: bool
    last_event_at: datetime | None
    last_type: str


class EventRow(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it holds now, corrections applied."""

    source: str
    id: str
    type: str
    subject: str
    time: datetime
    recordedtime: datetime
    receivedtime: datetime
    court: str
    data: dict[str, Any]
    corrected_by: str


_CASE_COLUMNS = ", ".join(CaseRow.__struct_fields__)
_EVENT_COLUMNS = ", ".join(EventRow.__struct_fields__)


class Store:
    """Reads the warehouse. Calls block: from the event loop they are made in a thread."""

    def __init__(self, client: ClickHouse) -> None:
        self.client = client

    def watermarks(self) -> dict[int, datetime]:
        """Return {case partition: its greatest tick}."""
        rows = self.client.query_rows("SELECT partition, max(tick) FROM watermarks GROUP BY partition")
        return {int(partition): tick for partition, tick in rows}

    def reached_on(self, day: date) -> dict[str, int]:
        """Return {severity: alerts that reached it on a civil day}."""
        sql = (
            "SELECT changed_to, uniqExact(id) FROM alerts WHERE transition IN ('raised', 'severity')"
            " AND toDate(known_from, 'Asia/Shanghai') = %(day)s GROUP BY changed_to"
        )
        return {json.loads(severity): int(count) for severity, count in self.client.query_rows(sql, {"day": day})}

    def open_alerts(self) -> list[tuple[dict[str, Any], str]]:
        """Return (record, position) of every open alert."""
        rows = self.client.query_rows("SELECT record, partition, position FROM alerts_now WHERE ended_at IS NULL")
        return [(json.loads(record), f"{partition}:{position}") for record, partition, position in rows]

    def alerts_of(self, rootid: str) -> list[dict[str, Any]]:
        """Return the standing alerts of a chain, ended ones too, in the order in which they were raised."""
        # The condition on id reaches the table through the view's LIMIT BY id; one on rootid would not.
        ids = "SELECT DISTINCT id FROM alerts WHERE rootid = %(rootid)s"
        sql = f"SELECT record FROM alerts_now WHERE id IN ({ids}) ORDER BY raised_at, id"
        return [json.loads(record) for (record,) in self.client.query_rows(sql, {"rootid": rootid})]

    def alert(self, alert_id: str) -> list[dict[str, Any]]:
        """Return every version of an alert, in order."""
        sql = "SELECT transition, known_from, reason, record FROM alerts FINAL WHERE id = %(id)s ORDER BY position, log_offset"
        rows = self.client.query_rows(sql, {"id": alert_id})
        return [{"transition": t, "known_from": k, "reason": r, "alert": json.loads(record)} for t, k, r, record in rows]

    def counted_today(self, day: date) -> list[tuple[str, str | None, str | None, int | None]]:
        """Return (subject, filed_on, closed_on, paid_fen) of the cases filed or closed on a day."""
        sql = "SELECT subject, filed_on, closed_on, paid_fen FROM cases_now WHERE filed_on = %(day)s OR closed_on = %(day)s"
        return [(r[0], _day(r[1]), _day(r[2]), r[3]) for r in self.client.query_rows(sql, {"day": day})]

    def figures_by_court(self, day: date) -> dict[str, CourtFigures]:
        """Return {court: figures} for every court that owns a case; what is about a whole court is none."""
        counts = "countIf(open), countIf(filed_on = %(day)s), countIf(closed_on = %(day)s)"
        sql = f"SELECT court, {counts} FROM cases_now WHERE {IS_CASE} GROUP BY court"
        return {court: CourtFigures(*numbers) for court, *numbers in self.client.query_rows(sql, {"day": day})}

    def cases_of_court(self, court: str, limit: int = 200, offset: int = 0) -> list[CaseRow]:
        """Return a court's cases, open ones first, then by the last event; what is about a whole court is none of them."""
        sql = (
            f"SELECT {_CASE_COLUMNS} FROM cases_now WHERE court = %(court)s AND {IS_CASE}"
            " ORDER BY open DESC, last_event_at DESC, subject LIMIT %(limit)s OFFSET %(offset)s"
        )
        rows = self.client.query_rows(sql, {"court": court, "limit": limit, "offset": offset})
        return [_case(row) for row in rows]

    def named(self, subjects: Collection[str]) -> dict[str, tuple[str, str]]:
        """Return subject → (court, number) of those that are cases; a number may be empty."""
        sql = (
            "SELECT subject, argMax(court, (position, log_offset)), argMax(case_no, (position, log_offset)) FROM cases"
            " WHERE subject IN %(subjects)s GROUP BY subject"
        )
        rows = self.client.query_rows(sql, {"subjects": tuple(subjects)}) if subjects else []
        return {subject: (court, number) for subject, court, number in rows}

    def cases(self, by: Literal["subject", "case_no", "rootid"], name: str) -> list[CaseRow]:
        """Return the cases of a subject (one at most), a number (usually one) or a chain, by subject."""
        sql = f"SELECT {_CASE_COLUMNS} FROM cases_now WHERE {by} = %(name)s ORDER BY subject"
        return [_case(row) for row in self.client.query_rows(sql, {"name": name})]

    def events_of(self, rootid: str, subject: str) -> list[EventRow]:
        """Return the events of a case as they hold now, in the order of history."""
        sql = (
            f"SELECT {_EVENT_COLUMNS} FROM events_now WHERE rootid = %(rootid)s AND subject = %(subject)s"
            " ORDER BY time, recordedtime, source, sequence, id LIMIT 5000"
        )
        return [_event(row) for row in self.client.query_rows(sql, {"rootid": rootid, "subject": subject})]


def _case(row: tuple[Any, ...]) -> CaseRow:
    return CaseRow(**dict(zip(CaseRow.__struct_fields__, row, strict=True)))


def _event(row: tuple[Any, ...]) -> EventRow:
    values: Mapping[str, Any] = dict(zip(EventRow.__struct_fields__, row, strict=True))
    return EventRow(**{**values, "data": json.loads(values["data"] or "{}")})


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
