"""Who a request is from: sessions, tokens, visitors on loopback; nothing is read from what a caller can write."""

import re
import time
from contextlib import closing
from typing import Any

import httpx
import pytest

PASSWORD = "correct horse battery"
FORGED = {
    "X-Account": "u-1",
    "X-Role": "president",
    "X-Court": "%E4%BA%AC",
    "X-User": "admin",
    "X-Remote-User": "admin",
    "Remote-User": "admin",
    "X-Principal": '{"account":"u-1","role":"president","court":"%E4%BA%AC"}',
    "X-Forwarded-User": "admin",
    "X-Auth-Request-User": "admin",
    "Ypq-Principal": "admin",
}


def me(client: httpx.Client) -> dict[str, Any]:
    """Whom the wall takes a client for."""
    answer = client.get("/api/v1/me")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_visitor_on_loopback_is_a_kiosk(wall: Any) -> None:
    """The wall shows at once, without login; forged headers and a body make nobody of it."""
    with wall.client() as client:
        assert client.get("/").status_code == 200
        expected = {"account": "/kiosk/loopback", "role": "kiosk", "court": "最高法", "via": "kiosk"}
        assert me(client)["principal"] == expected
        forged = client.request("GET", "/api/v1/me", headers=FORGED, content=b'{"principal":{"role":"president"}}')
        assert forged.json()["principal"] == expected


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_who_came_through_a_proxy_is_no_visitor_on_loopback(wall: Any, header: str) -> None:
    """Whatever the header says, 127.0.0.1 too: it only takes away."""
    with wall.client(**{header: "127.0.0.1"}) as client:
        assert client.get("/api/v1/alerts").status_code == 401
        page = client.get("/court/京0105")
        assert page.status_code == 303
        assert page.headers["location"].startswith("/login?next=%2Fcourt%2F")


def test_a_rebound_name_is_no_visitor_on_loopback(wall: Any) -> None:
    """A page of another site that makes its own name point here reads nothing."""
    with wall.client(Host="evil.example:8000") as client:
        assert client.get("/api/v1/alerts").status_code == 401


def test_login_binds_the_session_to_the_account_and_forged_headers_change_nothing(wall: Any) -> None:
    """Role and court are those of the account; the cookie is HttpOnly and SameSite."""
    login, account = wall.person("duty_officer", "京0105")
    with wall.client() as client:
        answer = client.post("/login", data={"login": login, "password": PASSWORD, "next": "/court/京0105"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/court/%E4%BA%AC0105")
        flags = answer.headers["set-cookie"].lower()
        assert "httponly" in flags
        assert "samesite=lax" in flags
        assert "path=/" in flags
        expected = {"account": account, "role": "duty_officer", "court": "京0105", "via": "session"}
        assert me(client)["principal"] == expected
        assert client.get("/api/v1/me", headers=FORGED).json()["principal"] == expected


def test_a_session_id_that_was_there_before_the_login_is_not_used_on(wall: Any) -> None:
    """A cookie that somebody planted stays worthless, and an old session ends when its browser logs in again."""
    login, _ = wall.person("duty_officer", "京0105")
    with wall.client() as client:
        client.cookies.set("yipanqi_session", "planted")
        client.post("/login", data={"login": login, "password": PASSWORD})
        first = next(c.value for c in client.cookies.jar if c.name == "yipanqi_session" and c.value != "planted")
        assert first is not None
    with wall.client() as planted:
        planted.cookies.set("yipanqi_session", "planted")
        assert me(planted)["principal"]["role"] == "kiosk"
    with wall.client() as again:
        again.cookies.set("yipanqi_session", first)
        again.post("/login", data={"login": login, "password": PASSWORD})
    with wall.client() as old:
        old.cookies.set("yipanqi_session", first)
        assert me(old)["principal"]["role"] == "kiosk"


def test_a_wrong_password_is_told_as_little_as_an_unknown_name(wall: Any) -> None:
    """Both go back to the login with the same words, and `next` never leads away."""
    login, _ = wall.person("duty_officer", "京0105")
    with wall.client() as client:
        for name in (login, "nobody-at-all"):
            answer = client.post("/login", data={"login": name, "password": "wrong", "next": "//evil.example/"})
            assert (answer.status_code, answer.headers["location"]) == (303, "/login?error=refused&next=%2F")
        assert "登录名或者密码不正确" in client.get("/login?error=refused").text
        assert "yipanqi_session" not in client.cookies


def test_the_first_password_must_be_changed_before_anything_else(wall: Any) -> None:
    """Every page leads to the account's page, every call is refused; after the change the session is another one."""
    first = wall.accounts.people.add("newcomer", "director", "京", by="/cli/test")
    with wall.client() as client:
        assert client.post("/login", data={"login": "newcomer", "password": first}).headers["location"] == "/account"
        assert client.get("/").headers["location"] == "/account"
        refused = client.get("/api/v1/alerts")
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/password-first")
        csrf = re.findall(r'name=\\*"csrf\\*" value=\\*"([\w-]+)', client.get("/account").text)[0]
        before = client.cookies["yipanqi_session"]
        change = {"present": first, "new": "a password of mine", "again": "a password of mine", "csrf": csrf}
        for wrong, said in (
            ({"csrf": "forged"}, "/login?error=ended"),
            ({"again": "another one here"}, "/account?error=again"),
            ({"new": "short", "again": "short"}, "/account?error=length"),
            ({"present": "not the first one"}, "/account?error=present"),
            ({"new": first, "again": first}, "/account?error=same"),
        ):
            assert client.post("/account", data=change | wrong).headers["location"] == said
        assert client.post("/account", data=change).headers["location"] == "/?done=1"
        assert client.cookies["yipanqi_session"] != before
        assert me(client)["principal"]["role"] == "director"
    with wall.client() as old:
        old.cookies.set("yipanqi_session", before)
        assert me(old)["principal"]["role"] == "kiosk"


def test_logout_and_a_disabled_account_end_a_session_at_once(wall: Any) -> None:
    """Logging out needs the session's own secret."""
    with closing(wall.logged_in("duty_officer", "京0105")) as client:
        client.post("/logout", data={"csrf": "forged"})
    with closing(wall.logged_in("duty_officer", "京0105")) as client:
        cookie, csrf = client.cookies["yipanqi_session"], me(client)["csrf"]
        client.post("/logout", data={"csrf": csrf})
        client.cookies.set("yipanqi_session", cookie)
        assert me(client)["principal"]["role"] == "kiosk"
    with closing(wall.logged_in("duty_officer", "京0105")) as client:
        wall.accounts.people.set_enabled(me(client)["principal"]["account"], "/cli/test", enabled=False)
        assert me(client)["principal"]["role"] == "kiosk"


def test_another_sites_page_changes_nothing_in_a_persons_name(wall: Any) -> None:
    """By Origin, by Sec-Fetch-Site, and by the missing secret; a program's token needs none."""
    with closing(wall.logged_in("duty_officer", "京0105")) as client:
        csrf = me(client)["csrf"]
        path = "/api/v1/alerts/none:acknowledge"
        for headers in (
            {"Origin": "http://evil.example", "X-CSRF-Token": csrf},
            {"Origin": "null", "X-CSRF-Token": csrf},
            {"Sec-Fetch-Site": "cross-site", "X-CSRF-Token": csrf},
            {"Sec-Fetch-Site": "same-site", "X-CSRF-Token": csrf},
            {"Origin": wall.url},
            {"Origin": wall.url, "X-CSRF-Token": "forged"},
        ):
            answer = client.post(path, headers=headers, json={})
            assert (answer.status_code, answer.json()["type"]) == (403, "/problems/csrf"), headers
        assert client.post("/login", headers={"Origin": "http://evil.example"}, data={}).status_code == 403


def test_a_kiosk_never_sees_a_login_page(wall: Any) -> None:
    """Its address gives it a cookie; when its token is taken back it is told so, and is not led to a login."""
    secret = wall.accounts.tokens.add("kiosk", "京", by="/cli/test", label="大厅")
    token = next(t for t in wall.accounts.tokens.all() if t.label == "大厅")
    with wall.client() as client:
        answer = client.get("/kiosk", params={"token": secret})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert "httponly" in answer.headers["set-cookie"].lower()
        assert me(client)["principal"] == {"account": f"/kiosk/{token.id}", "role": "kiosk", "court": "京", "via": "kiosk"}
        assert client.get("/", follow_redirects=True).url.path == "/court/京"
        assert "登录" not in client.get("/court/京").text
        wall.accounts.tokens.revoke(token.id, "/cli/test")
        gone = client.get("/court/京")
        assert (gone.status_code, "令牌" in gone.text) == (401, True)
        assert client.get("/kiosk", params={"token": secret}).status_code == 401


def test_a_token_that_does_not_hold_is_refused_and_a_feeds_token_opens_no_page(wall: Any) -> None:
    """It isn't taken for a visitor on loopback instead."""
    feed = wall.accounts.tokens.add("feed", "京0105", by="/cli/test")
    for value in ("Bearer nonsense", "Basic YWRtaW46YWRtaW4=", f"Bearer {feed}", "Bearer"):
        with wall.client(Authorization=value) as client:
            answer = client.get("/api/v1/alerts")
            assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


def test_a_wall_that_knows_no_visitors_leads_everybody_to_the_login(wall: Any) -> None:
    """Health, metrics and assets alone stay open; cookies go over TLS only where that is asked for."""
    closed = type(wall)(wall.kafka, wall.clickhouse, wall.database, wall.data, "none", ("--secure-cookies",))
    closed.start()
    try:
        with closed.client() as client:
            for path in ("/", "/court/京", "/case/case-京0105", "/api/docs", "/account"):
                answer = client.get(path)
                assert answer.status_code in {303, 401}, path
            for path in ("/api/v1/alerts", "/api/v1/me", "/api/v1/stream", "/api/openapi.json"):
                assert client.get(path).status_code == 401, path
            for path in ("/health/live", "/metrics", "/assets/wall.css", "/login"):
                assert client.get(path).status_code == 200, path
            login, _ = closed.person("duty_officer", "京0105")
            began = time.monotonic()
            answer = client.post("/login", data={"login": login, "password": PASSWORD})
            assert time.monotonic() - began < 30
            assert "secure" in answer.headers["set-cookie"].lower()
    finally:
        closed.stop()
