"""Event → page at a steady rate: from the post of an event whose deadline has passed to its alert in an open page's list.

The whole system runs (`yipanqi up --no-simulator`); a publisher keeps the rate with events that raise nothing, through the
gateway; twice a second a probe is posted, an objection never filed, each older than the one before, so that it stands at the
top of the list. A script in the page notes when the line of a probe appears; both clocks are this machine's.

    python bench/page_latency.py [--rate 1000] [--seconds 60]
"""

import argparse
import asyncio
import json
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Page, async_playwright

from infra.processes import free_ports

_WATCH = """() => {
    window.seen = {};
    const note = () => document.querySelectorAll('a.alert').forEach(line => {
        const probe = line.getAttribute('href').match(/probe-\\d+/);
        if (probe && !(probe[0] in window.seen)) window.seen[probe[0]] = Date.now() / 1000;
    });
    new MutationObserver(note).observe(document.body, {childList: true, subtree: true, characterData: true});
}"""
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
_BATCH = 100


def _event(number: int, kind: str, at: datetime, subject: str, data: dict[str, Any]) -> dict[str, Any]:
    source = "/court/京0105/bench"
    return {"specversion": "1.0", "id": f"{subject}.{number}", "source": source, "type": kind, "subject": subject} | {
        "time": at.isoformat(),
        "data": data,
    }


async def _load(gateway: httpx.AsyncClient, rate: int, until: float) -> int:
    """Keep the rate with events that raise nothing; return how many were taken."""
    sent, began = 0, time.monotonic()
    while time.monotonic() < until:
        now = datetime.now(UTC)
        batch = [
            _event(sent + i, "inquiry.requested", now, f"load-{(sent + i) % 5000}", {"inquiry_id": f"q{sent + i}"})
            for i in range(_BATCH)
        ]
        answer = await gateway.post("/events", json=batch, headers={"Content-Type": "application/cloudevents-batch+json"})
        answer.raise_for_status()
        sent += _BATCH
        await asyncio.sleep(max(0.0, began + sent / rate - time.monotonic()))
    return sent


async def _probe(gateway: httpx.AsyncClient, until: float) -> dict[str, float]:
    """Post a probe twice a second; return when each was posted."""
    posted: dict[str, float] = {}
    base = datetime.now(UTC) - timedelta(days=60)
    while time.monotonic() < until:
        name = f"probe-{len(posted)}"
        at = base - timedelta(days=len(posted))
        event = _event(0, "objection.received", at, name, {"objection_id": name})
        posted[name] = time.time()
        answer = await gateway.post("/events", json=event, headers={"Content-Type": "application/cloudevents+json"})
        answer.raise_for_status()
        await asyncio.sleep(0.5)
    return posted


async def _measure(wall: str, gateway_url: str, rate: int, seconds: float) -> tuple[dict[str, float], dict[str, float], int]:
    async with async_playwright() as playwright, httpx.AsyncClient(base_url=gateway_url, timeout=30) as gateway:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_FLAGS)
        page: Page = await browser.new_page(viewport={"width": 1920, "height": 1080})
        await page.goto(wall)
        await page.locator("text=实时预警").wait_for()
        await page.evaluate(_WATCH)
        until = time.monotonic() + seconds
        sent, posted = await asyncio.gather(_load(gateway, rate, until), _probe(gateway, until))
        await asyncio.sleep(3)
        seen: dict[str, float] = await page.evaluate("window.seen")
        await browser.close()
    return posted, seen, sent


def main() -> int:
    """Run, print one line of JSON, and fail if a probe was never seen."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    names = ("wall", "gateway", "metrics", "clickhouse", "kafka", "controller", "process")
    ports = dict(zip(names, free_ports(len(names) + 4), strict=False))
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "yipanqi",
            "up",
            "--no-simulator",
            "--visitors",
            "open",
            "--data",
            str(Path(folder) / "data"),
        ]
        for name, port in ports.items():
            command += [] if name == "controller" else [f"--{name}-port", str(port)]
        system = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            _wait(f"http://127.0.0.1:{ports['metrics']}/health")
            addresses = (f"http://127.0.0.1:{ports['wall']}", f"http://127.0.0.1:{ports['gateway']}")
            posted, seen, sent = asyncio.run(_measure(*addresses, options.rate, options.seconds))
        finally:
            system.send_signal(signal.SIGINT)
            system.wait(30)
    spans = sorted(seen[name] - at for name, at in posted.items() if name in seen)
    if not spans:
        raise SystemExit(f"none of {len(posted)} probes was seen on the page")
    result = {
        "bench": "event to page",
        "rate_asked": options.rate,
        "rate_reached": round(sent / options.seconds),
        "probes": len(posted),
        "seen": len(spans),
        "p50_ms": round(statistics.median(spans) * 1000),
        "p99_ms": round(spans[min(len(spans) - 1, int(len(spans) * 0.99))] * 1000),
        "max_ms": round(spans[-1] * 1000),
    }
    print(json.dumps(result))
    return 0 if len(spans) == len(posted) else 1


def _wait(address: str) -> None:
    for _ in range(600):
        try:
            if httpx.get(address).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise SystemExit("the system did not start within two minutes")


if __name__ == "__main__":
    sys.exit(main())
