import pytest

from schemas.metrics import Metric
from schemas.metrics_toml import LONGEST_TITLE, MOST_METRICS, metrics_of
from schemas.millis import from_iso
from schemas.queues_toml import parse_queues
from schemas.toml_reading import ConfigurationError

PLAIN = {"name": "soon", "formula": "answered / offered", "unit": "share"}


def refused(**changed: object) -> str:
    table = {name: value for name, value in (PLAIN | changed).items() if value is not None}
    with pytest.raises(ConfigurationError) as error:
        metrics_of([table], "UTC")
    return str(error.value)


def test_a_file_with_metrics() -> None:
    file = parse_queues(
        """
        [defaults]
        time_zone = "Africa/Johannesburg"
        [[metrics]]
        name = "soon"
        title = { en = "Answered soon", id = "Segera dijawab" }
        formula = "(answered_in_20_s + short_abandoned) / (offered - short_abandoned)"
        unit = "share"
        no_value_when = "offered < 20"
        goal = 0.8
        valid_from = "2026-11-01"
        [[metrics]]
        name = "mean_talk"
        title = "Mean conversation"
        formula = "talk_hold_s / service_timed"
        unit = "s"
        goal = 240
        direction = "lower"
        """,
        {},
    )
    soon, talk = file.metrics
    assert soon.titles == {"en": "Answered soon", "id": "Segera dijawab"}
    assert (soon.goal, soon.no_value_when) == (0.8, "offered < 20")
    assert soon.valid_from == from_iso("2026-11-01T00:00:00+02:00")
    assert talk == Metric(
        "mean_talk",
        "talk_hold_s / service_timed",
        "s",
        {"en": "Mean conversation"},
        goal=240,
        direction="lower",
    )
    assert parse_queues("", {}).metrics == ()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"formula": "answered / ofered"}, 'metrics number 1.formula: character 12: there is no counter "ofered" (near: offered'),
        ({"formula": "offered + 1"}, "metrics number 1.formula: character 9: legs and a plain number cannot be added"),
        ({"unit": "s"}, "metrics number 1.formula: character 1: it computes a plain number, not seconds"),
        ({"unit": "percent"}, "metrics number 1.unit: unknown value 'percent'; known: "),
        ({"no_value_when": "offered"}, "metrics number 1.no_value_when: character 8: expected one of"),
        ({"name": "Soon!"}, "metrics number 1.name: expected up to 40 letters"),
        ({"name": "soon\n"}, "metrics number 1.name: expected up to 40 letters"),
        ({"name": "offered"}, "metrics number 1.name: offered is a counter already"),
        ({"name": "answered_in_20_s"}, "metrics number 1.name: answered_in_20_s is a counter already"),
        ({"name": None}, "metrics number 1"),
        ({"goal": 80}, "metrics number 1.goal: expected a share of 0 to 1, got 80"),
        ({"goal": float("nan")}, "metrics number 1.goal: expected a share"),
        ({"formula": "offered", "unit": "legs", "goal": 1e300}, "metrics number 1.goal: expected a number of 0 to"),
        ({"formula": "offered", "unit": "legs", "goal": float("inf")}, "metrics number 1.goal: expected a number of 0 to"),
        ({"direction": "up"}, "metrics number 1.direction"),
        ({"title": {"de": "x"}}, 'metrics number 1.title: no language "de"; known: en, id, ar, zu'),
        ({"title": "x" * (LONGEST_TITLE + 1)}, f"metrics number 1.title: at most {LONGEST_TITLE} characters"),
        ({"valid_from": "soon"}, "metrics number 1.valid_from: expected a day such as"),
        ({"weight": 2}, "metrics number 1.weight: unknown key; known: name, formula, unit"),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_path(changed: dict[str, object], said: str) -> None:
    assert said in refused(**changed)


def test_names_stand_once_and_their_number_is_limited() -> None:
    with pytest.raises(
        ConfigurationError, match=r"metrics number 2\.name: soon stands there twice"
    ):
        metrics_of([PLAIN, PLAIN], "UTC")
    with pytest.raises(ConfigurationError, match=f"at most {MOST_METRICS}"):
        metrics_of([PLAIN] * (MOST_METRICS + 1), "UTC")
    with pytest.raises(ConfigurationError, match=r"expected tables such as \[\[metrics\]\]"):
        metrics_of({"name": "soon"}, "UTC")


def test_markup_in_a_title_stays_text() -> None:
    (metric,) = metrics_of([PLAIN | {"title": "<script>&=1+1"}], "UTC")
    assert metric.title() == "<script>&=1+1"
