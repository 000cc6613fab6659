"""Why a rule pack is refused."""

from contract.errors import YipanqiError


class PackError(YipanqiError):
    """A pack that can't be loaded.

    Attributes:
        file: The file in which it stands.
        rule: Id of the rule, or "" for the pack itself.
        field: Path of the field, e.g. ``levels[1].at``.
        message: What is wrong and what would do.
    """

    def __init__(self, file: str, rule: str, field: str, message: str) -> None:
        place = ": ".join(part for part in (file, rule and f"rule {rule}", field) if part)
        super().__init__(f"{place}: {message}")
        self.file = file
        self.rule = rule
        self.field = field
        self.message = message
