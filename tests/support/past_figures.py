"""What an archive would say of a page of the past, without one: ordinary figures with some bad half hours."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from schemas.millis import HOUR, from_datetime, iso
from schemas.past_figures import Figures, PastAsked, PastTold

ZONE = "Africa/Johannesburg"
CENTRES = ("electricity", "water-and-sanitation", "<b>nowhere</b>")


def told_of(asked: PastAsked, now: int, centres: tuple[str, ...] = CENTRES) -> PastTold:
    """`centres` are those of a league by anything but queues."""
    start, end = asked.period.bounds(ZONE)
    told = PastTold(now, ZONE, start, end, (start - HOUR, end + HOUR))
    rows, beside = _league(asked, centres) if asked.part == "league" else _PARTS[asked.part](asked)
    return PastTold(told.as_of, ZONE, start, end, told.reaches, tuple(rows), tuple(beside))


def league_row(group: str, place: int, called: int = 1_240) -> Figures:
    """A row of `history month`: the later its place, the better."""
    kept = round(min(0.41 + 0.05 * place, 0.97), 6)
    return {
        "place": place, "queue": group, "called": called, "promised_calls": called - 40, "sl_promised": kept, "goal": 0.8,
        "against_goal": "met" if kept >= 0.8 else "missed", "calls_missing": round((0.8 - kept) * called, 1),
        "half_hours": 136, "half_hours_missed": 126 // place, "longest_run": 17, "worst_start": "2026-10-05T09:30:00+02:00",
        "worst_sl": 0.1, "calls_in_missed": 900, "masking_gap": 4.2, "gave_up": 160, "rejected": 12, "share_lost": 0.13871,
        "unserved_callers": 61, "wait_p90_s": 182.4, "sl_then": round(kept + 0.03, 6), "sl_change": -3.0, "sl_noise": 1.1,
        "sl_says": "worse", "average_hides": 1,
    }  # fmt: skip


def _glance(asked: PastAsked) -> tuple[list[Figures], list[Figures]]:
    """Each step and sum adds up. The average is over the goal; what it hides are the half hours."""
    row: Figures = {
        **league_row("ALL", 1, 12_403), "answered": 11_020, "hung_up": 1_371, "promised_calls": 12_191, "sl_promised": 0.813715,
        "against_goal": "met", "half_hours_missed": 31, "gave_up": 1_371, "share_lost": 0.111505, "unserved_callers": 641,
        "wait_p90_s": 48.2,
    }  # fmt: skip
    lost: list[Figures] = [
        {"queue": "ALL", "step": "called", "legs": 12_403, "share_of_called": 1.0},
        {"queue": "ALL", "step": "rejected", "reason": "=full", "legs": 12, "share_of_called": 0.000968},
        {"queue": "ALL", "step": "abandoned_short", "legs": 200, "share_of_called": 0.016125},
        {"queue": "ALL", "step": "abandoned", "legs": 1_171, "share_of_called": 0.094412},
        {"queue": "ALL", "step": "answered_late", "legs": 1_100, "share_of_called": 0.088688},
        {"queue": "ALL", "step": "answered_in_target", "legs": 9_920, "share_of_called": 0.799807},
        {"queue": "ALL", "step": "out_of_hours", "legs": 77},
    ]  # fmt: skip
    return [row], lost


def _league(asked: PastAsked, centres: tuple[str, ...]) -> tuple[list[Figures], list[Figures]]:
    groups = asked.queues if asked.by == "queue" else centres
    rows = [league_row(group, place) for place, group in enumerate(groups, 1)]
    return [*rows, {"queue": "silent", "called": 0}], []


def _trend(asked: PastAsked) -> tuple[list[Figures], list[Figures]]:
    step = timedelta(minutes=30) if asked.period.kind == "day" else timedelta(days=1)
    at = datetime.combine(asked.period.first, datetime.min.time(), ZoneInfo(ZONE))
    if asked.period.kind == "day":
        at += timedelta(hours=7)
    count = 24 if asked.period.kind == "day" else (asked.period.end - asked.period.first).days
    return (
        [_interval(at + step * n, n) for n in range(count)],
        [_interval(at - timedelta(days=364) + step * n, n + 3) for n in range(count)],
    )


def _interval(at: datetime, n: int) -> Figures:
    start = iso(from_datetime(at), ZoneInfo(ZONE))
    if n % 9 == 4:  # nobody knows
        return {"start": start}
    due = 3 if n % 11 == 6 else 40 + n
    good = round(due * (0.9 - 0.03 * (n % 10)))
    return {
        "start": start, "offered": due + 4, "answered": due, "abandoned": 4, "rejected": 0, "promised_calls": due,
        "served_as_promised": good, "sl_promised": round(good / due, 6), "goal": 0.8,
        "against_goal": "met" if good >= 0.8 * due else "missed", "abandonment_ab2": 0.1, "wait_p90_s": 61.25,
    }  # fmt: skip


def _weekly(asked: PastAsked) -> tuple[list[Figures], list[Figures]]:
    rows: list[Figures] = []
    for weekday in range(1, 6):
        for half in range(14, 38):
            due = 3 if (weekday, half) == (5, 37) else 50
            good = round(due * max(0.05, 0.97 - abs(half - 24) * 0.04 - weekday * 0.02))
            rows.append({
                "queue": "ALL", "weekday": weekday, "half_hour": f"{half // 2:02}:{half % 2 * 30:02}", "half_hours": 4,
                "half_hours_eligible": 4, "half_hours_missed": 1, "served_as_promised": good, "promised_calls": due,
                "sl_promised": round(good / due, 6), "goal": 0.8, "against_goal": "met" if good >= 0.8 * due else "missed",
            })  # fmt: skip
    return rows, []


def _months(asked: PastAsked) -> tuple[list[Figures], list[Figures]]:
    """Five months, the later the better; of one of them nobody knows anything."""
    months = [asked.period.months_before(back).text for back in (4, 3, 1, 0)]
    made: list[Figures] = []
    for at, month in enumerate(months):
        for row in _weekly(asked)[0]:
            due, good = row["promised_calls"], row["served_as_promised"]
            assert isinstance(due, int)
            assert isinstance(good, int)
            good = min(due, good + at * due // 20)
            kept: Figures = {"served_as_promised": good, "sl_promised": round(good / due, 6),
                             "against_goal": "met" if good >= 0.8 * due else "missed"}  # fmt: skip
            made.append({**row, **kept, "month": month})
    return made, []


def _notes(asked: PastAsked) -> tuple[list[Figures], list[Figures]]:
    """An incident of some hours of the first day with markup and a formula, a holiday of the same day, and an open action."""
    day = asked.period.first
    rows: list[Figures] = [
        {"planned": "holiday", "began": f"{day}T00:00:00+02:00", "ended": f"{day + timedelta(days=1)}T00:00:00+02:00"},
        {"planned": "incident", "began": f"{day}T08:10:00+02:00", "ended": f"{day}T11:00:00+02:00",
         "reason": "<b>burst</b> main in the north, and the crew that was called out came two hours late", "owner": "Ann",
         "about": "Water and Sanitation, Meters, Rates …"},
        {"planned": "action", "began": f"{day}T12:00:00+02:00", "ended": "2027-01-01T00:00:00+02:00", "reason": "=1+1", "owner": "Bo"},
    ]  # fmt: skip
    return [{"number": at, **row} for at, row in enumerate(rows, start=1)], []


def _compare(asked: PastAsked) -> tuple[list[Figures], list[Figures]]:
    says = {
        "month before": "worse",
        "same month last year": "noise",
        "same weekdays last year": "few calls",
    }
    return [
        {
            "queue": "ALL", "against": against, "offered_now": 12_403, "offered_then": 11_900, "sl_now": 0.861, "sl_then": 0.9,
            "sl_change": -3.9, "sl_noise": 1.2, "sl_says": word, "gave_up_now": 0.11, "gave_up_then": 0.1,
            "gave_up_change": 1.0, "gave_up_noise": 0.5, "gave_up_says": word, "holidays_now": "2026-10-10",
        }
        for against, word in says.items()
    ], []  # fmt: skip


def _metrics(asked: PastAsked) -> tuple[list[Figures], list[Figures]]:
    start, end = (iso(at, ZoneInfo(ZONE)) for at in asked.period.bounds(ZONE))
    row: Figures = {
        "start": start, "until": end, "queue": "ALL", "metric": "soon", "title": "Soon <b>", "title_ar": "قريبًا",
        "unit": "share", "value": 0.4271, "divisor": 12_001, "metric_goal": 0.8, "against_goal": "missed",
        "metric_formula": "(answered_in_20_s + short_abandoned) / offered", "no_value_when": "offered < 20",
        "metric_version": 3, "is_whole": 1,
    }  # fmt: skip
    none = {
        "value": None, "divisor": 0, "against_goal": None, "no_value": "division by 0", "queue": "electricity", "is_whole": None
    }  # fmt: skip
    talk = {"metric": "talk", "title": "=1+1", "title_ar": None, "unit": "s", "value": 182.25, "metric_goal": None,
            "against_goal": None, "metric_formula": "talk_hold_s / service_timed", "no_value_when": None}  # fmt: skip
    return [row, {**row, **none}, {**row, **talk}], []


def _corrections(asked: PastAsked) -> tuple[list[Figures], list[Figures]]:
    return [
        {"column": "outcome", "cause": "finished_leg", "corrections": 14, "legs": 12, "known_at": "2026-11-03T04:00:00Z"}
    ], []  # fmt: skip


def _published(asked: PastAsked) -> tuple[list[Figures], list[Figures]]:
    """Of all, of two departments, and the bulletin."""
    period, of = asked.period.text, asked.period.kind
    row: Figures = {
        "report": of, "period": period, "edition": 1, "published_at": "2026-11-02T06:30:00+02:00",
        "who": "reports, <b>committee</b>", "digest": "9f2c" * 16,
    }  # fmt: skip
    ids = {None: f"{of}-{period}-1", "water": f"{of}-{period}-water-1", "staff": f"{of}-{period}-staff-1", "a": f"{of}-{period}-a-1", "b": f"{of}-{period}-b-1"}  # fmt: skip
    rows = [{**row, "publication": id_, "department": department} for department, id_ in ids.items()]  # fmt: skip
    bulletin = {**row, "publication": f"{of}-bulletin-{period}-1", "report": f"{of}-bulletin", "department": None}  # fmt: skip
    return [*rows, bulletin], []


def _calls(asked: PastAsked) -> tuple[list[Figures], list[Figures]]:
    rows: list[Figures] = [
        {
            "arrived_at": f"{asked.period.text}T07:{30 + n:02}:05Z", "leg_id": f"leg-{n}", "caller": f"19fe.{n:08x}",
            "channel": "voice", "outcome": "abandoned" if n % 3 else "answered", "reason": "@SUM(A1)" if n == 1 else "",
            "wait_ms": 12_400 + n, "in_target": n % 2, "missed_offers": 0, "talk_hold_ms": None,
        }
        for n in range(5)
    ]  # fmt: skip
    return rows, []


_PARTS = {
    "glance": _glance, "trend": _trend, "notes": _notes, "weekly": _weekly, "months": _months, "compare": _compare,
    "metrics": _metrics, "corrections": _corrections, "published": _published, "calls": _calls,
}  # fmt: skip
