"""What is said of one alert, in a language: by its template, and where there is none by the sentence of the stream."""

from collections.abc import Sequence

from msgspec import DecodeError, Struct, json

from schemas.alerts import times_limit
from schemas.goal import times_allowed
from schemas.millis import SECOND
from streams.messages.fitting import clean, isolated
from streams.messages.told import Told
from streams.messages.words import RuleWords, Words

_ZERO = {"0", "0.0"}  # "0.0 times as many late calls" is no plain word for none
_TOO_LARGE = 1e12  # also what is no number or endless


class _Figure(Struct, frozen=True):
    """A number of an alert, shown as a template asks for: `{value:duration}`."""

    number: float
    words: Words

    def __format__(self, how: str) -> str:
        if how == "duration":
            return self.words.duration(int(self.number * SECOND))
        if how == "percent":
            return self.words.percent.format(n=f"{self.number * 100:.0f}")
        if how == "times":
            return times_allowed(self.number).replace(".", self.words.decimal)
        return format(self.number, how or "g").replace(".", self.words.decimal)


def summary(told: Told, words: Words) -> str:
    """The sentence of whoever made the alert, in English."""
    text = told.annotations.get("summary", "") or told.labels.get("alertname", "")
    return _foreign(text, words)


def queue_name(told: Told) -> str:
    """Empty for an alert that is of no queue."""
    return clean(told.annotations.get("queue_name", "") or told.labels.get("queue", ""))


def title(told: Told, words: Words, name: str) -> str:
    """Which queue and what. `name` stands for the queue's, which may have to be shortened."""
    rule = words.rules.get(told.labels.get("rule", ""))
    if _is_not_evaluated(told):
        return summary(told, words)
    if rule is None:
        return _ending(summary(told, words), told, words)
    template = _of_calm(rule, told)
    said = _filled(template or rule.title, told, words, name)
    return _ending(said if template else _eased(said, told, words), told, words)


def sentence(told: Told, words: Words) -> str:
    """The whole: value against limit, how many callers, the cause."""
    rule = words.rules.get(told.labels.get("rule", ""))
    if _is_not_evaluated(told):
        return summary(told, words)
    if rule is None or not rule.sentence:
        return _ending(summary(told, words), told, words)
    if template := _of_calm(rule, told):
        return _ending(_filled(template, told, words, queue_name(told)), told, words)
    text = _eased(_filled(rule.sentence, told, words, queue_name(told)), told, words)
    text = _ending(text, told, words)
    return f"{text} ({words.doubtful})" if told.labels.get("doubtful") else text


def is_past_limit(told: Told) -> bool:
    """Whether it is not calm and its value still beyond its limit. One that fires is not while it has to be calm for some
    time to end: such an alert is the least of its group, however far from its limit the value is. True where the figures
    are not known.
    """
    return not _is_calm(told) and not _is_within_limit(told)


def _is_calm(told: Told) -> bool:
    return bool(told.annotations.get("calm"))


def _is_within_limit(told: Told) -> bool:
    try:
        value, threshold = (float(told.annotations[key]) for key in ("value", "threshold"))
    except (KeyError, ValueError):
        return False
    return times_limit(told.labels.get("rule", ""), value, threshold) < 1


def _is_not_evaluated(told: Told) -> bool:
    """Its figures say nothing then: only the sentence of the stream says why."""
    return bool(told.annotations.get("not_evaluated"))


def _of_calm(rule: RuleWords, told: Told) -> str:
    """What is said of the rule while it is calm; "" where its figure against its limit says it."""
    if not _is_calm(told):
        return ""
    if told.annotations.get("n") == "0":
        return rule.calm_uncounted or rule.calm
    return (rule.calm_none if told.annotations.get("value") in _ZERO else "") or rule.calm


def _eased(text: str, told: Told, words: Words) -> str:
    """A sentence of a limit that is not passed any more ("too few agents, 100 % in time") would be nonsense alone."""
    return f"{text}{words.semicolon}{words.eased}" if _is_within_limit(told) else text


def _ending(text: str, told: Told, words: Words) -> str:
    """It fires on for its clearing time: "somebody is signed in again" alone reads as if all were over, or nothing were."""
    return f"{words.ending}: {text}" if _is_calm(told) else text


def over(told: Told, words: Words, name: str) -> str:
    """What is over: which queue and what, no figures."""
    rule = words.rules.get(told.labels.get("rule", ""))
    what = f"{_foreign(name, words)}: {rule.what}" if rule and name else summary(told, words)
    return f"{words.over}: {what}"


def cost(told: Told, words: Words) -> str:
    """Empty where nobody counted it."""
    late, abandoned = (told.annotations.get(key, "") for key in ("late_calls", "abandoned"))
    if not (late.isdecimal() and abandoned.isdecimal()):
        return ""
    return words.cost.format(late=late, abandoned=abandoned)


def who_has_it(told: Told, words: Words) -> str:
    """Who has it, or who was told first where it has gone on to others; empty where there is nothing to say."""
    if who := told.annotations.get("acknowledged_by", ""):
        return words.acknowledged.format(who=_foreign(who, words))
    first = told.annotations.get("told_first", "")
    return words.escalated.format(who=_foreign(first, words)) if first else ""


def next_step(told: Told, words: Words) -> str:
    """Who could help, by annotation `free_agents`: pairs of a number and the name of a queue; empty where nobody can."""
    try:
        free = json.decode(told.annotations.get("free_agents", "[]"), type=list[tuple[int, str]])
    except (DecodeError, UnicodeEncodeError):
        return ""
    return free_agents_said(free, words)


def free_agents_said(free: Sequence[tuple[int, str]], words: Words) -> str:
    """Of which queues how many agents are free; empty where none are."""
    named = [words.of.format(n=n, queue=_foreign(name, words)) for n, name in free]
    return words.free.format(agents=words.comma.join(named)) if named else ""


def _filled(template: str, told: Told, words: Words, name: str) -> str:
    try:
        value, threshold = (_figure(told, key, words) for key in ("value", "threshold"))
        n = int(told.annotations["n"])
        minutes = int(told.annotations["minutes"]) if "{minutes}" in template else 0
    except (KeyError, ValueError):  # of a former release, or not of ours
        return summary(told, words)
    return template.format(
        queue=_foreign(name, words), value=value, threshold=threshold, n=n, minutes=minutes
    )


def _figure(told: Told, key: str, words: Words) -> _Figure:
    number = float(told.annotations[key])
    if not abs(number) < _TOO_LARGE:
        raise ValueError(f"{key}: no figure of a queue")
    return _Figure(number, words)


def _foreign(text: str, words: Words) -> str:
    return isolated(clean(text)) if words.right_to_left else clean(text)
