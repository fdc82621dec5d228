"""The text of a telling, by streams/messages."""

from msgspec.structs import replace

from streams.sinks.deliver.outbox import Outbox
from streams.sinks.deliver.trial import Links, trial_telling
from streams.sinks.deliver.wording import text_of, text_of_all
from tests.support.delivery import NOON, TEXT, owners, targets, telling


def test_firing_alerts_are_told_in_the_language_of_the_owner() -> None:
    english, indonesian = (
        text_of(telling("a", "b"), owners(f'water:language="{language}"')["water"], NOON)
        for language in ("en", "id")
    )
    assert english.title != indonesian.title
    assert "a: waits" in english.body
    assert len(english.short) <= 160


def test_a_test_message_says_so_first_and_what_was_left_out_is_counted() -> None:
    owner = owners("water")["water"]
    made = text_of(trial_telling("water", Links("https://b", "https://r"), NOON), owner, NOON)
    assert made.title.startswith("TEST: ")
    assert made.short.startswith("TEST: ")
    assert "nothing has to be done" in made.body
    assert "https://b/" in made.body
    assert text_of(replace(telling("a"), left_out=7), owner, NOON).body.endswith("+7 more")


def test_several_messages_are_one_with_their_titles() -> None:
    owner = owners("water")["water"]
    box = Outbox({"water": owner}, targets("water", "json://127.0.0.1"))
    first, second = (
        box.take(replace(telling("a"), group=group), TEXT, NOON)[0] for group in ("1", "2")
    )
    assert text_of_all(first, [], owner) == TEXT
    both = text_of_all(replace(first, short="x" * 160), [second], owner)
    assert both.title == "title … +1 more"
    assert both.body == "body\n\n+1 more:\n- title"
    assert len(both.short) == 160
