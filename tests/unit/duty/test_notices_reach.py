"""What Alertmanager posts goes into the log only for desks whose group some channel reaches."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest

from infra.channels.config import Channels, Configured
from infra.channels.robots import WeCom
from streams.shell.notifier import Notifier
from streams.shell.notifier_app import NotifierApp
from streams.shell.notifier_metrics import NotifierMetrics

POST: dict[str, Any] = {
    "version": "4",
    "groupKey": "{}:{rule}",
    "status": "firing",
    "receiver": "yipanqi",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "R-DATA-02.a", "court": "京0105", "court_l2": "京03", "severity": "red"},
            "startsAt": "2024-03-05T09:00:00+08:00",
            "fingerprint": "f1",
        }
    ],
}


BEARER = {"Authorization": "Bearer t0ken"}


def notifier(*items: Configured) -> tuple[Notifier, NotifierMetrics]:
    """A notifier that is not running: whatever it wrote would fail."""
    metrics = NotifierMetrics()
    return Notifier("127.0.0.1:1", Channels(items), lambda _account, _kind: None, metrics), metrics


def test_without_a_channel_nothing_is_told_and_it_is_counted() -> None:
    """Three channels that are none would fail, each with its claim, for every group of a nation."""
    made, metrics = notifier()

    async def post() -> int:
        transport = httpx.ASGITransport(app=NotifierApp(made, metrics, "t0ken").app())
        async with httpx.AsyncClient(transport=transport, base_url="http://notifier") as client:
            return (await client.post("/integrations/alertmanager", json=POST, headers=BEARER)).status_code

    assert asyncio.run(post()) == 200
    assert metrics.registry.get_sample_value("yipanqi_pages_total", {"result": "no_group"}) == 1


def test_a_channel_reaches_the_groups_of_its_courts_only() -> None:
    """Those under the courts that it is for; a mailbox is a person's."""
    robot = WeCom("群", "http://127.0.0.1:1")
    made, _ = notifier(Configured(robot, "robot", ("京",)), Configured(robot, "mail", ()))
    assert made.reaches("京03")
    assert not made.reaches("粤06")


class Writing(Notifier):
    """A notifier whose log is a list."""

    def __init__(self) -> None:
        robot = Configured(WeCom("群", "http://127.0.0.1:1"), "robot", ())
        super().__init__("127.0.0.1:1", Channels((robot,)), lambda _account, _kind: None, NotifierMetrics())
        self.told: list[Any] = []

    async def write(self, command: Any) -> None:
        """Keep it."""
        self.told.append(command)


def posted(made: Notifier, post: dict[str, Any], path: str = "alertmanager", url: str = "", **headers: str) -> int:
    """What the notifier answers to a post."""

    async def post_it() -> int:
        transport = httpx.ASGITransport(app=NotifierApp(made, NotifierMetrics(), "t0ken", "", url).app())
        async with httpx.AsyncClient(transport=transport, base_url="http://notifier") as client:
            return (await client.post(f"/integrations/{path}", json=post, headers=headers)).status_code

    return asyncio.run(post_it())


@pytest.mark.parametrize("path", ["alertmanager", "watchdog"])
@pytest.mark.parametrize("header", ["", "Bearer", "Bearer t0keN", "Basic t0ken", "t0ken", "Bearer t0ken "])
def test_a_post_without_the_token_is_refused_and_told_to_nobody(path: str, header: str) -> None:
    """Whoever reaches the port could else page a desk's group, or feign that the path is whole."""
    made = Writing()
    assert posted(made, POST, path, Authorization=header) == 401
    assert posted(made, POST, path) == 401
    assert made.told == []
    assert posted(made, POST, path, **BEARER) == 200
    assert len(made.told) == (path == "alertmanager")


@contextmanager
def api(shown: list[dict[str, Any]]) -> Iterator[tuple[str, list[str]]]:
    """A server that answers as Alertmanager's API: its address, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(shown).encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()


def test_what_a_long_post_leaves_out_is_asked_of_alertmanager_by_name() -> None:
    """Only what isn't there stays a number."""
    (first,) = POST["alerts"]
    shown = [
        {"labels": first["labels"] | {"court": court}, "startsAt": first["startsAt"], "fingerprint": name, "status": {}}
        for court, name in (("京0105", "f1"), ("京0106", "f2"), ("京0107", "f3"))
    ]
    post = POST | {"truncatedAlerts": 3, "groupLabels": {"alertname": "R-DATA-02.a", "court_l2": "京03"}}
    made = Writing()
    with api(shown) as (url, asked):
        assert posted(made, post, url=url, **BEARER) == 200
    (told,) = made.told
    assert [(one.court, one.status) for one in told.items] == [("京0105", "firing"), ("京0106", "firing"), ("京0107", "firing")]
    assert told.truncated == 1  # one has ended: nobody can name it any more
    assert "silenced=false" in asked[0]
    assert "R-DATA-02.a" in asked[0]
    away = Writing()
    assert posted(away, post, url="http://127.0.0.1:1", **BEARER) == 200
    assert [(len(one.items), one.truncated) for one in away.told] == [(1, 3)]
