"""The file of the master key."""

import threading
from pathlib import Path

import pytest

from infra.master_key import MasterKeyError, load_master_key


def test_made_on_first_use_and_only_then(tmp_path: Path) -> None:
    """Made with mode 0600 when asked for; kept afterwards."""
    path = tmp_path / "keys" / "master.key"
    with pytest.raises(MasterKeyError, match="cannot be read"):
        load_master_key(path)
    key = load_master_key(path, create=True)
    assert len(key) == 64
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_master_key(path, create=True) == key == load_master_key(path)
    assert [file.name for file in path.parent.iterdir()] == ["master.key"]


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    """Of several makers one wins, and all read its key."""
    path, keys = tmp_path / "master.key", []
    makers = [threading.Thread(target=lambda: keys.append(load_master_key(path, create=True))) for _ in range(8)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """So is a file that is no key."""
    path = tmp_path / "master.key"
    load_master_key(path, create=True)
    path.chmod(0o644)
    with pytest.raises(MasterKeyError, match="chmod 600"):
        load_master_key(path)
    path.write_bytes(b"short")
    path.chmod(0o600)
    with pytest.raises(MasterKeyError, match="no master key"):
        load_master_key(path)
