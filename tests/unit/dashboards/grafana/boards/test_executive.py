"""The Executive board: queues of one zone, chosen from those that the archive names."""

from dashboards.grafana import leg_sql, look, render


def test_the_zone_is_chosen_from_the_zones_of_named_queues() -> None:
    (variable,) = render.board("executive")["templating"]["list"]
    assert (variable["name"], variable["query"]) == ("zone", leg_sql.ZONES)


def test_months_say_few_calls_in_place_of_a_difference() -> None:
    (panel,) = [
        each
        for each in render.board("executive")["panels"]
        if each["title"] == "Service level by month and queue"
    ]
    column = next(
        {item["id"]: item["value"] for item in each["properties"]}
        for each in panel["fieldConfig"]["overrides"]
        if each["matcher"]["options"] == "To goal"
    )
    assert str(look.FEW_CODE) in column["mappings"][0]["options"]
