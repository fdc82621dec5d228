"""The sentence of an average that looks fine and hides bad half hours."""

from streams.history.consistency import Consistency
from streams.history.sentences import Moment, Sentence, Share, Value, sentence


def average_hides(group: Value, found: Consistency, zone: str) -> Sentence | None:
    """The sentence that the average looks fine and its half hours do not; None if it does not."""
    if not found.average_hides or found.worst is None or found.longest is None:
        return None
    return sentence(
        "average_hides",
        group=group,
        share=Share(found.whole.share),
        goal=Share(found.whole.goal),
        calls=found.whole.due,
        missed=found.missed,
        eligible=found.eligible,
        worst_at=Moment(found.worst.start, zone),
        worst_share=Share(found.worst.kept.share),
        worst_calls=found.worst.kept.due,
        calls_in_missed=found.calls_in_missed,
        longest=found.longest.half_hours,
        longest_from=Moment(found.longest.start, zone),
    )
