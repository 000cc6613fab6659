"""The kinds of field that payloads are made of, and the base of every payload.

Money is an integer number of fen and its field ends in ``_fen``; civil dates (Asia/Shanghai) are called ``on`` or end in
``_on``; aware instants end in ``_at``; ratios are integer basis points, ``_bp``.
"""

from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

Text = Annotated[str, Meta(max_length=4000)]
Id = Annotated[str, Meta(min_length=1, max_length=200)]
Fen = Annotated[int, Meta(ge=-(2**53) + 1, le=2**53 - 1)]
Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Item = Annotated[int, Meta(ge=1, le=6)]
"""The number of one of six grounds that an article lists."""
Day = date
Instant = Annotated[datetime, Meta(tz=True)]
Ref = Annotated[str, Meta(min_length=1, max_length=200)]


class Payload(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of every payload: unknown fields are refused by name, so that no name or number slips past the sealing."""


class Clear(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of parts that stand inside a payload."""
