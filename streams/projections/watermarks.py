"""The table ``watermarks``: how far each partition of the engine is."""

from datetime import datetime
from typing import NamedTuple

from streams.projections.messages import Position, Watermark
from streams.projections.record import Entry


class WatermarkRow(NamedTuple):
    """One row; the DDL says what the columns mean."""

    partition: int
    position: int
    id: str
    tick: datetime
    control: int
    log_partition: int
    log_offset: int


def project(entry: Entry) -> list[WatermarkRow]:
    """Return the row of a watermark; nothing for a record that is none."""
    mark = entry.content
    if not isinstance(mark, Watermark):
        return []
    return [
        WatermarkRow(
            partition=mark.partition,
            position=Position.parse(mark.position).offset,
            id=mark.id,
            tick=mark.tick,
            control=mark.control,
            log_partition=entry.record.partition,
            log_offset=entry.record.offset,
        )
    ]
