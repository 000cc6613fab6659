"""What people ask of the duty room, from API and console alike: by the gateway, with a pass, never past it.

The wall writes nothing: it says who asks, and the gateway puts the command into the log and answers with what was decided.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import msgspec

from contract.duty.people import Principal
from dashboards.problems import problem_body
from infra.accounts.passes import sign

_ANSWER_S = 15.0
_CONNECTIONS = 64


class Reply(msgspec.Struct, frozen=True):
    """What the gateway answered.

    Attributes:
        status: 200 decided, 202 not decided yet, else a problem.
        body: ``{decision}``, ``{command, status, look}``, or a problem document with ``code``, ``version``, ``since``.
        headers: Those that go on to the caller: ETag, Location, Retry-After.
    """

    status: int
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def accepted(self) -> bool:
        """Whether the duty room did it."""
        return self.status == 200

    @property
    def said(self) -> str:
        """A sentence for people: why not, or "" if it was done."""
        return "" if self.accepted else str(self.body.get("detail") or "尚未办结，请稍后查看")


Check = Callable[[Principal, str, dict[str, Any]], Awaitable[dict[str, Any] | Reply]]
"""(who asks, kind, fields) → the fields to ask with, or why not."""


class Commands:
    """The way to the gateway.

    Attributes:
        check: What looks at each command before it is asked, None = nothing does.

    Args:
        gateway: Its address.
        key: The key that passes are signed with.
    """

    def __init__(self, gateway: str, key: bytes) -> None:
        limits = httpx.Limits(max_connections=_CONNECTIONS)
        self._client = httpx.AsyncClient(base_url=gateway, timeout=_ANSWER_S, limits=limits, trust_env=False)
        self._key = key
        self.check: Check | None = None

    async def ask(
        self,
        principal: Principal,
        kind: str,
        target: str,
        key: str,
        fields: dict[str, Any] | None = None,
        *,
        expected: int | None = None,
    ) -> Reply:
        """Ask one thing.

        Args:
            principal: Who asks, from a visitor that `Identity` made.
            kind: Kind of the command, e.g. ``alert.acknowledge`` (contract.duty.commands).
            target: Alert, directive or ``roster/<court>``.
            key: Idempotency-Key: the same key asks the same once, however often it is sent.
            fields: What the kind has beside that.
            expected: Version that the asker saw; None = any.
        """
        if self.check is not None:
            checked = await self.check(principal, kind, fields or {})
            if isinstance(checked, Reply):
                return checked
            fields = checked
        form = {**(fields or {}), "kind": kind, "target": target, "idempotency_key": key}
        if expected is not None:
            form["expected"] = expected
        body = msgspec.json.encode(form)
        headers = {"Authorization": f"Bearer {sign(self._key, principal, body)}", "Content-Type": "application/json"}
        try:
            answer = await self._client.post("/duty/commands", content=body, headers=headers)
            return Reply(answer.status_code, answer.json(), _passed_on(answer))
        except (httpx.HTTPError, ValueError) as error:
            detail = f"the gateway does not answer ({type(error).__name__}); ask again under the same key, which is always safe"
            problem = problem_body(503, detail, kind="gateway-away", title="网关暂不可用，请重试")
            return Reply(503, problem, {"Retry-After": "2"})

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _passed_on(answer: httpx.Response) -> dict[str, str]:
    return {name: answer.headers[name] for name in ("ETag", "Location", "Retry-After") if name in answer.headers}
