"""Who is told next, and that everybody is told at the end of a chain."""

import pytest

from schemas.escalation import Step, chains, steps, told_first
from schemas.millis import MINUTE
from schemas.owners import Owner
from schemas.queues_toml import parse_queues

HOOK = 'webhook = "http://127.0.0.1:9095/"\n'


def owners(**keys: str) -> dict[str, Owner]:
    """`b="5m"`: tells b after that; `` is an owner whose chain ends."""
    text = ""
    for name, chain in keys.items():
        to, _, after = chain.partition(" ")
        text += f"[owners.{name}]\n{HOOK}"
        text += f'escalate_to = "{to}"\nescalate_after = "{after}"\n' if to else ""
    return {owner.name: owner for owner in parse_queues(text, {}).owners}


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"duty": "", "other": ""}, ()),
        ({"duty": "lead 5m", "lead": ""}, (Step(5 * MINUTE, ("lead",)),)),
        (
            {"duty": "lead 5m", "lead": "chief 10m", "chief": "", "other": "", "night": ""},
            (
                Step(5 * MINUTE, ("lead",)),
                Step(10 * MINUTE, ("chief",)),
                Step(
                    10 * MINUTE, ("other", "night")
                ),  # last to all, after as long as the step before
            ),
        ),
        (
            {"duty": "lead 5m", "lead": "all 20m", "other": ""},
            (Step(5 * MINUTE, ("lead",)), Step(20 * MINUTE, ("other",))),
        ),
        ({"duty": "all 5m", "lead": "", "night": ""}, (Step(5 * MINUTE, ("lead", "night")),)),
        ({"duty": "all 5m"}, ()),
    ],
)
def test_the_chain_of_an_owner(keys: dict[str, str], expected: tuple[Step, ...]) -> None:
    assert steps("duty", owners(**keys)) == expected


def test_what_has_no_owner_escalates_as_that_of_the_pipeline_does() -> None:
    declared = owners(queuewatch="lead 5m", lead="")
    for owner in ("", "nobody declared it"):
        assert told_first(owner, declared) == "queuewatch"
        assert steps(owner, declared) == (Step(5 * MINUTE, ("lead",)),)
    assert told_first("lead", declared) == "lead"
    assert told_first("", owners(lead="")) == ""
    assert steps("", owners(lead="")) == ()
    assert steps("duty", {}) == ()


def test_the_chains_in_words() -> None:
    assert list(chains(owners(duty="lead 5m", lead="all 20m", night="", ops=""))) == [
        "duty: then lead after 5m, then night, ops after 20m",
        "lead: then duty, night, ops after 20m",
    ]
