"""Civil days as options."""

from datetime import date

import click

from contract.times import FIRST_DAY, LAST_DAY


def day(_: click.Context, __: click.Parameter, value: str | None) -> date | None:
    """Read an option that is a day; for click's ``callback``."""
    if value is None:
        return None
    try:
        found = date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no day such as 2024-03-01") from None
    if not FIRST_DAY <= found <= LAST_DAY:
        raise click.BadParameter(f"days go from {FIRST_DAY} to {LAST_DAY}")
    return found
