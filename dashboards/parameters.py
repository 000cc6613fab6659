"""Query parameters that an address doesn't know are refused: a misspelt one would be answered with other figures."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute


async def refuse_unknown(request: Request) -> None:
    """Hold a call against what its address takes; what the API's description leaves out takes anything.

    Raises:
        RequestValidationError: Of each parameter that the address doesn't know, with those that it does.
    """
    route = request.scope.get("route")
    if isinstance(route, APIRoute) and route.include_in_schema:
        _refuse_others(request, route)


async def _refuse_unknown_of_page(request: Request) -> None:
    route = request.scope.get("route")
    if isinstance(route, APIRoute):
        _refuse_others(request, route)


Strict = Annotated[None, Depends(_refuse_unknown_of_page)]
"""What a page declares that shows figures as its address asks for them."""


def _refuse_others(request: Request, route: APIRoute) -> None:
    known = sorted(_taken(route.dependant))
    takes = f"this address takes {', '.join(known)}" if known else "this address takes none"
    unknown = sorted(set(request.query_params).difference(known))
    if unknown:
        raise RequestValidationError(
            [{"loc": ("query", name), "msg": f"unknown: {takes}", "type": "unknown", "known": known} for name in unknown]
        )


def _taken(dependant: Dependant) -> set[str]:
    """Names of the query parameters of a call and of all that it depends on."""
    return {one.alias for one in dependant.query_params}.union(*map(_taken, dependant.dependencies))
