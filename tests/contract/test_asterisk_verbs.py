"""docs/asterisk.md names every verb that we know, and no other."""

import re

from producers.asterisk.verbs import AGENT_VERBS, EXITS, IGNORED, OF_A_LEG, REJECTIONS
from tests.support.sources import ROOT

ROWS = re.findall(
    r"^\| (`[A-Z].*?) \| (.*) \|$",
    (ROOT / "docs/asterisk.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)


def test_the_page_names_every_verb() -> None:
    named = {verb for verbs, _ in ROWS for verb in re.findall(r"`([A-Z_0-9]+)`", verbs)}
    assert named - AGENT_VERBS == OF_A_LEG | REJECTIONS.keys() | IGNORED | {"QUEUESTART"}


def test_the_page_says_what_becomes_of_who_left_or_was_refused() -> None:
    said = {
        verb: meaning for verbs, meaning in ROWS for verb in re.findall(r"`([A-Z_0-9]+)`", verbs)
    }
    for verb, rejection in REJECTIONS.items():
        assert said[verb].startswith(f"rejected: `{rejection}`")
    for verb, (outcome, reason, _) in EXITS.items():
        if verb.startswith("LEAVE"):
            assert said[verb].startswith("the same as `EXITEMPTY`")
        else:
            assert said[verb].startswith(outcome)
            assert f"`{reason}`" in said[verb] if reason else "`" not in said[verb]
