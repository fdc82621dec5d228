"""What stands below an alert on the pages that list them: its sentence, who has it, and what people wrote of it."""

from dashboards.wallboard.headline import name
from dashboards.wallboard.page import AlertLine, Row
from dashboards.wallboard.said import alert_sentence, quiet
from dashboards.wallboard.texts import Texts, moment
from streams.charts.html import Html, el, every


def about_alert(line: AlertLine, row: Row, say: Texts, now: int) -> list[Html]:
    parts = [el("small", {}, alert_sentence(line, say))]
    if line.why_quiet is not None:
        parts.append(el("small", {"class": "quiet"}, quiet(line.why_quiet, row.clock, now, say)))
    if line.said:
        said = every(
            el("li", {}, moment(each.at, row.clock, now, seconds=False), " ", name(each.who), ": ", name(each.text))
            for each in line.said
        )  # fmt: skip
        parts.append(el("ul", {"class": "said"}, said))
    return parts
