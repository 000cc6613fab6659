"""The drop folder: what is read, what is waited for, what is refused, and what a crash leaves."""

import json
import os
import random
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.accounts.errors import AccountError
from infra.accounts.store import Accounts
from producers.dropbox.box import Dropbox
from producers.dropbox.manifest import DropError, describe, is_signed, new_key, private_key, public_key, read_manifest, sign
from producers.dropbox.report import DropReport
from producers.errors import BrokerAway
from producers.publish import Place
from yipanqi.account import command as account
from yipanqi.dropbox import command as dropbox

COURT = "京0105"


def event(number: int, **attributes: Any) -> dict[str, Any]:
    """A good filing."""
    return {
        "specversion": "1.0",
        "id": f"e{number}",
        "source": f"/court/{COURT}/oa",
        "type": "case.filed",
        "subject": f"case-{number}",
        "time": "2024-03-01T09:30:00+08:00",
        "data": {"case_no": f"（2024）京0105执{number}号"},
    } | attributes


class Log:
    """Where files are published: keeps the bytes that it was given, and can be away."""

    def __init__(self) -> None:
        self.files: list[tuple[str, bytes]] = []
        self.away = False

    def publish(self, path: Path, court: str) -> Place:
        """Take a file."""
        if self.away:
            raise BrokerAway("no broker")
        self.files.append((court, path.read_bytes()))
        return Place(sent=len(path.read_bytes().splitlines()))


class Court:
    """A court with a key, and the folder that it reaches."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "drop"
        self.folder.mkdir()
        self.key = Ed25519PrivateKey.generate()
        self.accounts = Accounts(folder / "data")
        self.key_id = self.accounts.feed_keys.add(self.key.public_key().public_bytes_raw(), COURT, by="/cli/test")
        self.log = Log()
        self.box = Dropbox(self.folder, self.accounts.feed_keys, self.log.publish, settle_s=0)

    def write(self, *events: dict[str, Any], name: str = "a.jsonl") -> Path:
        """Copy a file of events into the folder, without its manifest."""
        path = self.folder / name
        path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in events))
        return path

    def sign(self, path: Path, court: str = COURT) -> Path:
        """Copy the manifest after it."""
        out = path.with_name(path.name + ".sig")
        out.write_bytes(sign(describe(path, court), self.key))
        return out

    def drop(self, *events: dict[str, Any], name: str = "a.jsonl") -> Path:
        """Both."""
        path = self.write(*events, name=name)
        self.sign(path)
        return path

    def scan(self) -> list[DropReport]:
        """What one look reports."""
        return list(self.box.scan())

    @property
    def left(self) -> list[str]:
        """What lies in the folder itself."""
        return sorted(path.name for path in self.folder.iterdir() if path.is_file())


@pytest.fixture
def court(tmp_path: Path) -> Court:
    """A court with its folder."""
    return Court(tmp_path)


def test_a_signed_file_is_published_and_moved_with_a_report(court: Court) -> None:
    """Its bytes as they were signed, for its own court; what can't be accepted is named by its line."""
    path = court.drop(event(1), event(2, type="case.invented"), event(3, source="/court/京0101/oa"))
    raw = path.read_bytes()
    (report,) = court.scan()
    assert (report.result, report.refused, [one.line for one in report.lines]) == ("partly", 2, [2, 3])
    assert "unknown_type" in report.lines[0].errors[0]
    assert "foreign_feed" in report.lines[1].errors[0]
    assert court.log.files == [(COURT, raw)]
    done = court.folder / "done" / f"{COURT}-{report.sha256}"
    assert sorted(one.name for one in done.iterdir()) == ["a.jsonl", "a.jsonl.sig", "report.json"]
    assert json.loads((done / "report.json").read_text())["result"] == "partly"
    assert court.left == []
    assert list((court.folder / "work").iterdir()) == []
    assert (done / "a.jsonl").stat().st_mode & 0o077 == 0


def test_a_file_dropped_twice_changes_nothing(court: Court) -> None:
    """Under its name or another; also when the first was deleted after its days."""
    court.drop(event(1))
    assert [one.result for one in court.scan()] == ["taken"]
    court.drop(event(1))
    assert court.scan() == []
    assert court.box.tidy(-1) == 1
    court.drop(event(1), name="b.jsonl")
    assert court.scan() == []
    assert len(court.log.files) == 1
    assert court.left == []


def test_the_same_bytes_from_another_court_are_another_matter(court: Court) -> None:
    """A court that drops another's file by mistake is refused line by line, and keeps no file from the other."""
    other = Ed25519PrivateKey.generate()
    court.accounts.feed_keys.add(other.public_key().public_bytes_raw(), "京0101", by="/cli/test")
    path = court.write(event(1))
    path.with_name("a.jsonl.sig").write_bytes(sign(describe(path, "京0101"), other))
    assert [(one.court, one.result, one.refused) for one in court.scan()] == [("京0101", "partly", 1)]
    court.drop(event(1))
    assert [(one.court, one.result, one.refused) for one in court.scan()] == [(COURT, "taken", 0)]
    assert [one for one, _ in court.log.files] == ["京0101", COURT]


def test_what_we_may_not_read_waits_and_stops_no_other(
    court: Court, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Of another user, closed to us: told once, left where it lies, taken when it is open. A folder is no file."""
    opened = os.open

    def closed(path: Any, *rest: Any) -> int:
        if Path(path).name == "a.jsonl":
            raise PermissionError(13, "Permission denied")
        return opened(path, *rest)

    monkeypatch.setattr(os, "open", closed)
    for name in "ab":
        court.drop(event(1, id=name), name=f"{name}.jsonl")
    folder = court.write(name="c.jsonl")
    court.sign(folder)
    folder.unlink()
    folder.mkdir()
    assert [(one.file, one.result) for one in court.scan()] == [("b.jsonl", "taken"), ("c.jsonl", "refused")]
    assert court.scan() == []
    assert [record.message.partition(":")[0] for record in caplog.records] == ["a.jsonl.sig"]
    monkeypatch.undo()
    assert [(one.file, one.result) for one in court.scan()] == [("a.jsonl", "taken")]


def test_a_name_that_would_not_fit_with_ours_beside_it_is_not_taken(court: Court) -> None:
    """A file system takes 255 bytes; a name of 251 with ``.published`` behind it would end the process each time."""
    path = court.write(event(1), name="案" * 81 + ".jsonl")
    with pytest.raises(DropError, match="at most 200 bytes"):
        describe(path, COURT)
    assert court.drop(event(1), name="案" * 64 + ".jsonl")
    assert [one.result for one in court.scan()] == ["taken"]


def test_what_may_still_be_being_copied_is_waited_for(court: Court) -> None:
    """No manifest, a part of one, a part of the file; nothing of it is read, and all is taken when it is there."""
    court.box = Dropbox(court.folder, court.accounts.feed_keys, court.log.publish, settle_s=3600)
    path = court.write(event(1), event(2))
    raw = path.read_bytes()
    assert court.scan() == []
    sig = court.sign(path)
    whole = sig.read_bytes()
    for end in (0, 5, len(whole) // 2, len(whole) - 1):
        sig.write_bytes(whole[:end])
        assert court.scan() == []
    sig.write_bytes(whole)
    for end in (0, 10, len(raw) - 1):
        path.write_bytes(raw[:end])
        assert court.scan() == []
    path.write_bytes(raw[:-1] + b" ")  # as long as it will be, and not yet what it will be
    assert court.scan() == []
    path.unlink()
    assert court.scan() == []
    assert court.log.files == []
    path.write_bytes(raw)
    assert [one.result for one in court.scan()] == ["taken"]
    assert court.log.files == [(COURT, raw)]


def test_any_changed_byte_is_found(court: Court) -> None:
    """Of the file or of its manifest: nothing of it is published, and the report says why."""
    dice = random.Random(7)
    path = court.write(event(1), event(2))
    raw, whole = path.read_bytes(), court.sign(path).read_bytes()
    path.with_name("a.jsonl.sig").unlink()
    path.unlink()
    for changed, name in [(whole, "a.jsonl.sig"), (raw, "a.jsonl")] * 60:
        place = dice.randrange(len(changed))
        other = changed[:place] + bytes([changed[place] ^ (1 << dice.randrange(8))]) + changed[place + 1 :]
        path.write_bytes(other if name == "a.jsonl" else raw)
        path.with_name("a.jsonl.sig").write_bytes(other if name != "a.jsonl" else whole)
        (report,) = court.scan()
        assert report.result == "refused", (name, place)
        assert report.reason
        assert court.left == []
    assert court.log.files == []


def test_a_signature_has_one_spelling(court: Court) -> None:
    """Base64 leaves bits of its last character unused: those too must be as they were written."""
    sig = court.sign(court.write(event(1)))
    raw = sig.read_bytes()
    assert raw.endswith(b"==\n")
    for other in {bytes([raw[-4] ^ bits]) for bits in range(1, 16)}:
        with pytest.raises(DropError):
            read_manifest(raw[:-4] + other + raw[-3:])


def test_who_may_not_sign(court: Court) -> None:
    """An unknown key, another court's, one that was revoked, and a manifest of another file's."""
    other = Ed25519PrivateKey.generate()
    path = court.write(event(1))
    path.with_name("a.jsonl.sig").write_bytes(sign(describe(path, COURT), other))
    assert "no key of 京0105" in court.scan()[0].reason
    path = court.write(event(1))
    path.with_name("a.jsonl.sig").write_bytes(sign(describe(path, "京0101"), court.key))
    assert "no key of 京0101" in court.scan()[0].reason
    path = court.write(event(1))
    court.sign(path).rename(court.folder / "b.jsonl.sig")
    path.rename(court.folder / "b.jsonl")
    assert "is of a.jsonl" in court.scan()[0].reason
    court.accounts.feed_keys.revoke(court.key_id, "/cli/test")
    court.drop(event(1))
    assert court.scan()[0].result == "refused"
    assert court.log.files == []
    assert {entry.what for entry in court.accounts.trail.last(9)} == {"feed_key_added", "feed_key_revoked"}


def test_a_link_is_not_followed(court: Court, tmp_path: Path) -> None:
    """Whoever may write into the folder must not have us read another file of this machine."""
    elsewhere = tmp_path / "secret.jsonl"
    elsewhere.write_text(json.dumps(event(1)) + "\n")
    link = court.folder / "secret.jsonl"
    link.symlink_to(elsewhere)
    court.sign(link)
    assert "is a link" in court.scan()[0].reason
    assert elsewhere.exists()
    assert court.log.files == []


def test_while_the_broker_is_away_everything_stays(court: Court) -> None:
    """And is taken when it is back."""
    court.drop(event(1))
    court.log.away = True
    with pytest.raises(BrokerAway):
        court.scan()
    assert court.left == ["a.jsonl", "a.jsonl.sig"]
    court.log.away = False
    assert [one.result for one in court.scan()] == ["taken"]


@pytest.mark.parametrize("step", ["report", "data", "sig"])
def test_a_crash_between_any_two_moves_is_gone_on_from(court: Court, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """After the report, after the file, after the manifest: the next look ends the same and publishes nothing again."""
    court.drop(event(1))
    replace = Path.replace
    last = {"report": "a.jsonl", "data": "a.jsonl.sig", "sig": ""}[step]

    def crash(self: Path, target: Path) -> Path:
        if self.name == last and target.parent.parent.name == "done":
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", crash)
    if last:
        with pytest.raises(KeyboardInterrupt):
            court.scan()
    else:
        court.scan()
    monkeypatch.undo()
    assert court.scan() == []
    assert len(court.log.files) == 1
    assert court.left == []
    (done,) = (court.folder / "done").iterdir()
    assert sorted(one.name for one in done.iterdir()) == ["a.jsonl", "a.jsonl.sig", "report.json"]


def test_files_are_deleted_after_their_days_and_reports_stay(court: Court) -> None:
    """They hold personal data in clear."""
    court.drop(event(1))
    court.scan()
    (done,) = (court.folder / "done").iterdir()
    assert court.box.tidy(7) == 0
    old = time.time() - 8 * 86400
    os.utime(done / "report.json", (old, old))
    assert court.box.tidy(7) == 1
    assert sorted(one.name for one in done.iterdir()) == ["a.jsonl.sig", "report.json"]


def test_the_commands_make_keys_and_sign(tmp_path: Path) -> None:
    """Key, registration, signature; a key is never written over, and only its owner can read it."""
    run = CliRunner().invoke
    key, file = tmp_path / "court.key", tmp_path / "a.jsonl"
    assert run(dropbox, ["key", str(key)]).exit_code == 0
    assert key.stat().st_mode & 0o077 == 0
    assert run(dropbox, ["key", str(key)]).exit_code == 1
    added = run(account, ["--data", str(tmp_path / "data"), "key", "add", f"{key}.pub", "--court", COURT])
    assert added.exit_code == 0, added.output
    assert run(account, ["--data", str(tmp_path / "data"), "key", "add", f"{key}.pub", "--court", COURT]).exit_code == 1
    assert "holds" in run(account, ["--data", str(tmp_path / "data"), "key", "list"]).output
    file.write_text("{}\n")
    assert run(dropbox, ["sign", str(file), "--key", str(key), "--court", COURT]).exit_code == 0
    manifest, signature = read_manifest((tmp_path / "a.jsonl.sig").read_bytes())
    assert manifest == describe(file, COURT)
    (known,) = Accounts(tmp_path / "data").feed_keys.of(COURT)
    assert is_signed(manifest, signature, [known.public])
    assert run(dropbox, ["sign", str(file), "--key", f"{key}.pub", "--court", COURT]).exit_code == 1


def test_openssl_signs_as_we_do(tmp_path: Path) -> None:
    """A court needs nothing of ours: the lines of docs/joining.md make the same manifest."""
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps(event(1), ensure_ascii=False) + "\n")
    script = (Path(__file__).parents[2] / "docs" / "joining.md").read_text().split("```sh\n")[1].split("```")[0]
    keys = "openssl genpkey -algorithm ed25519 -out court.key; openssl pkey -in court.key -pubout -out court.key.pub\n"
    subprocess.run(["/bin/sh", "-eu", "-c", keys + script], cwd=tmp_path, check=True)
    manifest, signature = read_manifest((tmp_path / "a.jsonl.sig").read_bytes())
    assert manifest == describe(file, COURT)
    assert is_signed(manifest, signature, [public_key((tmp_path / "court.key.pub").read_bytes())])
    private_key((tmp_path / "court.key").read_bytes())


def test_keys_of_another_kind_are_refused(tmp_path: Path) -> None:
    """With what to do."""
    private, public = new_key()
    for read, pem in ((private_key, public), (public_key, private), (private_key, b"nonsense"), (public_key, b"")):
        wrong: Callable[[bytes], object] = read
        with pytest.raises(DropError, match="dropbox key"):
            wrong(pem)
    accounts = Accounts(tmp_path / "data")
    with pytest.raises(AccountError, match="法院代字"):
        accounts.feed_keys.add(b"x" * 32, "nowhere", by="/cli/test")
    with pytest.raises(AccountError, match="32 bytes"):
        accounts.feed_keys.add(b"x", COURT, by="/cli/test")
    with pytest.raises(AccountError, match="no key has the id"):
        accounts.feed_keys.revoke("x", "/cli/test")
