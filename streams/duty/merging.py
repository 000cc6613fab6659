"""Merging: an alert follows another, its root. Depth one, no circle, never across courts without a common superior's word.

Root and child may lie in different partitions, so that the child asks and the root answers: `merged` → `state`, or
`merge_undone` if the root follows another itself, isn't of the court that the asker named, or isn't known. The child keeps its
own evidence, and its own ladder up the court tree: only the court's events end that.
"""

from datetime import datetime

from contract.courts import COURTS
from contract.duty.alerts import AlertDuty, Before, Resolution
from contract.duty.commands import LinkTold, Merge, Unmerge
from streams.duty import resolving
from streams.duty.deed import Deed
from streams.duty.ladders import page_again
from streams.duty.outcome import Refusal
from streams.duty.pages import settle


def merge(deed: Deed[AlertDuty], command: Merge) -> Refusal | None:
    """Follow a root; what stands now is kept."""
    record = deed.record
    if not record.is_open:
        return Refusal("wrong_state", "该预警已处置，不能并入", {"state": record.state})
    if command.into == record.id:
        return Refusal("circle", "不能并入自身")
    if record.merged_into:
        return Refusal("already_merged", "该预警已并入另一预警", {"into": record.merged_into})
    if record.merged:
        return Refusal("has_children", "已有其他预警并入该预警，只能并一层", {"merged": record.merged})
    if command.into_court != record.court and not _stands_above(command.principal.court, record.court, command.into_court):
        return Refusal("no_common_superior", "跨法院并案只能由共同的上级法院办理")
    record.before_merge = Before(record.state, record.owner, record.ack_until)
    record.merged_into, record.merge_court = command.into, command.into_court
    record.snoozed_until = None
    deed.change("merged", into=command.into)
    settle(deed)
    deed.tell(command.into, "merged", court=command.into_court)
    return None


def _stands_above(superior: str, *courts: str) -> bool:
    return all(COURTS.within(court, superior) and court != superior for court in courts)


def unmerge(deed: Deed[AlertDuty], command: Unmerge) -> Refusal | None:
    """Follow no longer."""
    del command
    record = deed.record
    if not record.merged_into:
        return Refusal("not_merged", "该预警未并入其他预警")
    if record.state == "closed":
        return Refusal("wrong_state", "该预警已关闭", {"state": record.state})
    root = record.merged_into
    deed.change("unmerged", root=root)
    _restore(deed)
    deed.tell(root, "unmerged")
    return None


def _restore(deed: Deed[AlertDuty]) -> None:
    """What was before the merge holds again; nobody having it, its step is paged again."""
    record, before = deed.record, deed.record.before_merge
    record.merged_into, record.merge_court, record.before_merge = "", "", None
    if before is None or not record.stands:
        return
    record.state, record.owner, record.ack_until = before.state, before.owner, before.ack_until
    record.resolution, record.close_at = None, None
    if record.state == "firing" and record.page_at is None and not record.quiet:
        record.step_at = None
        page_again(deed, "unmerged")
    elif record.page_at is not None:
        record.page_at = max(record.page_at, deed.now)  # as after a snooze


def take_merge_link(deed: Deed[AlertDuty], command: LinkTold) -> None:
    """What a child tells its root, or a root its child."""
    record = deed.record
    deed.by = command.source
    if command.what == "merged":
        _joined(deed, command)
    elif command.what == "unmerged":
        if command.source in record.merged:
            record.merged = tuple(one for one in record.merged if one != command.source)
            deed.change("left", child=command.source)
    elif record.merged_into == command.source:
        if command.what == "merge_undone":
            deed.change("merge_undone", root=command.source, reason=command.detail["reason"])
            _restore(deed)
        else:
            _follow(deed, command)


def _joined(deed: Deed[AlertDuty], command: LinkTold) -> None:
    record = deed.record
    if record.merged_into or command.detail["court"] != record.court or record.state == "closed":
        reason = "主预警自身已并入另一预警" if record.merged_into else "主预警已关闭，或者不属于所称法院"
        deed.note("join_refused", child=command.source, reason=reason)
        deed.tell(command.source, "merge_undone", reason=reason)
        return
    if command.source not in record.merged:
        record.merged = (*record.merged, command.source)
        deed.change("joined", child=command.source)
    deed.tell(command.source, "state", state=record.state, owner=record.owner, ack_until=record.ack_until)


def _follow(deed: Deed[AlertDuty], command: LinkTold) -> None:
    """Take the root's state; one whose own obligation has ended stays resolved."""
    record, state = deed.record, command.detail["state"]
    if record.state == "closed" or (not record.stands and state != "closed"):
        return
    if state == "resolved":
        found = Resolution(how="merged", at=deed.now, reason=record.merged_into)
        deed.change("followed", state=state, obligation_stands=record.stands)
        resolving.resolve(deed, found)
    elif state == "closed":
        resolving.close(deed)
        deed.change("followed", state=state, obligation_stands=record.stands)
    else:
        until = command.detail.get("ack_until")
        record.state, record.owner = state, command.detail.get("owner", "")
        record.ack_until = datetime.fromisoformat(until) if isinstance(until, str) else until
        record.resolution, record.close_at = None, None
        deed.change("followed", state=state, owner=record.owner)
