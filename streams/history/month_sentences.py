"""What a month says, in sentences: who was monitored, how it went in all, who was worst, what changed."""

from collections.abc import Iterator, Sequence

from streams.history.catalogue import Catalogue
from streams.history.hidden_in_averages import average_hides
from streams.history.losses import Losses
from streams.history.month import GroupsMonth
from streams.history.month_reached import Reached
from streams.history.sentences import Sentence, moment, percent, sentence
from streams.history.unserved import Unserved

WORST = 3
_NOT_COMPARED = "cannot be compared with the month before"


def month_sentences(
    catalogue: Catalogue,
    whole: GroupsMonth | None,
    centres: Sequence[GroupsMonth],
    queues: Sequence[GroupsMonth],
    not_configured: int,
    reached: Reached | None = None,
) -> tuple[Sentence, ...]:
    """`whole` is all configured queues together; None where none is configured."""
    called = whole is not None and bool(whole.called)
    if reached is not None and not reached.any and not called:
        return reached.sentences  # nobody knows whether anybody called
    first = () if reached is None else reached.sentences
    return (*first, *_sentences(catalogue, whole, centres, queues, not_configured))


def _sentences(
    catalogue: Catalogue,
    whole: GroupsMonth | None,
    centres: Sequence[GroupsMonth],
    queues: Sequence[GroupsMonth],
    not_configured: int,
) -> Iterator[Sentence]:
    silent = [each.group for each in queues if not each.called]
    yield sentence(
        "scope",
        queues=len(catalogue.queues),
        centres=len(centres),
        silent=len(silent),
        not_configured=not_configured,
    )
    if whole is None or whole.losses is None or not whole.called:
        yield sentence("nobody_called")
        return
    yield _whole(whole, whole.losses)
    if whole.unserved is not None:
        yield _unserved(whole.unserved)
    yield sentence("change", what="All queues together", change=change_in_words(whole))
    worst = [each for each in centres if each.enough and _is_bad(each)][:WORST]
    if not worst:
        yield sentence("none_is_bad")
    for place, each in enumerate(worst, start=1):
        yield _bad(place, each)
    for each in centres:
        hides = average_hides(each.group, each.half_hours, each.zone) if each.judged else None
        if hides is not None:
            yield hides


def _is_bad(of: GroupsMonth) -> bool:
    return bool(of.half_hours.missed) or of.half_hours.whole.against == "missed"


def _whole(of: GroupsMonth, losses: Losses) -> Sentence:
    kept = of.half_hours.whole
    return sentence(
        "whole",
        called=of.called,
        answered=losses.legs("answered_in_target", "answered_late", "answered_without_target"),
        gave_up=losses.gave_up,
        short=losses.legs("abandoned_short"),
        refused=of.refused,
        share=percent(kept.share if of.judged else None),
        goal=percent(kept.goal if of.judged else None),
    )


def _unserved(found: Unserved) -> Sentence:
    return sentence(
        "unserved_unknown" if found.told is None else "unserved",
        callers=found.callers,
        unserved="–" if found.told is None else found.told,
        not_yet_known=found.not_yet_known,
        nameless=found.without_caller,
        redialled=found.redialled,
        abandoned=found.abandoned,
    )


def _bad(place: int, of: GroupsMonth) -> Sentence:
    found, worst = of.half_hours, of.half_hours.worst
    return sentence(
        "bad",
        place=place,
        group=of.group,
        share=percent(found.whole.share),
        goal=percent(found.whole.goal),
        calls=found.whole.due,
        missed=found.missed,
        eligible=found.eligible,
        worst_at="–" if worst is None else moment(worst.start, of.zone),
        worst_share=percent(None if worst is None else worst.kept.share),
        longest=0 if found.longest is None else found.longest.half_hours,
        calls_in_missed=found.calls_in_missed,
        gave_up=of.gave_up,
        refused=of.refused,
        change=change_in_words(of),
    )


def change_in_words(of: GroupsMonth) -> str:
    """`4.2 points worse than the month before`; noise and few calls are said to be that."""
    found = of.before
    if found is None or found.points is None or found.then is None:
        return _NOT_COMPARED
    points = f"{abs(found.points):.1f} points"
    then = percent(found.then)
    if found.says == "few calls":
        return f"too few calls to compare with the month before ({then})"
    if found.says == "noise":
        return (
            f"{found.points:+.1f} points against the month before ({then}): no more than days differ by"
            f" (noise up to {found.noise or 0:.1f})"
        )
    return f"{points} {found.says} than the month before ({then})"
