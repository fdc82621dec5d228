"""A form that is an order (dashboards.wallboard.order_route): it works without a script."""

from collections.abc import Mapping

from dashboards.wallboard.order_route import PATH
from streams.charts.html import Html, el, every


def order_form(order: Mapping[str, str], mark: str, then: str, button: Html, *fields: Html) -> Html:
    """`order` is sent with what is typed into `fields`; `mark` says that the form is of ours, `then` where it leads."""
    sent = {**order, "csrf": mark, "then": then}
    return el(
        "form", {"method": "post", "action": PATH, "class": "order"},
        every(el("input", {"type": "hidden", "name": key, "value": value}) for key, value in sent.items()),
        *fields, el("button", {"type": "submit"}, button),
    )  # fmt: skip
