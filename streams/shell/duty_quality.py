"""Alarm quality read off the log of decisions: what each desk was asked in the last days, and what became of it."""

from datetime import timedelta

import msgspec

from contract.duty import decisions
from contract.duty.alerts import AlertDuty
from contract.duty.decisions import Decision
from contract.duty.measures import Quality, measure, trimmed
from contract.topics import DECISIONS
from streams.shell.log_ends import ends
from streams.shell.replay import replay


def read_quality(bootstrap: str, days: int) -> Quality | None:
    """The quality of the last ``days`` of the log's own time; None if nothing was decided yet.

    Raises:
        ReplayStalled: The broker gives nothing any more.
        KafkaError: It is gone.
    """
    found: dict[str, Decision] = {}
    records: dict[str, AlertDuty] = {}
    for _, _, batch in replay(bootstrap, {}, ends(bootstrap, [DECISIONS])):
        for record in batch:
            one = decisions.decode(record.value or b"")
            if one.record is not None and "thread" in one.record:
                records[one.target] = msgspec.convert(one.record, AlertDuty)
            found[one.id] = trimmed(one)
    if not found:
        return None
    end = max(one.at for one in found.values())
    return measure(found.values(), list(records.values()), end - timedelta(days=days), end)
