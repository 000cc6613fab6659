"""Escalation policies as data: ordered steps with delays, targets and channels. A copy is kept with each alert.

Delays are minutes since the page of the first step; a step that has nobody is passed over at once. Limits of the form: at most
10 steps, at most 5 repeats, delays from 0 to 9,000 minutes (docs/duty.md).
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from contract.duty.roster import Post

Channel = Literal["call", "sms", "robot", "mail", "webhook", "digest"]
Delay = Annotated[int, Meta(ge=0, le=9000)]


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is meant by a step: those on a post of a desk.

    Attributes:
        post: Which post of the roster.
        desk: ``own`` = the desk of the alert's court, ``superior`` = that of the court above it.
    """

    post: Post
    desk: Literal["own", "superior"] = "own"


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One step of a ladder.

    Attributes:
        after_min: Minutes after the first page.
        targets: Who is paged.
        channels: By what, in order of preference; the next is tried when one fails.
        require: Whether one acknowledgement is enough, or each of the targets must acknowledge.
        draft: Kind of directive to draft at this step; "" = none.
        hour_limits_only: Only for red alerts of rules whose limit is in hours.
    """

    after_min: Delay
    targets: tuple[Target, ...] = ()
    channels: tuple[Channel, ...] = ()
    require: Literal["any", "all"] = "any"
    draft: str = ""
    hour_limits_only: bool = False


class Tree(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ladder up the court tree: after so many working days unhandled the alert goes one court up."""

    working_days: Annotated[int, Meta(ge=1, le=60)]


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How alerts of one severity are escalated.

    Attributes:
        severity: red P1 特急, orange P2 紧急, yellow P3 一般.
        steps: The ladder inside the desk; empty: nobody is paged (a digest at fixed times instead).
        repeat: How often the ladder begins again while nobody acknowledges.
        ack_expires_min: How long an acknowledgement holds.
        digest_at: Civil times of day (Asia/Shanghai) of the digest, ``HH:MM``.
        tree: The ladder up the court tree, None = none.
    """

    severity: Literal["red", "orange", "yellow"]
    steps: Annotated[tuple[Step, ...], Meta(max_length=10)] = ()
    repeat: Annotated[int, Meta(ge=0, le=5)] = 0
    ack_expires_min: Annotated[int, Meta(ge=1, le=20160)] = 30
    digest_at: tuple[str, ...] = ()
    tree: Tree | None = None


class Policies(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A set of policies with a name and version, one for each severity."""

    id: str
    version: str
    policies: tuple[Policy, ...]
