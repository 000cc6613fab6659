"""Policies as a file: what is read, and what an error says."""

from pathlib import Path

import pytest

from contract.duty.policy import Target
from streams.duty.desks import label_of
from streams.duty.policy_file import CN, PolicyError, load_policies

TEXT = CN.read_text()


def test_the_shipped_policies_are_those_of_the_duty_rules() -> None:
    """P1: 0, 5, 15, 30, 60 minutes; P2: 30 minutes, 4 hours, a day; P3: a digest twice a day."""
    policies = load_policies()
    red, orange, yellow = policies.policies
    assert [step.after_min for step in red.steps] == [0, 5, 15, 30, 60]
    assert red.steps[3].targets == (Target("officer", "superior"),)
    assert red.steps[3].hour_limits_only
    assert [step.after_min for step in orange.steps] == [0, 30, 240, 1440]
    assert (yellow.steps, yellow.digest_at) == ((), ("08:30", "14:00"))
    assert [one.ack_expires_min for one in policies.policies] == [30, 240, 2880]
    assert [one.tree and one.tree.working_days for one in policies.policies] == [2, 5, None]


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        ('version = "1"', "", "version", "required"),
        ("[orange]", "[amber]", "amber", "unknown; there are id, version"),
        ("after_min = 5,", "after_min = 9001,", "red.steps[1].after_min", "<= 9000"),
        ("after_min = 5,", "", "red.steps[1].after_min", "required: minutes after the first page"),
        ("after_min = 15,", "after_min = 5,", "red.steps[2].after_min", "is not after the step before"),
        ("after_min = 0,", "after_min = 1,", "red.steps[0].after_min", "the first step is the first page"),
        ('to = ["leader"]', 'to = ["chief"]', "red.steps[2].to[0]", "write a post (officer, officer_b, technician, leader)"),
        (", hour_limits_only = true", "", "red.steps[3].to", "only red alerts of rules with hour limits"),
        ('by = ["robot", "mail", "webhook"]', 'by = ["pigeon"]', "orange.steps[0].by[0]", "unknown channel 'pigeon'"),
        (', by = ["call", "sms", "robot"] }', " }", "red.steps[0].by", "required with to"),
        ('draft = "督办"', 'draft = "命令"', "red.steps[4].draft", "unknown kind '命令'"),
        (', draft = "督办"', "", "red.steps[4]", "does nothing"),
        ("repeat = 3", "repeat = 6", "red.repeat", "<= 5"),
        ("repeat = 3", "repeats = 3", "red.repeats", "unknown; a severity has"),
        ('digest_at = ["08:30", "14:00"]', 'digest_at = ["8:30"]', "yellow.digest_at[0]", "no time of day such as 08:30"),
        ('digest_at = ["08:30", "14:00"]', "", "yellow", "nobody would ever hear of it"),
        ("tree_working_days = 2", "tree_working_days = 0", "red.tree_working_days", ">= 1"),
        ("ack_expires_min = 30", 'ack_expires_min = "soon"', "red.ack_expires_min", "Expected `int`"),
    ],
)
def test_an_error_says_file_field_and_what_to_do(tmp_path: Path, old: str, new: str, field: str, says: str) -> None:
    """Whatever is wrong."""
    assert old in TEXT
    file = tmp_path / "p.toml"
    file.write_text(TEXT.replace(old, new, 1) if new != "[amber]" else TEXT.replace(old, new))
    with pytest.raises(PolicyError) as caught:
        load_policies(file)
    assert caught.value.file == str(file)
    assert caught.value.field == field
    assert says in str(caught.value)


def test_a_file_that_is_not_there_or_is_no_toml_is_refused(tmp_path: Path) -> None:
    """Named."""
    with pytest.raises(PolicyError, match="can't be read"):
        load_policies(tmp_path / "none.toml")
    (tmp_path / "p.toml").write_text("steps = [")
    with pytest.raises(PolicyError, match="no TOML"):
        load_policies(tmp_path / "p.toml")


def test_two_sets_of_one_version_are_told_apart(tmp_path: Path) -> None:
    """An alert keeps the very set by which its ladder began."""
    (tmp_path / "p.toml").write_text(TEXT.replace("repeat = 3", "repeat = 2"))
    assert label_of(load_policies(tmp_path / "p.toml")) != label_of(load_policies())
