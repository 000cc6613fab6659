"""The notifier's port: what Alertmanager posts back, the watchdog, health and metrics.

A post bears the token that both sides read from a file. It is answered with 2xx only after the log has it: whoever posted tries
again otherwise, and what comes twice is dropped. What a post left out, being too long, is asked of Alertmanager.
"""

import asyncio
import hmac
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable

import httpx
import msgspec
from aiokafka.errors import KafkaError
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from contract.courts import SPC
from contract.duty.commands import NoticeItem, NoticeTold, told_id
from contract.working_hours import EPOCH
from infra.alertmanager.client import WATCHDOG, AlertmanagerAway, Notice, active, read_notice
from streams.duty.desk import PREFIX
from streams.shell.notifier import NOTIFIER, Notifier
from streams.shell.notifier_metrics import NotifierMetrics

log = logging.getLogger(__name__)

MAX_BODY = 4 * 1024 * 1024
_FORWARD_S = 5.0


class NotifierApp:
    """The routes of one notifier.

    Args:
        notifier: What has the log.
        metrics: What it counts.
        token: What posts must bear.
        outside: Address of the outside checker that must hear the watchdog, "" = none.
        alertmanager: Address of Alertmanager, "" = what a post leaves out is only counted.
    """

    def __init__(
        self, notifier: Notifier, metrics: NotifierMetrics, token: str, outside: str = "", alertmanager: str = ""
    ) -> None:
        self._notifier, self._metrics, self._outside, self._alertmanager_url = notifier, metrics, outside, alertmanager
        self._bearer = f"Bearer {token}".encode()

    def app(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route("/integrations/alertmanager", self._guarded(self._alertmanager), methods=["POST"]),
                Route("/integrations/watchdog", self._guarded(self._watchdog), methods=["POST"]),
                Route("/metrics", self._show_metrics),
                Route("/health", self._ready),
                Route("/health/live", self._live),
                Route("/health/ready", self._ready),
            ]
        )

    def _guarded(self, handle: Callable[[Notice], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            if not hmac.compare_digest(request.headers.get("authorization", "").encode(), self._bearer):
                self._metrics.pages.labels("no_token").inc()
                text = "no token, or another: give Alertmanager's receiver the same file (docs/notification.md)\n"
                return PlainTextResponse(text, 401, {"WWW-Authenticate": "Bearer"})
            body = await request.body()
            if len(body) > MAX_BODY:
                return PlainTextResponse("the post is too large; lower max_alerts of the receiver\n", 413)
            try:
                notice = read_notice(body)
            except (msgspec.ValidationError, msgspec.DecodeError) as error:
                return PlainTextResponse(f"no webhook message of Alertmanager (version 4): {error}\n", 400)
            return await handle(notice)

        return guarded

    async def _alertmanager(self, notice: Notice) -> Response:
        notice = await self._whole(notice)
        try:
            for told in notices(notice):
                if self._notifier.reaches(told.target.removeprefix(PREFIX)):
                    await self._notifier.write(told)
                else:
                    self._metrics.pages.labels("no_group").inc()
        except KafkaError as error:
            return PlainTextResponse(f"the log did not take it: {type(error).__name__}\n", 503)
        return PlainTextResponse("ok\n")

    async def _whole(self, notice: Notice) -> Notice:
        """The post with what it left out; what can't be had is told as a number, with the group that it belongs to."""
        if not notice.truncated_alerts or not self._alertmanager_url:
            return notice
        try:
            shown = await asyncio.to_thread(active, self._alertmanager_url, notice.group_labels)
        except AlertmanagerAway as error:
            log.warning("%d alerts of %s were left out of a post: %s", notice.truncated_alerts, notice.group_key, error)
            return notice
        known = {one.fingerprint for one in notice.alerts}
        more = [one for one in shown if one.fingerprint not in known]
        left = max(0, notice.truncated_alerts - len(more))
        return msgspec.structs.replace(notice, alerts=[*notice.alerts, *more], truncated_alerts=left)

    async def _watchdog(self, notice: Notice) -> Response:
        if any(one.labels.get("alertname") == WATCHDOG and one.status == "firing" for one in notice.alerts):
            self._metrics.watchdog.set(time.time())
            if self._outside:
                await asyncio.to_thread(_forward, self._outside)
        return PlainTextResponse("ok\n")

    async def _show_metrics(self, _: Request) -> Response:
        return Response(generate_latest(self._metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _live(self, _: Request) -> Response:
        return PlainTextResponse("live\n")

    async def _ready(self, _: Request) -> Response:
        ready = self._notifier.caught_up.is_set()
        return PlainTextResponse("ready\n" if ready else "reading the decisions\n", 200 if ready else 503)


def notices(notice: Notice) -> Iterable[NoticeTold]:
    """What a post tells each desk: that of the alert's ``court_l2``, the Supreme People's Court's for one without."""
    desks: dict[str, list[NoticeItem]] = defaultdict(list)
    for one in notice.alerts:
        labels = one.labels
        if labels.get("alertname") == WATCHDOG:
            continue
        item = NoticeItem(
            fingerprint=one.fingerprint,
            starts_at=one.starts_at,
            status="firing" if one.status == "firing" else "resolved",
            rule=labels.get("alertname", ""),
            court=labels.get("court", ""),
            severity=labels.get("severity", ""),
            summary=one.annotations.get("summary", ""),
        )
        desks[labels.get("court_l2") or SPC].append(item)
    for court, items in desks.items():
        names = sorted((one.fingerprint, one.starts_at, one.status) for one in items)
        yield NoticeTold(
            id=told_id("notice", notice.group_key, names),
            target=PREFIX + court,
            principal=NOTIFIER,
            at=EPOCH,
            group=notice.group_key,
            receiver=notice.receiver,
            items=tuple(items),
            truncated=notice.truncated_alerts,
        )


def _forward(address: str) -> None:
    """Tell the outside checker; that it wasn't told, it notices itself."""
    try:
        httpx.post(address, timeout=_FORWARD_S)
    except httpx.HTTPError:
        return
