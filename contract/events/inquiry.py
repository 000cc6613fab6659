"""Events of property inquiries."""

from contract.events.fields import Day, Id, Payload, Ref, Text


class Requested(Payload, frozen=True, kw_only=True):
    """发起查控 / an inquiry was requested."""

    inquiry_id: Id
    channel: Text | None = None
    target_refs: list[Ref] = []
    classes: list[Text] = []
    on: Day | None = None


class Completed(Payload, frozen=True, kw_only=True):
    """完成财产调查 / the survey of property was completed."""

    inquiry_id: Id | None = None
    classes_done: list[Text] = []
    onsite_done: bool | None = None
    on: Day | None = None
