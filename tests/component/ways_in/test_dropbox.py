"""The drop folder before a real log: a killed run goes on, and the log has each event once."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from killed_publish import killed_midway

from contract.codec import from_kafka
from infra.accounts.store import Accounts
from producers.dropbox.manifest import describe, sign

Make = Callable[..., dict[str, Any]]


def test_killed_in_the_middle_of_a_file_it_goes_on(
    wall_log: str, filed: Make, feed: str, records: Callable[..., list[Any]], tmp_path: Path
) -> None:
    """SIGKILL after the first acknowledged piece; the next look ends with every event, and none of another court."""
    key, accounts = Ed25519PrivateKey.generate(), Accounts(tmp_path / "data")
    accounts.feed_keys.add(key.public_key().public_bytes_raw(), "京0105", by="/cli/test")
    accounts.close()
    total, drop = 12_000, tmp_path / "drop"
    drop.mkdir()
    events = [filed(f"e{n}", subject=f"case-{n % 97}") for n in range(total)]
    events[700] = filed("foreign", source="/court/京0101/oa")
    file = drop / "a.jsonl"
    file.write_text("".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events))
    (drop / "a.jsonl.sig").write_bytes(sign(describe(file, "京0105"), key))
    command = [sys.executable, "-m", "yipanqi", "dropbox", "watch", str(drop), "--kafka", wall_log]
    command += ["--data", str(tmp_path / "data"), "--once"]
    place = killed_midway(command, drop / "work" / "a.jsonl.published")
    assert 0 < place["lines"] < total
    assert file.exists()
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1, done.stderr
    (report,) = (drop / "done").glob("*/report.json")
    told = json.loads(report.read_text())
    assert (told["result"], told["sent"], told["refused"]) == ("partly", total - 1, 1)
    assert told["lines"][0]["line"] == 701
    again = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert again.returncode == 0, again.stderr
    found = [from_kafka(record.value, record.headers) for record in records(wall_log)]
    ours = [event for event in found if not event.source.startswith("/sys/")]
    assert {event.id for event in ours} == {f"e{n}" for n in range(total) if n != 700}
    assert len(ours) < total + 8 * 500, "what is repeated is what was in flight"
    assert {event.source for event in ours} == {feed}
