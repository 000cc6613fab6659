"""Policies as a file: TOML, one table for each severity; what can't be read is refused with file, field and what would do."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import msgspec

from contract.duty.policy import Channel, Policies, Policy, Step
from contract.duty.roster import Post
from contract.errors import YipanqiError
from contract.events.sup import DirectiveKind

CN = Path(__file__).parent / "policies" / "cn.toml"
SEVERITIES = ("red", "orange", "yellow")
_FIELDS = ("steps", "repeat", "ack_expires_min", "digest_at", "tree_working_days")
_STEP_FIELDS = ("after_min", "to", "by", "require", "draft", "hour_limits_only")
_POSTS: tuple[str, ...] = get_args(Post)
_CHANNELS: tuple[str, ...] = get_args(Channel)
_KINDS: tuple[str, ...] = get_args(DirectiveKind)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_PLACE = re.compile(r" - at `\$\.?(.*)`$")


class PolicyError(YipanqiError):
    """A file of policies that can't be loaded.

    Attributes:
        file: The file.
        field: Path of the field, e.g. ``red.steps[1].to``.
        message: What is wrong and what would do.
    """

    def __init__(self, file: str, field: str, message: str) -> None:
        super().__init__(": ".join(part for part in (file, field, message) if part))
        self.file = file
        self.field = field
        self.message = message


def load_policies(path: Path = CN) -> Policies:
    """Read a file of policies.

    Raises:
        PolicyError: It isn't there, is no TOML, or says what can't be.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise PolicyError(str(path), "", f"can't be read ({error.strerror}); name a TOML file of policies") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(str(path), "", f"no TOML: {error}") from None
    return read_policies(str(path), table)


def read_policies(file: str, table: Mapping[str, Any]) -> Policies:
    """Read policies from tables; ``file`` is named in errors."""
    for name in table:
        if name not in ("id", "version", *SEVERITIES):
            raise PolicyError(file, name, f"unknown; there are id, version and the tables {', '.join(SEVERITIES)}")
    for name in ("id", "version"):
        if not isinstance(table.get(name), str) or not table[name]:
            raise PolicyError(file, name, 'required, a text such as "1"')
    for name in SEVERITIES:
        if not isinstance(table.get(name), Mapping):
            raise PolicyError(file, name, f"required: a table [{name}] says how alerts of this severity are escalated")
    policies = tuple(_policy(file, name, table[name]) for name in SEVERITIES)
    return Policies(id=table["id"], version=table["version"], policies=policies)


def _policy(file: str, name: str, table: Mapping[str, Any]) -> Policy:
    for field in table:
        if field not in _FIELDS:
            raise PolicyError(file, f"{name}.{field}", f"unknown; a severity has {', '.join(_FIELDS)}")
    wide = {key: value for key, value in table.items() if key != "tree_working_days"} | {"severity": name}
    steps = table.get("steps", [])
    if not isinstance(steps, list):
        raise PolicyError(file, f"{name}.steps", "a list of steps such as { after_min = 0, to = [...], by = [...] }")
    wide["steps"] = [_step(file, f"{name}.steps[{number}]", step) for number, step in enumerate(steps)]
    if "tree_working_days" in table:
        wide["tree"] = {"working_days": table["tree_working_days"]}
    policy = _convert(file, name, wide)
    _check(file, name, policy)
    return policy


def _step(file: str, field: str, table: Any) -> dict[str, Any]:
    if not isinstance(table, Mapping):
        raise PolicyError(file, field, "a step is a table such as { after_min = 0, to = [...], by = [...] }")
    for name in table:
        if name not in _STEP_FIELDS:
            raise PolicyError(file, f"{field}.{name}", f"unknown; a step has {', '.join(_STEP_FIELDS)}")
    if "after_min" not in table:
        raise PolicyError(file, f"{field}.after_min", "required: minutes after the first page, 0 to 9000")
    wide = {name: value for name, value in table.items() if name not in ("to", "by")}
    wide["targets"] = [_target(file, f"{field}.to[{i}]", one) for i, one in enumerate(table.get("to", []))]
    wide["channels"] = list(table.get("by", []))
    for number, channel in enumerate(wide["channels"]):
        if channel not in _CHANNELS:
            raise PolicyError(file, f"{field}.by[{number}]", f"unknown channel {channel!r}; there are {', '.join(_CHANNELS)}")
    return wide


def _target(file: str, field: str, text: Any) -> dict[str, str]:
    up, _, post = str(text).rpartition(":")
    if post not in _POSTS or up not in {"", "superior"}:
        posts = ", ".join(_POSTS)
        raise PolicyError(file, field, f"unknown target {text!r}; write a post ({posts}), or superior:<post>")
    return {"post": post, "desk": up or "own"}


def _convert(file: str, name: str, wide: dict[str, Any]) -> Policy:
    try:
        return msgspec.convert(wide, Policy)
    except msgspec.ValidationError as error:
        match = _PLACE.search(str(error))
        place = "" if match is None else "." + match[1]
        field = (
            (name + place)
            .replace(".tree.working_days", ".tree_working_days")
            .replace(".targets", ".to")
            .replace(".channels", ".by")
        )
        raise PolicyError(file, field, _PLACE.sub("", str(error))) from None


def _check(file: str, name: str, policy: Policy) -> None:
    """What a ladder needs beyond its form."""
    last = -1
    for number, step in enumerate(policy.steps):
        field = f"{name}.steps[{number}]"
        if step.after_min <= last:
            raise PolicyError(file, f"{field}.after_min", f"{step.after_min} is not after the step before ({last})")
        last = step.after_min
        _check_step(file, field, step)
    if policy.steps and policy.steps[0].after_min != 0:
        raise PolicyError(file, f"{name}.steps[0].after_min", "the first step is the first page: 0; a rule's hold waits")
    if policy.repeat and not policy.steps:
        raise PolicyError(file, f"{name}.repeat", "there are no steps to repeat; leave it out")
    for number, at in enumerate(policy.digest_at):
        if not _TIME.fullmatch(at):
            raise PolicyError(file, f"{name}.digest_at[{number}]", f"{at!r} is no time of day such as 08:30")
    if not policy.steps and not policy.digest_at:
        raise PolicyError(file, name, "nobody would ever hear of it: give it steps, or digest_at")


def _check_step(file: str, field: str, step: Step) -> None:
    if not step.targets and not step.draft:
        raise PolicyError(file, field, "does nothing: give it somebody to page (to), or a directive to draft (draft)")
    if step.targets and not step.channels:
        raise PolicyError(file, f"{field}.by", f"required with to: channels in order of preference, of {', '.join(_CHANNELS)}")
    if step.draft and step.draft not in _KINDS:
        raise PolicyError(file, f"{field}.draft", f"unknown kind {step.draft!r}; there are {', '.join(_KINDS)}")
    if any(target.desk == "superior" for target in step.targets) and not step.hour_limits_only:
        message = "only red alerts of rules with hour limits reach the desk above; say hour_limits_only = true"
        raise PolicyError(file, f"{field}.to", message)
