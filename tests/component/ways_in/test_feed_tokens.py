"""A court speaks only for itself: once a feed has a token, each feed needs its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from infra.accounts.store import Accounts

STRUCTURED = {"Content-Type": "application/cloudevents+json"}
BATCHED = {"Content-Type": "application/cloudevents-batch+json"}
OTHER = "/court/京0101/oa"


def test_from_the_first_feeds_token_on_a_feed_sends_for_its_own_court_alone(
    wall_log: str, another_gateway: Callable[..., Any], filed: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    """Open before; then no event without a token, none of another court, and revoking the last one doesn't open it again."""
    with another_gateway(wall_log, tmp_path / "data") as gateway, httpx.Client(base_url=gateway.url, timeout=60) as client:
        accounts = Accounts(tmp_path / "data")
        assert client.post("/events", json=filed("open"), headers=STRUCTURED).status_code == 202
        secret = accounts.tokens.add("feed", "京0105", by="/cli/test")
        refused = client.post("/events", json=filed("e1"), headers=STRUCTURED)
        assert (refused.status_code, refused.json()["type"]) == (401, "/problems/feed-token")
        kiosk = accounts.tokens.add("kiosk", "京0105", by="/cli/test")
        for wrong in ("nonsense", kiosk, secret + "x"):
            bearer = STRUCTURED | {"Authorization": f"Bearer {wrong}"}
            assert client.post("/events", json=filed("e1"), headers=bearer).status_code == 401
        own = {"Authorization": f"Bearer {secret}"}
        assert client.post("/events", json=filed("e1"), headers=STRUCTURED | own).status_code == 202
        foreign = client.post("/events", json=filed("e2", source=OTHER), headers=STRUCTURED | own)
        assert (foreign.status_code, foreign.json()["type"]) == (403, "/problems/foreign-feed")
        assert foreign.json()["errors"][0]["code"] == "foreign_feed"
        imported = filed("e2", source="/import/" + "0" * 64)
        assert client.post("/events", json=imported, headers=STRUCTURED | own).status_code == 403
        batch = client.post("/events", json=[filed("e3"), filed("e4", source=OTHER)], headers=BATCHED | own)
        assert batch.status_code == 207
        assert [one["status"] for one in batch.json()["results"]] == [202, 403]
        accounts.tokens.revoke(accounts.tokens.all()[0].id, "/cli/test")
        assert client.post("/events", json=filed("e5"), headers=STRUCTURED | own).status_code == 401
        assert client.post("/events", json=filed("e5"), headers=STRUCTURED).status_code == 401
        accounts.close()


def test_a_gateway_can_require_tokens_from_the_beginning(
    wall_log: str, another_gateway: Callable[..., Any], filed: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    """By option, before any feed has one."""
    with another_gateway(wall_log, tmp_path / "data", "--require-feed-tokens") as gateway:
        assert httpx.post(gateway.url + "/events", json=filed("e1"), headers=STRUCTURED).status_code == 401
