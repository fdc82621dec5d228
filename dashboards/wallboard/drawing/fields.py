"""Fields of the forms of our pages."""

from collections.abc import Sequence

from streams.charts.html import Attribute, Html, el, every


def select(key: str, title: Html, choices: Sequence[tuple[str, str]], now: str = "") -> Html:
    """A choice of values with what stands for them: an option holds text alone, whose own direction it takes. `now` is chosen."""

    def option(value: str, shown: str) -> Html:
        attributes: dict[str, Attribute] = {
            "value": value,
            "dir": "auto",
            "selected": bool(value) and value == now,
        }
        return el("option", attributes, shown)

    options = every(option(value, shown) for value, shown in choices)
    return el("label", {}, title, " ", el("select", {"name": key}, options))
