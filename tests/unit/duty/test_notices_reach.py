"""What Alertmanager posts goes into the log only for desks whose group some channel reaches."""

import asyncio
from typing import Any

import httpx

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


def notifier(*items: Configured) -> tuple[Notifier, NotifierMetrics]:
    """A notifier that is not running: whatever it wrote would fail."""
    metrics = NotifierMetrics()
    return Notifier("127.0.0.1:1", Channels(items), lambda _account, _kind: None, metrics), metrics


def test_without_a_channel_nothing_is_told_and_it_is_counted() -> None:
    """Three channels that are none would fail, each with its claim, for every group of a nation."""
    made, metrics = notifier()

    async def post() -> int:
        transport = httpx.ASGITransport(app=NotifierApp(made, metrics).app())
        async with httpx.AsyncClient(transport=transport, base_url="http://notifier") as client:
            return (await client.post("/integrations/alertmanager", json=POST)).status_code

    assert asyncio.run(post()) == 200
    assert metrics.registry.get_sample_value("yipanqi_pages_total", {"result": "no_group"}) == 1


def test_a_channel_reaches_the_groups_of_its_courts_only() -> None:
    """Those under the courts that it is for; a mailbox is a person's."""
    robot = WeCom("群", "http://127.0.0.1:1")
    made, _ = notifier(Configured(robot, "robot", ("京",)), Configured(robot, "mail", ()))
    assert made.reaches("京03")
    assert not made.reaches("粤06")
