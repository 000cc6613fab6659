"""A pack that mixes what is restricted with what is common is refused: the rule would never see its events."""

from pathlib import Path

import pytest

from streams.rules.errors import PackError
from streams.rules.load import load_packs

PACK = """
[pack]
id = "demo"
version = "1"

[[rule]]
id = "T1"
name = {{ zh = "试", en = "test" }}
family = "disorder"
kind = "deadline"
scope = "{scope}"
start = "{start}"
stop = ["{stop}"]
within = "24 hours"
levels = [{{ severity = "red", at = "100%" }}]
restricted = {restricted}
"""
RECORDED, REPORTED = "pers.interference_recorded", "pers.interference_reported"


def write(folder: Path, start: str, stop: str, restricted: str, scope: str = "case") -> Path:
    """A pack of one rule."""
    path = folder / "demo.toml"
    path.write_text(PACK.format(start=start, stop=stop, restricted=restricted, scope=scope), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("start", "stop", "restricted", "scope", "field", "message"),
    [
        (RECORDED, REPORTED, "false", "case", "start", "pers.interference_recorded is restricted; only a rule with restricted"),
        ("case.filed", REPORTED, "false", "case", "stop[0]", "pers.interference_reported is restricted; only a rule with"),
        (RECORDED, "case.closed", "true", "case", "stop[0]", "case.closed is not restricted; a restricted rule reads pers."),
        (RECORDED, REPORTED, "true", "court", "scope", "a restricted rule is judged in a case or chain, not in a court"),
    ],
)
def test_what_is_restricted_and_what_is_not_do_not_mix(
    tmp_path: Path, start: str, stop: str, restricted: str, scope: str, field: str, message: str
) -> None:
    """Refused with the field that names the other side."""
    with pytest.raises(PackError) as caught:
        load_packs([write(tmp_path, start, stop, restricted, scope)])
    assert caught.value.field == field
    assert message in str(caught.value)


def test_a_rule_of_restricted_records_alone_loads(tmp_path: Path) -> None:
    """Both its references are restricted, and so is the rule."""
    (pack,) = load_packs([write(tmp_path, RECORDED, REPORTED, "true")])
    assert pack.rules[0].restricted
