"""The example that ships: a municipality with eight centres, 25 queues and 200 agents.

Rule 1: ids and opening hours are those of deploy/queues.toml (compared by a test).
Rule 2: no person, place or number is real.
"""

from msgspec.structs import replace

from producers.simulate.centre import ALWAYS, Break, Centre, Demand, Person, Scenario, Shift
from schemas.opening import Opening, parse_dated, parse_weekly

TIME_ZONE = "Africa/Johannesburg"
HOLIDAYS = ("2026-12-16", "2026-12-25", "2026-12-26", "2027-01-01")

# Share of a day's calls by local hour. The shape from 7 to 17 h is a bank's (peak 10-11 h, a second
# one 14-16 h); nights are an assumption: enough calls that a board changes at 3 h.
_OFFICE = (
    0.3, 0.2, 0.2, 0.2, 0.3, 0.8, 2.0, 5.6, 7.8, 8.9, 8.9, 7.8, 7.0, 7.3, 7.7, 7.4, 5.9, 3.6,
    2.0, 1.4, 1.0, 0.8, 0.6, 0.4,
)  # fmt: skip
_ROUND_THE_CLOCK = (
    2.0, 1.6, 1.4, 1.4, 1.8, 2.8, 4.6, 5.6, 6.4, 6.8, 6.6, 6.0, 5.4, 5.4, 5.6, 5.6, 5.4, 5.4,
    5.2, 4.8, 4.2, 3.6, 3.0, 2.4,
)  # fmt: skip
_OFFICE_WEEK = (1.18, 1.04, 1.0, 0.97, 0.93, 0.55, 0.35)
_PUBLIC_WEEK = (1.14, 1.03, 1.0, 0.98, 0.98, 0.74, 0.66)

_OFFICE_HOURS = ("Mon-Fri 07:30-16:00",)
_LONG_OFFICE_HOURS = ("Mon-Fri 07:00-17:00",)
_REVENUE_HOURS = ("Mon-Fri 07:00-17:00", "Sat 08:00-12:00")
_SHORT_DAYS = ("2026-12-24 07:00-12:00", "2026-12-31 07:00-12:00")
_WORKSHOP_HOURS = ("Mon-Fri 06:00-18:00",)
_AREAS = tuple(f"ward-{ward:02d}" for ward in range(1, 33))
_WATER_TOPICS = ("burst pipe", "leak", "no water", "low pressure", "sewer", "discoloured water")
_POWER_TOPICS = ("outage", "partial outage", "dim lights", "cable damage", "street light")


def _weekly(texts: tuple[str, ...]) -> Opening:
    exceptions = _SHORT_DAYS if texts is _REVENUE_HOURS else ()
    return Opening(
        tuple(span for text in texts for span in parse_weekly(text)),
        HOLIDAYS,
        tuple(parse_dated(text) for text in exceptions),
    )


def _office(
    queue: str, centre: str, calls_a_day: float, talk_median_s: float, hours: tuple[str, ...]
) -> Demand:
    return Demand(queue, centre, calls_a_day, talk_median_s, _weekly(hours), _OFFICE, _OFFICE_WEEK)


def _public(queue: str, centre: str, calls_a_day: float, talk_median_s: float) -> Demand:
    return Demand(queue, centre, calls_a_day, talk_median_s, ALWAYS, _ROUND_THE_CLOCK, _PUBLIC_WEEK)


def _water(queue: str, calls_a_day: float, talk_median_s: float) -> Demand:
    plain = _public(queue, "water", calls_a_day, talk_median_s)
    return replace(plain, topics=_WATER_TOPICS, areas=_AREAS, transfers_to=("water-tankers",))


def _power(queue: str, calls_a_day: float, talk_median_s: float) -> Demand:
    plain = _public(queue, "electricity", calls_a_day, talk_median_s)
    return replace(plain, topics=_POWER_TOPICS, areas=_AREAS, callback_after_s=90)


_FRONT = ("accounts", "no-water", "outages", "sizakala-enquiries")
DEMANDS: tuple[Demand, ...] = (
    replace(_public("switchboard-english", "switchboard", 1_080, 52), transfers_to=_FRONT,
            wrap_median_s=7),
    replace(_public("switchboard-isizulu", "switchboard", 940, 56), transfers_to=_FRONT,
            wrap_median_s=7),
    replace(_public("fleet-breakdowns", "fleet", 70, 130), impatience=0.7),
    _office("fleet-bookings", "fleet", 100, 130, _WORKSHOP_HOURS),
    _office("hr-payroll", "hr", 110, 230, _OFFICE_HOURS),
    _office("hr-leave", "hr", 80, 180, _OFFICE_HOURS),
    _office("hr-recruitment", "hr", 65, 170, _OFFICE_HOURS),
    replace(_office("accounts", "revenue", 670, 215, _REVENUE_HOURS), give_up_after_s=420,
            transfers_to=("payment-arrangements", "meter-readings")),
    replace(_office("rates", "revenue", 240, 210, _REVENUE_HOURS), give_up_after_s=420),
    replace(_office("payment-arrangements", "revenue", 180, 260, _REVENUE_HOURS),
            give_up_after_s=420),
    replace(_office("meter-readings", "revenue", 190, 120, _REVENUE_HOURS), give_up_after_s=420),
    _water("burst-pipes", 280, 185),
    _water("no-water", 390, 165),
    _water("sewer-blockages", 180, 190),
    replace(_public("water-tankers", "water", 100, 120), topics=("tanker",), areas=_AREAS),
    _office("passwords", "help-desk", 220, 130, _LONG_OFFICE_HOURS),
    _office("hardware", "help-desk", 120, 270, _LONG_OFFICE_HOURS),
    replace(_office("business-systems", "help-desk", 90, 270, _LONG_OFFICE_HOURS),
            impatience=0.8),
    replace(_office("sizakala-enquiries", "sizakala", 440, 200, _OFFICE_HOURS), impatience=1.1,
            transfers_to=("sizakala-refuse", "sizakala-housing", "accounts")),
    _office("sizakala-refuse", "sizakala", 220, 170, _OFFICE_HOURS),
    _office("sizakala-housing", "sizakala", 160, 290, _OFFICE_HOURS),
    _power("outages", 500, 150),
    replace(_power("prepaid-meters", 340, 185), topics=(), areas=()),
    replace(_power("streetlights", 140, 130), transfers_to=("outages",)),
    _office("electricity-accounts", "electricity", 270, 195, _LONG_OFFICE_HOURS),
)  # fmt: skip

_DAY_BREAKS = (Break(110, 15, "tea"), Break(245, 30, "lunch"), Break(380, 15, "tea"))
_SHORT_BREAKS = (Break(120, 15, "tea"), Break(230, 30, "lunch"), Break(350, 15, "tea"))
_COACHED = (*_DAY_BREAKS, Break(315, 25, "coaching"))
_EARLY = Shift(6 * 60, 14 * 60, _SHORT_BREAKS)
_DAY = Shift(8 * 60, 17 * 60, _COACHED)
_LATE = Shift(14 * 60, 22 * 60, _SHORT_BREAKS)
_NIGHT = Shift(22 * 60, 30 * 60, _SHORT_BREAKS)
_OFFICE_EARLY = Shift(7 * 60, 15 * 60 + 30, _DAY_BREAKS)
_OFFICE_MAIN = Shift(7 * 60 + 30, 16 * 60, _DAY_BREAKS)
_OFFICE_LONG = Shift(8 * 60, 17 * 60, _COACHED)
_SATURDAY = Shift(8 * 60, 12 * 60)
_MON_FRI = (0, 1, 2, 3, 4)
_MON_SAT = (0, 1, 2, 3, 4, 5)

# Nearly everybody of a centre serves its neighbours, too: in groups of their own so few people would keep no promise.
_SWITCHBOARD = (("switchboard-english", "switchboard-isizulu"),
                ("switchboard-isizulu", "switchboard-english"))  # fmt: skip
_WATER = (("burst-pipes", "no-water", "water-tankers"), ("no-water", "sewer-blockages", "burst-pipes"),
          ("sewer-blockages", "burst-pipes", "no-water", "water-tankers"))  # fmt: skip
_WATER_ALL = (("burst-pipes", "no-water", "sewer-blockages", "water-tankers"),)
_POWER = (("outages", "streetlights", "prepaid-meters"), ("prepaid-meters", "outages"),
          ("outages", "streetlights"), ("prepaid-meters", "streetlights", "electricity-accounts"))  # fmt: skip
_POWER_ALL = (("outages", "prepaid-meters", "streetlights"),)
_REVENUE = (("accounts", "rates"), ("accounts", "payment-arrangements"), ("accounts", "meter-readings"),
            ("rates", "meter-readings", "payment-arrangements"), ("accounts", "rates", "payment-arrangements"))  # fmt: skip
_HR = (("hr-payroll", "hr-leave"), ("hr-payroll", "hr-recruitment"),
       ("hr-leave", "hr-recruitment", "hr-payroll"))  # fmt: skip
_HELP_DESK = (("passwords", "hardware"), ("hardware", "business-systems", "passwords"),
              ("business-systems", "passwords"))  # fmt: skip
_SIZAKALA = (("sizakala-enquiries", "sizakala-refuse"), ("sizakala-refuse", "sizakala-housing"),
             ("sizakala-enquiries", "sizakala-housing"),
             ("sizakala-enquiries", "sizakala-refuse", "sizakala-housing"))  # fmt: skip
_FLEET = (("fleet-breakdowns", "fleet-bookings"),)

# Skills (assigned in turn), number of people, shift, weekdays; None: five of seven days, in turn.
_TEAMS: tuple[tuple[tuple[tuple[str, ...], ...], int, Shift, tuple[int, ...] | None], ...] = (
    (_SWITCHBOARD, 10, _EARLY, None),
    (_SWITCHBOARD, 2, _DAY, _MON_FRI),
    (_SWITCHBOARD, 11, _LATE, None),
    (_SWITCHBOARD, 7, _NIGHT, None),
    (_FLEET, 5, _EARLY, None),
    (_FLEET, 1, _DAY, _MON_FRI),
    (_FLEET, 5, _LATE, None),
    (_FLEET, 3, _NIGHT, None),
    (_HR, 7, _OFFICE_MAIN, _MON_FRI),
    (_REVENUE, 13, _OFFICE_EARLY, _MON_FRI),
    (_REVENUE, 12, _OFFICE_LONG, _MON_SAT),
    (_WATER, 16, _EARLY, None),
    (_WATER, 2, _DAY, _MON_FRI),
    (_WATER, 17, _LATE, None),
    (_WATER_ALL, 9, _NIGHT, None),
    (_HELP_DESK, 6, _OFFICE_EARLY, _MON_FRI),
    (_HELP_DESK, 5, _OFFICE_LONG, _MON_FRI),
    (_SIZAKALA, 17, _OFFICE_MAIN, _MON_FRI),
    (_POWER, 16, _EARLY, None),
    (_POWER, 3, _DAY, _MON_FRI),
    (_POWER, 17, _LATE, None),
    (_POWER_ALL, 9, _NIGHT, None),
    ((("electricity-accounts",),), 3, _OFFICE_EARLY, _MON_FRI),
    ((("electricity-accounts",),), 4, _OFFICE_LONG, _MON_FRI),
)


_GOLDEN = (
    5**0.5 - 1
) / 2  # its multiples lie far from one another on a circle, those of every second or third as well


def _people() -> tuple[Person, ...]:
    people: list[Person] = []
    for skills, count, shift, weekdays in _TEAMS:
        for place in range(count):
            worked = tuple(sorted((3 * place + day) % 7 for day in range(5)))
            people.append(
                Person(
                    f"agent-{len(people) + 1:03d}",
                    skills[place % len(skills)],
                    shift,
                    worked if weekdays is None else weekdays,
                    saturday=_SATURDAY if weekdays == _MON_SAT else None,
                    works_holidays=weekdays is None,
                    turn=len(people) * _GOLDEN % 1,
                )
            )
    return tuple(people)


def municipality(scenario: Scenario) -> Centre:
    """The centre of the demonstration with a scenario."""
    return Centre("municipality", TIME_ZONE, DEMANDS, _people(), scenario, HOLIDAYS)
