"""Which alerts are told to nobody, because another one says what matters, or somebody has them. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from schemas.routes import INHIBITIONS, Inhibition, Matcher

Labels = Mapping[str, str]


class SilenceMatcher(Struct, frozen=True, rename="camel"):
    name: str
    value: str
    is_regex: bool = False
    is_equal: bool = True

    def matches(self, labels: Labels) -> bool:
        value = labels.get(self.name, "")
        if self.is_regex:
            is_same = re.fullmatch(self.value, value) is not None
        else:
            is_same = value == self.value
        return is_same == self.is_equal


class Silence(Struct, frozen=True):
    """One that `notify` asked for: of an alert that somebody has, or that is muted."""

    silence_id: str
    matchers: tuple[SilenceMatcher, ...]
    starts_at: int
    ends_at: int
    created_by: str
    comment: str


class Inhibited:
    """What is told to nobody while these alerts fire."""

    def __init__(self, firing: Iterable[Labels], rules: Sequence[Inhibition] = INHIBITIONS) -> None:
        self._rules = rules
        self._sources: list[set[tuple[str, ...]]] = [set() for _ in rules]
        for labels in firing:
            for rule, found in zip(rules, self._sources, strict=True):
                if _all_match(rule.source, labels):
                    found.add(_values(rule, labels))

    def __contains__(self, labels: Labels) -> bool:
        return any(
            _all_match(rule.target, labels) and _values(rule, labels) in found
            for rule, found in zip(self._rules, self._sources, strict=True)
        )


def is_silenced(labels: Labels, silences: Iterable[Silence], now: int) -> bool:
    return any(
        each.starts_at <= now < each.ends_at and all(m.matches(labels) for m in each.matchers)
        for each in silences
    )


def _values(rule: Inhibition, labels: Labels) -> tuple[str, ...]:
    return tuple(labels.get(name, "") for name in rule.equal)


def _all_match(matchers: Sequence[Matcher], labels: Labels) -> bool:
    return all(matcher.matches(labels) for matcher in matchers)
