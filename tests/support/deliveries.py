"""Deliveries for tests."""

from typing import Any

from schemas.deliveries import Delivery, DeliveryCounts, begun

NINE = 1_772_442_000_000


def begun_delivery(**fields: Any) -> Delivery:
    """A delivery of call records at its begin; `fields` replace its own."""
    given: dict[str, Any] = {
        "at": NINE,
        "chance": 7,
        "platform": "records",
        "source": "pbx",
        "feed": "history",
        "counts": DeliveryCounts(),
    }
    return begun(**given | fields)
