"""Query parameters that an address of the API doesn't know are refused: a misspelt one would be answered with other figures."""

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute


async def refuse_unknown(request: Request) -> None:
    """Hold a call against what the API's own description says of its address; what isn't described there takes anything.

    Raises:
        RequestValidationError: Of each parameter that the address doesn't know, with those that it does.
    """
    route = request.scope.get("route")
    if not request.query_params or not isinstance(route, APIRoute) or not route.include_in_schema:
        return
    described = request.app.openapi()["paths"][route.path_format][request.method.lower()]
    known = sorted(one["name"] for one in described.get("parameters", ()) if one["in"] == "query")
    takes = f"this address takes {', '.join(known)}" if known else "this address takes none"
    unknown = sorted(set(request.query_params).difference(known))
    if unknown:
        raise RequestValidationError(
            [{"loc": ("query", name), "msg": f"unknown: {takes}", "type": "unknown"} for name in unknown]
        )
