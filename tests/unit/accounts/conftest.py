"""Accounts in a folder of their own, and a clock that can be set forward."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.accounts import database, sessions, throttle, tokens
from infra.accounts.store import Accounts


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    """Accounts of an empty data folder."""
    opened = Accounts(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let seconds pass for accounts: `wait(60)`."""
    passed = 0.0
    real = database.now_s

    def now_s() -> float:
        return real() + passed

    for module in (sessions, throttle, tokens):
        monkeypatch.setattr(module, "now_s", now_s)

    def wait(seconds: float) -> None:
        nonlocal passed
        passed += seconds

    return wait
