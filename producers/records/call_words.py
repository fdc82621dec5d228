"""What platforms call the direction and the channel of a call, in small letters. Pure.

Rule: a word that is not known refuses its row. Taken for inbound, the calls of agents would count as callers who waited;
taken for voice, chats would.
"""

from typing import get_args

from schemas.calls import Channel, Direction

DIRECTION_WORDS: dict[str, str] = {
    **{word: word for word in get_args(Direction)},
    **dict.fromkeys(
        (
            "in", "incoming", "eingehend", "ankommend", "kommend", "entrante", "entrada", "entrant", "entrata", "in entrata",
            "inkomend", "masuk", "panggilan masuk", "inkomende", "واردة", "وارد",
        ),
        "inbound",
    ),
    **dict.fromkeys(
        (
            "out", "outgoing", "ausgehend", "abgehend", "gehend", "saliente", "salida", "saída", "saida", "sortant", "uscita",
            "in uscita", "uitgaand", "keluar", "panggilan keluar", "uitgaande", "صادرة", "صادر",
        ),
        "outbound",
    ),
    **dict.fromkeys(("intern", "interne", "interno", "interna"), "internal"),
}  # fmt: skip
CHANNEL_WORDS: dict[str, str] = {
    **{word: word for word in get_args(Channel)},
    **dict.fromkeys(
        (
            "phone", "phone call", "phonecall", "call", "calls", "voice call", "voicecall", "telephone", "telephony", "telefon",
            "telefonie", "anruf", "llamada", "appel", "telefono", "chamada", "panggilan",
        ),
        "voice",
    ),
    **dict.fromkeys(("call back", "call-back", "rückruf"), "callback"),
}  # fmt: skip
