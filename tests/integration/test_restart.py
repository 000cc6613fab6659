"""Ctrl-C and a second `up` on the same data, in the middle of a simulated nation: it goes on where it stopped."""

import json
from pathlib import Path

from live_log import Alert, Entry, Live, differences, open_ones, supervise, until, write_log
from running import Up, running

_ENOUGH = 500
_FURTHER = 2_000


def test_a_second_up_goes_on_with_the_same_alerts(tmp_path: Path) -> None:
    """Before and after, the alerts are those of the log offline; what was known before the stop is still known as it was."""
    data = tmp_path / "data"
    with running(data) as up:
        up.wait_up()
        live = Live(up)
        until(lambda: opened(up) >= _ENOUGH, "the nation to have alerts", live.failures)
        with live.standing_still() as before:
            live.settle()
            standing = live.standing()
            shown = live.shown()
            assert not differences(supervise(write_log(tmp_path / "before.jsonl", before)), standing)
            assert not differences(open_ones(standing), shown)
        live.close()
        assert up.interrupt() < 10

    with running(data) as up:
        up.wait_up()
        live = Live(up)
        until(lambda: sum(live.ends("court.events.v1").values()) > len(before) + _FURTHER, "the nation to go on", live.failures)
        with live.standing_still() as after:
            live.settle()
            assert in_places(after).items() >= in_places(before).items()
            ends = {entry.partition: entry.offset for entry in sorted(before, key=lambda entry: entry.offset)}
            assert not differences(standing, as_known(live, ends))
            now = live.standing()
            assert not differences(supervise(write_log(tmp_path / "after.jsonl", after)), now)
            assert not differences(open_ones(now), live.shown())
            assert now != standing
        live.close()
        assert up.interrupt() < 10
    print(f"{len(before)} records and {len(standing)} alerts before, {len(after)} and {len(now)} after, open {len(shown)}")


def opened(up: Up) -> int:
    """How many alerts the API counts as open."""
    return int(json.loads(up.get(up.ports["wall"], "/api/v1/alerts?limit=1"))["count"])


def in_places(log: list[Entry]) -> dict[tuple[int, int], object]:
    """What stands at each place of a log."""
    return {(entry.partition, entry.offset): entry.event for entry in log}


def as_known(live: Live, last: dict[int, int]) -> dict[str, Alert]:
    """The standing alerts as they were known when the engine was through with these offsets."""
    places = " OR ".join(f"(partition = {partition} AND position <= {offset})" for partition, offset in last.items())
    rows = live.warehouse.query_rows(
        f"SELECT id, transition, record FROM alerts FINAL WHERE {places}"
        " ORDER BY id, position DESC, log_offset DESC LIMIT 1 BY id"
    )
    return {name: json.loads(record) for name, transition, record in rows if transition != "retracted"}
