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
    replace(_public("switchboard-english", "switchboard", 1_350, 52), transfers_to=_FRONT,
            wrap_median_s=7),
    replace(_public("switchboard-isizulu", "switchboard", 1_200, 56), transfers_to=_FRONT,
            wrap_median_s=7),
    replace(_public("fleet-breakdowns", "fleet", 130, 170), impatience=0.7),
    _office("fleet-bookings", "fleet", 160, 130, _WORKSHOP_HOURS),
    _office("hr-payroll", "hr", 200, 230, _OFFICE_HOURS),
    _office("hr-leave", "hr", 150, 180, _OFFICE_HOURS),
    _office("hr-recruitment", "hr", 110, 170, _OFFICE_HOURS),
    replace(_office("accounts", "revenue", 900, 215, _REVENUE_HOURS), give_up_after_s=420,
            transfers_to=("payment-arrangements", "meter-readings")),
    replace(_office("rates", "revenue", 340, 210, _REVENUE_HOURS), give_up_after_s=420),
    replace(_office("payment-arrangements", "revenue", 260, 260, _REVENUE_HOURS),
            give_up_after_s=420),
    replace(_office("meter-readings", "revenue", 210, 120, _REVENUE_HOURS), give_up_after_s=420),
    _water("burst-pipes", 430, 185),
    _water("no-water", 620, 165),
    _water("sewer-blockages", 290, 190),
    replace(_public("water-tankers", "water", 150, 120), topics=("tanker",), areas=_AREAS),
    _office("passwords", "help-desk", 320, 130, _LONG_OFFICE_HOURS),
    _office("hardware", "help-desk", 160, 270, _LONG_OFFICE_HOURS),
    replace(_office("business-systems", "help-desk", 120, 270, _LONG_OFFICE_HOURS),
            impatience=0.8),
    replace(_office("sizakala-enquiries", "sizakala", 700, 200, _OFFICE_HOURS), impatience=1.1,
            transfers_to=("sizakala-refuse", "sizakala-housing", "accounts")),
    _office("sizakala-refuse", "sizakala", 360, 170, _OFFICE_HOURS),
    _office("sizakala-housing", "sizakala", 270, 290, _OFFICE_HOURS),
    _power("outages", 960, 150),
    replace(_power("prepaid-meters", 600, 185), topics=(), areas=()),
    replace(_power("streetlights", 180, 130), transfers_to=("outages",)),
    _office("electricity-accounts", "electricity", 400, 195, _LONG_OFFICE_HOURS),
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
_WORKSHOP = Shift(9 * 60 + 30, 18 * 60, _DAY_BREAKS)
_SATURDAY = Shift(8 * 60, 12 * 60)
_MON_FRI = (0, 1, 2, 3, 4)
_MON_SAT = (0, 1, 2, 3, 4, 5)

_SWITCHBOARD = (("switchboard-english",), ("switchboard-english", "switchboard-isizulu"),
                ("switchboard-isizulu", "switchboard-english"))  # fmt: skip
_WATER = (("burst-pipes", "no-water"), ("no-water", "sewer-blockages"),
          ("sewer-blockages", "burst-pipes", "water-tankers"))  # fmt: skip
_WATER_ALL = (("burst-pipes", "no-water", "sewer-blockages", "water-tankers"),)
_POWER = (("outages", "streetlights"), ("prepaid-meters",), ("outages", "streetlights"),
          ("prepaid-meters", "electricity-accounts"))  # fmt: skip
_POWER_ALL = (("outages", "prepaid-meters", "streetlights"),)
_REVENUE = (("accounts",), ("accounts", "rates"), ("accounts", "payment-arrangements"),
            ("rates", "meter-readings"), ("payment-arrangements",))  # fmt: skip
_HR = (("hr-payroll",), ("hr-payroll", "hr-leave"), ("hr-recruitment",),
       ("hr-leave", "hr-recruitment"))  # fmt: skip
_HELP_DESK = (("passwords", "hardware"), ("hardware", "business-systems"),
              ("business-systems",), ("passwords",))  # fmt: skip
_SIZAKALA = (("sizakala-enquiries",), ("sizakala-enquiries", "sizakala-refuse"),
             ("sizakala-refuse", "sizakala-housing"),
             ("sizakala-enquiries", "sizakala-housing"))  # fmt: skip
_FLEET = (("fleet-breakdowns", "fleet-bookings"),)

# Skills (assigned in turn), number of people, shift, weekdays; None: five of seven days, in turn.
_TEAMS: tuple[tuple[tuple[tuple[str, ...], ...], int, Shift, tuple[int, ...] | None], ...] = (
    (_SWITCHBOARD, 9, _EARLY, None),
    (_SWITCHBOARD, 5, _DAY, _MON_FRI),
    (_SWITCHBOARD, 9, _LATE, None),
    (_SWITCHBOARD[1:], 5, _NIGHT, None),
    (_FLEET, 2, _EARLY, None),
    (_FLEET, 2, _DAY, _MON_FRI),
    (_FLEET, 1, _WORKSHOP, _MON_FRI),
    (_FLEET, 2, _LATE, None),
    (_FLEET, 3, _NIGHT, None),
    (_HR, 8, _OFFICE_MAIN, _MON_FRI),
    (_REVENUE, 15, _OFFICE_EARLY, _MON_FRI),
    (_REVENUE, 15, _OFFICE_LONG, _MON_SAT),
    (_WATER, 13, _EARLY, None),
    (_WATER, 7, _DAY, _MON_FRI),
    (_WATER, 12, _LATE, None),
    (_WATER_ALL, 8, _NIGHT, None),
    (_HELP_DESK, 5, _OFFICE_EARLY, _MON_FRI),
    (_HELP_DESK, 5, _OFFICE_LONG, _MON_FRI),
    (_SIZAKALA, 20, _OFFICE_MAIN, _MON_FRI),
    (_POWER, 14, _EARLY, None),
    (_POWER, 10, _DAY, _MON_FRI),
    (_POWER, 14, _LATE, None),
    (_POWER_ALL, 9, _NIGHT, None),
    ((("electricity-accounts",),), 7, _OFFICE_LONG, _MON_FRI),
)


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
                )
            )
    return tuple(people)


def municipality(scenario: Scenario) -> Centre:
    """The centre of the demonstration with a scenario."""
    return Centre("municipality", TIME_ZONE, DEMANDS, _people(), scenario, HOLIDAYS)
