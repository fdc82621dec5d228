"""The messages of every rule in every language, as files that a person who knows the language can read and correct.

`python -m tests.support.golden_messages` writes them anew; look at the difference before it is kept.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from schemas.millis import MINUTE
from schemas.owners import Language
from streams.core.rule import Measured, Rule
from streams.core.rule_catalogue import RULES
from streams.messages.message import Message, message
from streams.messages.told import Told
from streams.messages.words import words_of
from tests.support.told import LATER, told

FOLDER = Path(__file__).parents[1] / "golden" / "messages"
LANGUAGES: tuple[Language, ...] = get_args(Language)
_LINKS = {
    "runbook_url": "https://board.example/runbooks/X",
    "board_url": "https://board.example/",
    "ack_url": "https://board.example/ack/3fa9",
}
_FREE = {"free_agents": '[[2,"Water tankers"],[1,"Leaks"]]'}
_COST = {"late_calls": "12", "abandoned": "3"}
_EXAMPLES = {
    "seconds": Measured(130.0, 120.0, 4, raised=True, calm=False),
    "share": Measured(0.3, 0.2, 40, raised=True, calm=False),
    "number": Measured(7.0, 2.0, 7, raised=True, calm=False),
}


def rendered(language: Language) -> str:
    """Every rule firing, then one of each other kind."""
    parts = [f"== {rule.name}\n{_text(message([_of(rule)], language, LATER))}" for rule in RULES]
    parts += [f"== {title}\n{_text(each)}" for title, each in _others(language)]
    return "\n".join(parts)


def _others(language: Language) -> Iterator[tuple[str, Message]]:
    over = told(is_firing=False, ended_after_ms=34 * MINUTE, also=_COST | _LINKS)
    yield "over", message([over], language, LATER)
    yield "doubtful", message([told(doubtful=True)], language, LATER)
    eased = told(
        "understaffed",
        value="1",
        threshold="0.7",
        also={"summary": "Burst pipes: the agents are enough again"},
    )
    yield "within its limit again", message([eased], language, LATER)
    for name, words in words_of(language).rules.items():
        if words.calm:
            yield f"{name}, calm", message([_calm(name, "7")], language, LATER)
        if words.calm_uncounted:
            yield f"{name}, calm and uncounted", message([_calm(name, "0")], language, LATER)
        if words.calm_none:
            yield f"{name}, calm and none", message([_calm(name, "7", "0")], language, LATER)
    both = [told(name="Leaks", times_limit="0"), over, told(also=_FREE | _LINKS)]
    yield "many", message(both + [told(name=f"Queue {i}") for i in range(12)], language, LATER)
    had = told(name="انفجار الأنابيب", also=_LINKS | {"acknowledged_by": "ann"})
    yield "a name in another script, and somebody has it", message([had], language, LATER)
    further = told(name="Leaks", also=_LINKS | {"told_first": "water-duty"})
    yield "nobody has it, and it goes on to others", message([further], language, LATER)
    yield "a rule without words", message([told("of_another_release")], language, LATER)


def _calm(name: str, n: str, value: str = "0.5") -> Told:
    """Its figure may be as bad as before: another one is calm."""
    also = {"calm": "true", "minutes": "15", "summary": "Burst pipes: (the sentence of the stream)"}
    return told(name, value=value, threshold="2", n=n, also=also)


def _of(rule: Rule[Any]) -> Told:
    found = rule.example or _EXAMPLES[rule.unit]
    figures = {"value": f"{found.value:g}", "threshold": f"{found.threshold:g}", "n": str(found.n)}
    summary = {"summary": rule.sentence("Burst pipes", found)}
    return told(rule.name, also=figures | summary | _FREE | _LINKS)


def _text(each: Message) -> str:
    return f"title ({len(each.title)}): {each.title}\nshort ({len(each.short)}): {each.short}\n{each.body}\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in LANGUAGES:
        (FOLDER / f"{each}.txt").write_text(rendered(each))
