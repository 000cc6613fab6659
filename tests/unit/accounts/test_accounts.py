"""Accounts, logins and sessions."""

import io
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from contract.duty.people import Principal
from infra.accounts.errors import AccountError, LoginRefused, Throttled
from infra.accounts.sessions import IDLE_S, LONGEST_S
from infra.accounts.store import Accounts, accounts_file
from infra.accounts.throttle import FREE_TRIES, FREE_TRIES_OF_ADDRESS
from infra.settings import Settings
from yipanqi.up import _first_password, _Screen

HERE = "127.0.0.1"


def test_the_first_account_is_made_once_with_a_password_that_is_kept_nowhere(accounts: Accounts, tmp_path: Path) -> None:
    """It must be changed at the first login; the file is readable by its owner alone and holds it nowhere in clear."""
    password = accounts.people.first_run()
    assert password is not None
    assert accounts.people.first_run() is None
    account = accounts.people.log_in("admin", password, HERE)
    assert account.must_change
    assert account.principal == Principal(account=account.id, role="director", court="最高法", via="session")
    for file in accounts_file(tmp_path).parent.iterdir():
        assert file.stat().st_mode & 0o077 == 0
        assert password.encode() not in file.read_bytes()


def test_a_changed_password_ends_all_sessions_and_the_old_one(accounts: Accounts) -> None:
    """The new one must be another, of a fit length; whoever doesn't know the present one changes nothing."""
    first = accounts.people.add("wang", "duty_officer", "京0105", by="/cli/test")
    account = accounts.people.log_in("WANG", first, HERE)
    cookie = accounts.sessions.begin(account)
    for new, old, reason in (("short", first, "12"), (first, first, "old one"), ("a" * 300, first, "256")):
        with pytest.raises(AccountError, match=reason):
            accounts.people.change_password(account, old, new)
    with pytest.raises(LoginRefused):
        accounts.people.change_password(account, "not the present one", "a new password")
    assert accounts.sessions.find(cookie) is not None
    accounts.people.change_password(account, first, "a new password")
    assert accounts.sessions.find(cookie) is None
    assert not accounts.people.log_in("wang", "a new password", HERE).must_change
    with pytest.raises(LoginRefused):
        accounts.people.log_in("wang", first, HERE)


def test_an_unknown_name_and_a_disabled_account_are_answered_alike(accounts: Accounts) -> None:
    """The text is the same, and a disabled account's sessions end at once."""
    password = accounts.people.add("wang", "duty_officer", "京0105", by="/cli/test")
    cookie = accounts.sessions.begin(accounts.people.log_in("wang", password, HERE))
    accounts.people.set_enabled("wang", "/cli/test", enabled=False)
    assert accounts.sessions.find(cookie) is None
    texts = set()
    for login in ("wang", "nobody"):
        with pytest.raises(LoginRefused) as refused:
            accounts.people.log_in(login, password, HERE)
        texts.add(str(refused.value))
    assert len(texts) == 1
    accounts.people.set_enabled("wang", "/cli/test", enabled=True)
    assert accounts.people.log_in("wang", password, HERE).disabled_at is None


def test_failed_logins_are_slowed_down_by_name_and_by_address(accounts: Accounts, wait: Callable[[float], None]) -> None:
    """After five failures even the right password waits; the pause doubles; another name from elsewhere isn't touched."""
    password = accounts.people.add("wang", "duty_officer", "京0105", by="/cli/test")
    other = accounts.people.add("li", "director", "京", by="/cli/test")
    for _ in range(FREE_TRIES):
        with pytest.raises(LoginRefused):
            accounts.people.log_in("wang", "wrong", HERE)
    with pytest.raises(Throttled) as first:
        accounts.people.log_in("wang", password, "10.0.0.9")
    accounts.people.log_in("li", other, HERE)
    wait(first.value.retry_after_s)
    with pytest.raises(LoginRefused):
        accounts.people.log_in("wang", "wrong", HERE)
    with pytest.raises(Throttled) as second:
        accounts.people.log_in("wang", password, HERE)
    assert second.value.retry_after_s > first.value.retry_after_s * 1.5
    wait(second.value.retry_after_s)
    accounts.people.log_in("wang", password, HERE)


def test_one_address_that_tries_many_names_is_slowed_down(accounts: Accounts) -> None:
    """Names that don't exist count as well."""
    for number in range(FREE_TRIES_OF_ADDRESS):
        with pytest.raises(LoginRefused):
            accounts.people.log_in(f"guess{number}", "wrong", "10.0.0.7")
    with pytest.raises(Throttled):
        accounts.people.log_in("one-more", "wrong", "10.0.0.7")


def test_a_session_ends_when_it_is_idle_too_old_or_logged_out(accounts: Accounts, wait: Callable[[float], None]) -> None:
    """Use keeps it alive, looking doesn't; nothing keeps it alive beyond a shift."""
    password = accounts.people.add("wang", "duty_officer", "京0105", by="/cli/test")
    account = accounts.people.log_in("wang", password, HERE)
    looked_at, used, left = (accounts.sessions.begin(account) for _ in range(3))
    assert len({looked_at, used, left}) == 3
    accounts.sessions.end(left)
    assert accounts.sessions.find(left) is None
    for _ in range(3):
        wait(IDLE_S / 2)
        accounts.sessions.find(looked_at, used=False)
        assert accounts.sessions.find(used) is not None
    assert accounts.sessions.find(looked_at) is None
    for _ in range(int(LONGEST_S / IDLE_S * 2)):
        wait(IDLE_S / 2)
        accounts.sessions.find(used)
    assert accounts.sessions.find(used) is None
    assert accounts.sessions.find("no such cookie") is None


@pytest.mark.parametrize(
    ("login", "role", "court", "reason"),
    [
        ("王", "director", "京", "no login"),
        ("u-wang", "director", "京", "no login"),
        ("wang", "kiosk", "京", "no role of a person"),
        ("wang", "system", "京", "no role of a person"),
        ("wang", "director", "外9", "no 法院代字"),
        ("li", "director", "京", "taken"),
    ],
)
def test_what_is_no_account_is_refused(accounts: Accounts, login: str, role: str, court: str, reason: str) -> None:
    """Each with what is wrong."""
    accounts.people.add("li", "director", "京", by="/cli/test")
    with pytest.raises(AccountError, match=reason):
        accounts.people.add(login, role, court, by="/cli/test")  # type: ignore[arg-type]


def test_contacts_stay_out_of_the_trail_and_with_the_account(accounts: Accounts) -> None:
    """A number to page is known to the notifier alone; a disabled account isn't paged."""
    accounts.people.add("wang", "duty_officer", "京0105", name="王某", by="/cli/test")
    account = accounts.people.find("wang")
    accounts.people.set_contact("wang", "mobile", "13800000000", "/cli/test")
    accounts.people.set_contact(account.id, "mail", "wang@example.com", "/cli/test")
    accounts.people.set_contact("wang", "mail", None, "/cli/test")
    assert accounts.people.contacts(account.id) == {"mobile": "13800000000"}
    with pytest.raises(AccountError, match="no address for mail"):
        accounts.people.set_contact("wang", "mail", "nobody", "/cli/test")
    told = " ".join(f"{e.what} {e.who} {e.about} {e.detail}" for e in accounts.trail.last())
    assert "contact_set" in told
    assert "contact_dropped" in told
    assert not [word for word in ("13800000000", "example.com", "王某") if word in told]
    accounts.people.set_enabled("wang", "/cli/test", enabled=False)
    assert accounts.people.contacts(account.id) == {}


def test_the_trail_tells_logins_failures_and_changes(accounts: Accounts) -> None:
    """In order, with who did it; a failed login tells no name that was typed."""
    password = accounts.people.add("wang", "duty_officer", "京0105", by="/cli/root")
    with pytest.raises(LoginRefused):
        accounts.people.log_in("my-password-by-mistake", "x", HERE)
    account = accounts.people.log_in("wang", password, HERE)
    accounts.sessions.end(accounts.sessions.begin(account))
    accounts.people.reset_password("wang", "/cli/root")
    entries = accounts.trail.last()
    assert [e.what for e in entries] == ["account_added", "login_failed", "login", "logout", "password_reset"]
    assert "my-password" not in str(entries)
    assert [e.about for e in entries] == [account.id, "", account.id, account.id, account.id]


def test_a_file_that_others_can_read_or_that_is_newer_is_refused(tmp_path: Path) -> None:
    """With what to do about it."""
    Accounts(tmp_path).close()
    file = accounts_file(tmp_path)
    file.chmod(0o640)
    with pytest.raises(AccountError, match="chmod 600"):
        Accounts(tmp_path)
    file.chmod(0o600)
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(AccountError, match="newer version"):
        Accounts(tmp_path)


def test_the_first_start_prints_the_password_once(tmp_path: Path) -> None:
    """On the terminal of `yipanqi up`, with what to do; the second start says nothing of it."""
    said = io.StringIO()
    settings = Settings(tmp_path)
    for _ in range(2):
        _Screen(Console(file=said, width=200), settings, _first_password(tmp_path))
    found = re.findall(r"first login\s+admin\s+(\S+)", said.getvalue())
    assert len(found) == 1
    accounts = Accounts(tmp_path)
    assert accounts.people.log_in("admin", found[0], HERE).must_change
    accounts.close()
