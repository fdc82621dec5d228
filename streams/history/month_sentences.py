"""What a month says, in sentences: who was monitored, how it went in all, who was worst, what changed."""

from collections.abc import Iterator, Sequence

from streams.history.catalogue import NO_CENTRE, Catalogue
from streams.history.hidden_in_averages import average_hides
from streams.history.loss_steps import ANSWERED
from streams.history.losses import Losses
from streams.history.month import GroupsMonth
from streams.history.month_reached import Reached
from streams.history.sentences import Length, Moment, Points, Sentence, Share, Value, sentence
from streams.history.unserved import Unserved
from streams.sinks.clickhouse.deletions import Deleted

WORST = 3


def month_sentences(
    catalogue: Catalogue,
    whole: GroupsMonth | None,
    centres: Sequence[GroupsMonth],
    queues: Sequence[GroupsMonth],
    not_configured: int,
    reached: Reached | None = None,
    length: Length = "month",
) -> tuple[Sentence, ...]:
    """`whole` is all configured queues together; None where none is configured."""
    called = whole is not None and bool(whole.called)
    if reached is not None and not reached.any and not called:
        return reached.sentences  # nobody knows whether anybody called
    first = () if reached is None else reached.sentences
    return (*first, *_sentences(catalogue, whole, centres, queues, not_configured, length))


def _sentences(
    catalogue: Catalogue,
    whole: GroupsMonth | None,
    centres: Sequence[GroupsMonth],
    queues: Sequence[GroupsMonth],
    not_configured: int,
    length: Length,
) -> Iterator[Sentence]:
    silent = [each.group for each in queues if not each.called]
    yield sentence(
        "scope",
        queues=len(catalogue.queues),
        centres=sum(each.group != NO_CENTRE for each in centres),
        silent=len(silent),
        not_configured=not_configured,
    )
    if whole is None or whole.losses is None or not whole.called:
        yield sentence("nobody_called")
        return
    yield whole_said(whole, whole.losses)
    yield from without_answer(whole)
    yield sentence("change", change=what_changed(whole, length))
    by_centre = has_centres(centres)
    groups = centres if by_centre else queues
    yield from worst_said(groups, length, of_queues=not by_centre)
    yield from hidden_said(groups)


def has_centres(centres: Sequence[GroupsMonth]) -> bool:
    """Whether any queue belongs to one. Where none does, the worst are queues: one group without a name says nothing of them."""
    return any(each.group != NO_CENTRE for each in centres)


def worst_said(
    groups: Sequence[GroupsMonth], length: Length, *, of_queues: bool = False
) -> Iterator[Sentence]:
    """The three worst; or that none is bad."""
    worst = [each for each in groups if each.enough and _is_bad(each)][:WORST]
    if not worst:
        yield sentence("no_queue_is_bad" if of_queues else "none_is_bad", length)
    for place, each in enumerate(worst, start=1):
        yield _bad(place, each, length)


def hidden_said(groups: Sequence[GroupsMonth]) -> Iterator[Sentence]:
    """What their averages hide."""
    for each in groups:
        hides = average_hides(_name(each), each.half_hours, each.zone) if each.judged else None
        if hides is not None:
            yield hides


def _name(of: GroupsMonth) -> Value:
    return of.called_so or sentence("no_centre")


def _is_bad(of: GroupsMonth) -> bool:
    return bool(of.half_hours.missed) or of.half_hours.whole.against == "missed"


def whole_said(of: GroupsMonth, losses: Losses) -> Sentence:
    kept = of.half_hours.whole
    return sentence(
        "whole",
        called=of.called,
        answered=losses.legs(*ANSWERED),
        gave_up=of.gave_up,
        short=losses.legs("abandoned_short"),
        refused=of.refused,
        share=Share(kept.share if of.judged else None),
        goal=Share(kept.goal if of.judged else None),
    )


def without_answer(of: GroupsMonth) -> Iterator[Sentence]:
    """Callers whom nobody answered, or that nobody knows any more who they were."""
    if of.deleted is not None:
        yield deleted_said(of.deleted, of.zone)
    elif of.unserved is not None and of.unserved.attempts:
        yield unserved_said(of.unserved)


def deleted_said(of: Deleted, zone: str) -> Sentence:
    before = Moment(of.until, zone, dated=True)
    if of.at is None:
        return sentence("calls_deleted_once", before=before)
    return sentence("calls_deleted", before=before, on=Moment(of.at, zone, dated=True))


def unserved_said(found: Unserved) -> Sentence:
    if found.nobody_named:
        return sentence("nobody_named", nameless=found.without_caller)
    return sentence(
        "unserved_unknown" if found.told is None else "unserved",
        callers=found.callers,
        unserved=found.told,
        not_yet_known=found.not_yet_known,
        nameless=found.without_caller,
        redialled=found.redialled,
        abandoned=found.abandoned,
    )


def _bad(place: int, of: GroupsMonth, length: Length) -> Sentence:
    found, worst = of.half_hours, of.half_hours.worst
    return sentence(
        "bad",
        place=place,
        group=_name(of),
        share=Share(found.whole.share),
        goal=Share(found.whole.goal),
        calls=found.whole.due,
        missed=found.missed,
        eligible=found.eligible,
        worst_at=None if worst is None else Moment(worst.start, of.zone),
        worst_share=Share(None if worst is None else worst.kept.share),
        longest=0 if found.longest is None else found.longest.half_hours,
        calls_in_missed=found.calls_in_missed,
        gave_up=of.gave_up,
        refused=of.refused,
        change=what_changed(of, length),
    )


def what_changed(of: GroupsMonth, length: Length) -> Sentence:
    """A part of a sentence: by how many points it is better or worse; noise and few calls are said to be that."""
    found = of.before
    if found is None or found.points is None or found.then is None:
        return sentence("not_compared", length)
    then = Share(found.then)
    if found.says == "few calls":
        return sentence("few_to_compare", length, now=Share(found.now), then=then)
    if found.says == "noise":
        points, noise = Points(found.points, signed=True), Points(found.noise or 0)
        return sentence("only_noise", length, points=points, then=then, noise=noise)
    name = "better" if found.says == "better" else "worse"
    return sentence(name, length, points=Points(abs(found.points)), then=then)
