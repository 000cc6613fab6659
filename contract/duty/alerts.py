"""The record of an alert on duty: all that the room keeps of it, and the `record` of its decisions."""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from contract.duty.commands import EventRef
from contract.duty.decisions import Change
from contract.duty.policy import Channel

State = Literal["firing", "acked", "resolved", "closed"]
Severity = Literal["red", "orange", "yellow"]
PageState = Literal["due", "claimed", "sent", "delivered", "failed", "unknown", "dropped"]
Why = Literal["step", "empty_step", "ack_expired", "woken", "unmerged", "assigned", "retracted", "flood", "digest", "notice"]

RANK: dict[str, int] = {"yellow": 1, "orange": 2, "red": 3}
"""P3 一般, P2 紧急, P1 特急."""

CLAIM_WITHIN = timedelta(minutes=2)
"""A page that no notifier claims in this time is late: it is named, and stays due."""
RESULT_WITHIN = timedelta(minutes=2)
"""A claimed page of which the notifier says nothing in this time may or may not have left."""
RECEIPT_WITHIN = timedelta(minutes=5)
"""A page taken by a provider that neither shows a receipt nor is answered in this time goes by the next channel.

All three are parameters of ours (管理参数): below the five minutes after which a red alert goes to the B post.
They count on the wall's time, also where the log's runs faster.
"""


class Page(msgspec.Struct, omit_defaults=True, kw_only=True):
    """One page of one person for one step; the key (alert, level, round, person) is its id, so it is made once.

    Attributes:
        id: See above.
        step: Number of the step in its ladder, from 1; 0 = outside the ladder.
        level: Level of the alert that it belongs to.
        account: Who is paged.
        desk: Court of the desk whose post the person holds.
        why: What it is for.
        channel: The channel in hand.
        left: The channels that are tried after it.
        state: due (nobody has claimed it), claimed, sent (a provider took it), delivered; failed or unknown by every channel;
            dropped (no longer needed before it was claimed).
        at: Since when it is in this state.
        late: It was not claimed in time.
        provider_id, error: As the channel last told.
        speed: How fast the log's time ran when it was made; the limits above are of the wall's.
    """

    id: str
    step: int
    level: int
    account: str
    desk: str
    why: Why
    channel: Channel
    left: tuple[Channel, ...] = ()
    state: PageState = "due"
    at: datetime
    late: bool = False
    provider_id: str = ""
    error: str = ""
    speed: float = 1.0

    @property
    def due_at(self) -> datetime | None:
        """When its time is up in the state that it is in."""
        if self.state == "due":
            return None if self.late else self.at + CLAIM_WITHIN * self.speed
        return self.at + {"claimed": RESULT_WITHIN, "sent": RECEIPT_WITHIN}[self.state] * self.speed if self.is_out else None

    @property
    def is_out(self) -> bool:
        """Whether it may have reached somebody and nobody knows yet."""
        return self.state in {"claimed", "sent"}


class Before(msgspec.Struct, omit_defaults=True):
    """What an alert was before it was merged."""

    state: State
    owner: str = ""
    ack_until: datetime | None = None


class DisputeRecord(msgspec.Struct, omit_defaults=True, kw_only=True):
    """A reply of the supervised court. ``answer``: "" while it waits; lapsed = nobody answered in five working days."""

    by: str
    court: str
    grounds: str
    evidence: tuple[EventRef, ...] = ()
    at: datetime
    answer: Literal["", "upheld", "rejected", "lapsed"] = ""
    answered_by: str = ""
    reason: str = ""


class Resolution(msgspec.Struct, omit_defaults=True, kw_only=True):
    """How the duty for an alert ended: by the court's events, by hand, with its root, or because the engine took it back."""

    how: Literal["event", "hand", "merged", "retracted"]
    at: datetime
    reason_code: str = ""
    reason: str = ""
    evidence: tuple[EventRef, ...] = ()
    by: str = ""
    seconded_by: str = ""


class AlertDuty(msgspec.Struct, omit_defaults=True, kw_only=True):
    """One alert on duty. Instants are aware.

    Attributes:
        id, rule, version_of_rule, name_zh, court, subject, rootid, severity, basis, due_at, raised_at, ended_at, end_reason,
            breach_days, hours: From the engine, as last told. The legal obligation stands while ``ended_at`` is None,
            whatever was done here.
        react, hold, propose: From the rule: who must react, how long a page waits, which directive to draft.
        told_at: Place of the last told transition in the engine's log, and ids of the last ones, by which repeats are known.
        thread: Its rule, subject and key, hashed.
        state: firing, acked, resolved, closed.
        retracted: The engine took it back.
        version: Number of changes that a person would want to know of; pages and remarks are none.
        level: Steps of the desk's ladder that were taken, over all rounds; never falls.
        step: Which step of the ladder is next, from 0.
        rounds: How often people were paged: a part of the pages' ids.
        repeats: How often the ladder began again.
        policy: ``<id>@<version>#<hash>`` of the set of policies that holds for it, as it was when its ladder began.
        page_at: When the first page, or the one held back, goes; None = nothing waits.
        page_why: What that page is for.
        held: It waits for the end of a maintenance window and goes as part of a digest.
        base_at: The instant from which the steps' minutes run.
        step_at: When the next step is due.
        tree_level: How many courts it went up; ``tree_at``: when it goes up again.
        desks: Courts whose desks it concerns: the one that must react first, others, those that it was escalated to.
        named: Courts that the directive or entrustment behind it names, by field, once that has said so.
        uncovered: The desk has no roster: it is nobody's.
        quiet: It became known by a rebuild: nobody is paged for it.
        owner, ack_until: Who has it, and until when. ``acks``: who acknowledged a step that each must acknowledge.
        assigned: To whom it was given.
        snoozed_until, snoozes: Silent until then; how often.
        merged_into, merge_court, before_merge, merged: Its root and what it was before; the alerts that are merged into it.
        dispute, disputed_until: A reply that waits for an answer: penalty statistics leave it out.
        resolution, pending, close_at: How it ended; one that waits for a second person, by whom; when it closes.
        leave_at: When it leaves the room, closed and its obligation ended; then it stands in the log alone.
        pages: The last pages. ``paged``: everybody who was ever paged for it since it was raised.
        listed: Desks that were asked to tell of it in a digest.
        directives: Ids of directives that name it. ``drafted``: kinds of which a draft was asked for.
        reached: Severities for which duty was ever called.
        reopens: The alert before it of the same rule, subject and key, which had ended.
        history: The last changes.
    """

    id: str
    rule: str
    version_of_rule: str = ""
    name_zh: str = ""
    court: str
    subject: str
    rootid: str
    severity: Severity
    basis: str = "statutory"
    due_at: datetime
    raised_at: datetime
    ended_at: datetime | None = None
    end_reason: str = ""
    breach_days: int | None = None
    hours: bool = False
    react: tuple[str, ...] = ()
    hold: str = ""
    propose: str = ""
    told_at: str = ""
    told: tuple[str, ...] = ()
    thread: str = ""
    state: State = "firing"
    retracted: bool = False
    version: int = 0
    level: int = 0
    step: int = 0
    rounds: int = 0
    repeats: int = 0
    policy: str = ""
    page_at: datetime | None = None
    page_why: Why = "step"
    held: bool = False
    base_at: datetime | None = None
    step_at: datetime | None = None
    tree_level: int = 0
    tree_at: datetime | None = None
    desks: tuple[str, ...] = ()
    named: dict[str, str] = {}
    uncovered: bool = False
    quiet: bool = False
    owner: str = ""
    ack_until: datetime | None = None
    acks: tuple[str, ...] = ()
    assigned: str = ""
    snoozed_until: datetime | None = None
    snoozes: int = 0
    merged_into: str = ""
    merge_court: str = ""
    before_merge: Before | None = None
    merged: tuple[str, ...] = ()
    dispute: DisputeRecord | None = None
    disputed_until: datetime | None = None
    resolution: Resolution | None = None
    pending: Resolution | None = None
    close_at: datetime | None = None
    leave_at: datetime | None = None
    pages: tuple[Page, ...] = ()
    paged: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    directives: tuple[str, ...] = ()
    drafted: tuple[str, ...] = ()
    reached: tuple[Severity, ...] = ()
    reopens: str = ""
    history: tuple[Change, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether the legal obligation behind it stands: only the court's events end it."""
        return self.ended_at is None and not self.retracted

    @property
    def is_open(self) -> bool:
        """Whether somebody must still do something about it."""
        return self.state in {"firing", "acked"}

    @property
    def climbs(self) -> bool:
        """Whether the desk's ladder runs: nobody has it, and it is neither silent nor another's."""
        return self.state == "firing" and self.snoozed_until is None and not self.merged_into

    @property
    def home(self) -> str:
        """Court of the desk that must react first."""
        return self.desks[0] if self.desks else self.court


class Listed(msgspec.Struct, frozen=True, omit_defaults=True):
    """An alert that waits for a digest, and why."""

    rule: str
    severity: Severity
    why: str


class About(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a page of a desk is about, as far as its text says it: no party, no number of a case.

    Attributes:
        what: digest, rebuild_digest, flood or noticed, as the decision that made it.
        rules: Of a digest: (rule, severity, how many it names). ``total``: how many there are.
        rule: Of a flood.
        lines: Of a notice: what Alertmanager said. ``truncated``: how many it left out.
    """

    what: str
    rules: tuple[tuple[str, Severity, int], ...] = ()
    total: int = 0
    rule: str = ""
    lines: tuple[str, ...] = ()
    truncated: int = 0


class Rebuilt(msgspec.Struct, omit_defaults=True):
    """What one rebuild found for a desk and no digest has told yet.

    ``items``: alerts by id, at most 200; ``more``: how many beside; ``digest_at``: when its digest goes.
    """

    digest_at: datetime
    items: dict[str, Listed] = {}
    more: int = 0


class DeskDuty(msgspec.Struct, omit_defaults=True, kw_only=True):
    """What concerns a whole desk, not one alert: digests and floods. Its target is ``desk/<court>``.

    Attributes:
        id, court: Its target, and the court's code.
        waiting: Alerts for the next digest, by id, at most 200. ``more``: how many beside (ended ones too). ``digest_at``: when
            it goes.
        rebuilt: What rebuilds found, by the rebuild's name, until its one digest goes. ``rebuilds``: of which it has gone.
        arrivals: The last instants at which an alert asked for the desk's attention.
        flood_since: Since when there are more than a person can answer; ``flood``: alerts put together so, by rule.
        about: What its pages that may still have to be sent are about, by the page's id.
        noticed: What Alertmanager posted of it lately, hashed, so that a repeat is known.
        version, level, rounds, pages, paged, history: As in `AlertDuty`.
    """

    id: str
    court: str
    waiting: dict[str, Listed] = {}
    more: int = 0
    digest_at: datetime | None = None
    rebuilt: dict[str, Rebuilt] = {}
    rebuilds: tuple[str, ...] = ()
    arrivals: tuple[datetime, ...] = ()
    flood_since: datetime | None = None
    flood: dict[str, int] = {}
    about: dict[str, About] = {}
    noticed: tuple[str, ...] = ()
    version: int = 0
    level: int = 0
    rounds: int = 0
    pages: tuple[Page, ...] = ()
    paged: tuple[str, ...] = ()
    history: tuple[Change, ...] = ()

    @property
    def climbs(self) -> bool:
        """Whether a page that failed goes by the next channel: always."""
        return True
