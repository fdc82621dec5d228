"""The words of a language, from its file in `languages/`."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from msgspec import Struct, toml

from schemas.millis import DAY, HOUR, MINUTE, SECOND
from schemas.owners import Language


class RuleWords(Struct, frozen=True, forbid_unknown_fields=True):
    """Of one alert rule. In all but `what` stand {queue}, {n}, {value…} and {threshold…}, the latter as
    `:duration` (of seconds), `:percent` (of a share), `:times` (as many as a goal allows) or a number; {minutes} that they are of where the rule tells them.

    `sentence` "" is the sentence of the stream: it is in English. `calm` is title and sentence of one that fires on though it is
    calm, where the figure against its limit would not say why; `calm_uncounted` the same where no call was counted, `calm_none` where its
    figure is 0.
    """

    what: str  # a few words, as in a list
    title: str
    sentence: str = ""
    calm: str = ""
    calm_uncounted: str = ""
    calm_none: str = ""


class Units(Struct, frozen=True, forbid_unknown_fields=True):
    day: str
    hour: str
    minute: str
    second: str
    between: str = ""  # a number and its unit, and two of them


class PageWords(Struct, frozen=True, forbid_unknown_fields=True):
    """What stands on the page behind the link by which an alert is acknowledged."""

    ask: str
    nobody: str
    name: str
    note: str
    note_hint: str
    then: str
    done: str
    already: str  # {who}
    taken_since: str  # {who}, {duration}, {time}
    unchanged: str
    take_over: str
    over: str
    over_since: str  # {time}
    unknown: str
    unknown_why: str  # {alert}
    all_alerts: str
    expired: str
    expired_why: str
    forged: str
    forged_why: str
    without_link: str
    no_links: str
    no_links_why: str
    later: str
    later_why: str  # {problem}
    later_again: str
    goes_on: str  # {duration}, {time}
    began: str  # {time}
    told: str  # {owner}
    refused: str  # {who}, {note}


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    """What stands around and in the sentences; the places to fill stand in braces."""

    language: Language
    gsm7: bool  # all letters are in the alphabet of SMS
    right_to_left: bool
    decimal: str
    percent: str  # {n}; as in reports (streams.history.language)
    comma: str
    semicolon: str
    more: str  # {n}
    over: str
    ending: str  # it is calm, and fires on until it has been so for long enough
    lasted: str  # {duration}
    for_so_long: str  # {duration}
    since: str  # {time}
    alert_since: str  # {time}; of an alert that is about to end
    cost: str  # {late}, {abandoned}
    free: str  # {agents}
    of: str  # {n}, {queue}
    doubtful: str  # of callers
    eased: str  # of an alert that fires on until it was calm for long enough
    acknowledged: str  # {who}
    escalated: str  # {who}
    runbook: str
    board: str
    acknowledge: str
    units: Units
    page: PageWords
    rules: Mapping[str, RuleWords] = {}

    def duration(self, duration_ms: int) -> str:
        """Two units at most; without seconds from an hour on."""
        rest = max(0, duration_ms)
        rest -= rest % (MINUTE if rest >= HOUR else SECOND)
        parts: list[tuple[int, str]] = []
        for unit_ms, unit in (
            (DAY, self.units.day), (HOUR, self.units.hour),
            (MINUTE, self.units.minute), (SECOND, self.units.second),
        ):  # fmt: skip
            count, rest = divmod(rest, unit_ms)
            if count or parts:
                parts.append((count, unit))
        shown = [part for part in parts[:2] if part[0]] or [(0, self.units.second)]
        between = self.units.between
        return between.join(f"{count}{between}{unit}" for count, unit in shown)


@cache
def words_of(language: Language) -> Words:
    file = files("streams.messages") / "languages" / f"{language}.toml"
    return toml.decode(file.read_bytes(), type=Words)
