"""Sentences keep typed values and are said in each language."""

from streams.history.language import language_of
from streams.history.sentences import Points, Share, sentence

WORSE = sentence("worse", "week", points=Points(4.25), then=Share(0.65))


def test_a_sentence_may_be_a_part_of_another() -> None:
    told = sentence("change", change=WORSE)
    assert told.text == "All queues together: 4.2 points worse than the week before (65.0 %)."
    assert "4,2 poin lebih buruk daripada minggu sebelumnya (65,0%)" in told.said(language_of("id"))


def test_no_value_is_a_dash() -> None:
    assert sentence("beside_goal", goal=Share(None)).text == "goal –"


def test_its_lead_says_whom_it_is_about() -> None:
    english = language_of("en")
    assert WORSE.lead(english) == ""
    hides = sentence(
        "average_hides",
        group="Fleet",
        **dict.fromkeys(
            ("share", "goal", "calls", "missed", "eligible", "worst_at", "worst_share", "worst_calls",
             "calls_in_missed", "longest", "longest_from")
        ),
    )  # fmt: skip
    assert hides.lead(english) == "Fleet"
    assert hides.text.startswith("Fleet: the average looks fine")
