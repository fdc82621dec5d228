"""Months by name, in the languages in which exports of contact centres are written, as strptime reads them.

strptime knows the names of one language, that of the process: elsewhere "12. März" would be no date.
"""

import re

_SHORT = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Each month as English, German, French, Spanish, Italian, Dutch, Portuguese, Indonesian, Afrikaans, isiZulu and Arabic
# write it, whole and short.
_NAMES = (
    "january jan januar jän jänner janvier janv enero ene gennaio gen januari janeiro januarie januwari يناير",
    "february feb februar feber février févr fév febrero febbraio februari fevereiro fev pebruari peb februarie februwari فبراير",
    "march mar märz mär mrz mars marzo maart mrt março maret mashi mas مارس",
    "april apr avril avr abril abr aprile ephreli eph أبريل ابريل إبريل",
    "may mai mayo maggio mag mei maio meyi mey مايو",
    "june jun juni juin junio giugno giu junho junie يونيو",
    "july jul juli juillet juil julio luglio lug julho julie julayi يوليو",
    "august aug août aou agosto ago augustus agustus agu agt ags agasti aga أغسطس",
    "september sep sept septembre septiembre settembre set setembro septhemba سبتمبر",
    "october oct oktober okt octobre octubre ottobre ott outubro out okthoba أكتوبر",
    "november nov novembre noviembre novembro nopember nop novemba نوفمبر",
    "december dec dezember dez décembre déc diciembre dic dicembre dezembro desember des disemba dis ديسمبر",
)
_MONTHS = {
    name: short for short, names in zip(_SHORT, _NAMES, strict=True) for name in names.split()
}
_WORD = re.compile(r"[^\W\d_]+\.?")


def with_short_months(text: str) -> str:
    """The text with names of months as `Jan` … `Dec`; other words stay."""
    return _WORD.sub(lambda word: _MONTHS.get(word[0].rstrip(".").casefold(), word[0]), text)
