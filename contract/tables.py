"""Hand-kept tables: tab-separated files in ``contract/data``; ``#`` lines are remarks, the first other line names columns."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of ``contract/data/NAME.tsv``; a line with another number of columns raises ValueError."""
    columns: list[str] | None = None
    for line in files("contract").joinpath("data", f"{name}.tsv").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        fields = line.split("\t")
        if columns is None:
            columns = fields
        else:
            yield dict(zip(columns, fields, strict=True))
