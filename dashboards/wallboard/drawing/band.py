"""The sums of a page in large figures, below its headline."""

from dashboards.wallboard.drawing import figures, spark
from dashboards.wallboard.last_hour import Hour
from dashboards.wallboard.page import Totals
from dashboards.wallboard.texts import Texts
from streams.charts.html import Html, el


def band(sums: Totals, titles: tuple[Html, Html], say: Texts, hour: Hour = ()) -> Html:
    """`titles` are those of the two shares that are compared with a goal; `hour` is drawn behind what it is of."""
    waiting, level = spark.waiting(hour, say), spark.level(hour, say)
    return el(
        "dl", {"class": "band", "id": "totals"},
        _one("waiting", say("waiting"), figures.waiting(sums.waiting), waiting),
        _one("oldest", say("oldest"), figures.oldest(sums.oldest_wait_ms, ticking=sums.ticking)),
        _one("level_30", titles[0], figures.share(sums.service_level, say), level),
        _one("level_today", titles[1], figures.share(sums.service_level_today, say)),
        _one("abandoned_30", say("abandoned_30"), figures.share(sums.abandonment, say, bad="over")),
        _one("free", say("free"), figures.agents(sums.agents, say)),
    )  # fmt: skip


def _one(key: str, title: Html, shown: Html, behind: Html | None = None) -> Html:
    return el("div", {"class": key}, el("dt", {}, title), el("dd", {}, shown, behind))
