"""A query parameter that an address doesn't know is refused by name, whatever the address."""

import re
from typing import Any
from urllib.parse import quote

import httpx


def refused(answer: httpx.Response) -> dict[str, str]:
    """{parameter: what is said of it} of a refusal."""
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return {one["field"]: one["message"] for one in answer.json()["errors"]}


def test_a_misspelt_parameter_gives_no_other_figures(wall: Any) -> None:
    """It is named, with those that the address takes; spelt right, it is answered."""
    with wall.token("duty_officer", "京") as client:
        right = {"court": "京0105", "as_of": "2024-06-30"}
        assert client.get("/api/v1/indicators/I-23", params=right).json()["court"] == "京0105"
        wrong = {"cuort": "京0105", "as_of": "2024-06-30"}
        told = refused(client.get("/api/v1/indicators/I-23", params=wrong))
        assert told == {"query.cuort": "unknown: this address takes as_of, below, case_type, court, known_on"}
        assert refused(client.get("/api/v1/me", params={"a": 1, "b": 2})) == {
            "query.a": "unknown: this address takes none",
            "query.b": "unknown: this address takes none",
        }


def test_every_address_of_the_api_refuses_what_it_does_not_know(wall: Any) -> None:
    """Reading and changing; pages, health and metrics take what a browser or a balancer adds."""
    with wall.token("director", "最高法") as client:
        paths = client.get("/api/openapi.json").json()["paths"]
        calls = [(path, method) for path, operations in paths.items() for method in operations]
        assert len(calls) > 30
        for path, method in calls:
            told = refused(client.request(method, re.sub(r"\{[^}]*\}", quote("京0105"), path), params={"cuort": "京0105"}))
            assert told["query.cuort"].startswith("unknown: "), (path, method)
        for path in ("/", "/health", "/health/live", "/metrics"):
            assert client.get(path, params={"cuort": "京0105"}).status_code == 200
