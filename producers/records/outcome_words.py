"""What platforms call the outcomes of calls, as letters and digits in small: "No Answer" is `noanswer`. Pure.

Rule: a word that is not here gets no meaning; a person gives it one in the mapping.
"""

from producers.records.mapping import OUTCOME_WORDS
from producers.records.no_legs import bare_name

_WORDS: dict[str, tuple[str, ...]] = {
    "answered": ("answer", "accepted", "handled", "completed", "connected", "angenommen", "beantwortet", "verbunden",
                 "contestada", "respondida", "atendida", "répondu", "répondue", "décroché", "risposta", "beantwoord", "terjawab", "تمالرد"),
    "abandoned": ("abandon", "hungup", "hangup", "lost", "missed", "noanswer", "notanswered", "abandonedinqueue", "aufgelegt",
                  "aufgegeben", "verloren", "verpasst", "abgebrochen", "abandonada", "abandonado", "abandonné", "abandonnée",
                  "abbandonata", "opgehangen", "unanswered", "terbengkalai", "متروكة"),
    "exited/timeout": ("timeout", "timedout", "exitwithtimeout", "zeitüberschreitung"),
    "exited/key": ("exitwithkey",),
    "exited/empty": ("exitempty",),
    "exited/overflow": ("overflow", "overflowed", "overflowout"),
    "transferred": ("transfer", "forwarded", "weitergeleitet"),
    "callback": ("callbackrequested", "rückruf"),
    "rejected/full": ("queuefull", "full", "busy", "besetzt"),
    "rejected/closed": ("closed", "geschlossen"),
    "open": ("waiting", "inqueue", "wartend"),
}  # fmt: skip
MEANINGS = {word: ours for ours, words in _WORDS.items() for word in words}
MEANINGS |= {f"{word}ed": ours for word, ours in MEANINGS.items() if ours != "open"}


def is_known_word(word: str) -> bool:
    """Whether an outcome with this word needs no person."""
    return word.casefold() in OUTCOME_WORDS or bare_name(word) in MEANINGS


def is_answer(word: str) -> bool:
    """Whether calls with this outcome were answered."""
    return word.casefold() == "answered" or MEANINGS.get(bare_name(word)) == "answered"
