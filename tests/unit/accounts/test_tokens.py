"""Tokens of programs, kiosks and feeds, and passes from the wall to the gateway."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest

from contract.duty.people import Principal
from infra.accounts.errors import AccountError
from infra.accounts.passes import Checker, PassRefused, load_pass_key, sign
from infra.accounts.store import Accounts, accounts_file

WANG = Principal(account="u-1", role="duty_officer", court="京0105")


def test_a_token_is_found_by_its_secret_alone(accounts: Accounts, tmp_path: Path) -> None:
    """The file holds a digest; the principal is bound to role and court."""
    secret = accounts.tokens.add("program", "粤", by="/cli/test", role="director", label="report")
    token = accounts.tokens.find(secret)
    assert token is not None
    assert token.principal == Principal(account=f"/program/{token.id}", role="director", court="粤", via="token")
    assert accounts.tokens.find(secret[:-1] + "x") is None
    assert secret.encode() not in accounts_file(tmp_path).read_bytes()
    kiosk = accounts.tokens.find(accounts.tokens.add("kiosk", "粤", by="/cli/test"))
    assert kiosk is not None
    assert (kiosk.principal.role, kiosk.principal.via) == ("kiosk", "kiosk")


def test_a_token_ends_by_revocation_by_age_and_elsewhere(accounts: Accounts) -> None:
    """One that is bound to an address is none from another."""
    bound = accounts.tokens.add("kiosk", "京", by="/cli/test", address="10.0.0.5")
    assert accounts.tokens.find(bound, "10.0.0.6") is None
    token = accounts.tokens.find(bound, "10.0.0.5")
    assert token is not None
    accounts.tokens.revoke(token.id, "/cli/test")
    assert accounts.tokens.find(bound, "10.0.0.5") is None
    old = accounts.tokens.add("kiosk", "京", by="/cli/test", days=-1)
    assert accounts.tokens.find(old) is None
    with pytest.raises(AccountError, match="no token has the id"):
        accounts.tokens.revoke("none", "/cli/test")
    with pytest.raises(AccountError, match="needs a role"):
        accounts.tokens.add("program", "京", by="/cli/test")
    with pytest.raises(AccountError, match="no 法院代字"):
        accounts.tokens.add("feed", "外9", by="/cli/test")


def test_a_revoked_feeds_token_still_says_that_feeds_need_one(accounts: Accounts) -> None:
    """Taking the last one back doesn't open the gate again."""
    assert not accounts.tokens.any_feed()
    accounts.tokens.add("kiosk", "京", by="/cli/test")
    assert not accounts.tokens.any_feed()
    accounts.tokens.add("feed", "京", by="/cli/test")
    accounts.tokens.revoke(next(t.id for t in accounts.tokens.all() if t.kind == "feed"), "/cli/test")
    assert accounts.tokens.any_feed()


def test_a_pass_carries_the_principal_for_one_body_once(tmp_path: Path) -> None:
    """The key lies in the data folder, readable by its owner alone; both sides read the same."""
    key = load_pass_key(tmp_path)
    assert load_pass_key(tmp_path) == key
    assert (tmp_path / "keys" / "commands.key").stat().st_mode & 0o077 == 0
    checker = Checker(key)
    token = sign(key, WANG, b"body")
    with pytest.raises(PassRefused, match="another body"):
        checker.principal(token, b"other")
    assert checker.principal(token, b"body") == WANG
    with pytest.raises(PassRefused, match="used before"):
        checker.principal(token, b"body")


@pytest.mark.parametrize(
    ("change", "key", "algorithm"),
    [
        (lambda c: c | {"iss": "somebody"}, None, "HS256"),
        (lambda c: c | {"aud": "somebody"}, None, "HS256"),
        (lambda c: c | {"exp": int(time.time()) - 1}, None, "HS256"),
        (lambda c: {k: v for k, v in c.items() if k != "jti"}, None, "HS256"),
        (lambda c: {k: v for k, v in c.items() if k != "exp"}, None, "HS256"),
        (lambda c: c | {"principal": {"account": "u-1", "role": "king", "court": "京"}}, None, "HS256"),
        (lambda c: {k: v for k, v in c.items() if k != "principal"}, None, "HS256"),
        (lambda c: c, b"another key of 32 bytes, not ours", "HS256"),
        (lambda c: c, None, "HS512"),
        (lambda c: c, "", "none"),
    ],
)
def test_a_forged_or_old_pass_is_refused(
    tmp_path: Path, change: Callable[[dict[str, Any]], dict[str, Any]], key: Any, algorithm: str
) -> None:
    """Whatever claim, key or algorithm is another one."""
    ours = load_pass_key(tmp_path)
    claims = jwt.decode(sign(ours, WANG, b"body"), options={"verify_signature": False})
    signed_with = ours * 2 if algorithm == "HS512" else ours if key is None else key
    forged = jwt.encode(change(claims), signed_with, algorithm)
    with pytest.raises(PassRefused):
        Checker(ours).principal(forged, b"body")


def test_a_program_that_acts_for_a_person_has_the_persons_role_and_ends_with_the_account(accounts: Accounts) -> None:
    """Its principal is the person's; one that acts for nobody is no named person."""
    accounts.people.add("wang", "duty_officer", "京0105", by="/cli/test")
    person = accounts.people.find("wang")
    secret = accounts.tokens.add("program", person.court, by="/cli/test", role=person.role, account=person)
    token = accounts.tokens.find(secret)
    assert token is not None
    assert token.principal == Principal(account=person.id, role="duty_officer", court="京0105", via="token")
    accounts.people.set_enabled("wang", "/cli/test", enabled=False)
    assert accounts.tokens.find(secret) is None
