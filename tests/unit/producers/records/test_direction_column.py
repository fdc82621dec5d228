from producers.records.direction_column import (
    columns_of_directions,
    directions_by_cells,
    outbound_remark,
)

SAMPLES = {
    "Queue": ("Sales", "Sales", "Sales"),
    "Way": ("Incoming", "Outgoing", "incoming"),
    "Method": ("TRANSFER", "OUTBOUND", "API"),
}


def test_a_column_is_one_of_directions_by_its_cells() -> None:
    assert columns_of_directions(SAMPLES) == {"Way"}
    assert directions_by_cells(SAMPLES, ()) == "Way"
    assert directions_by_cells(SAMPLES, ("Way",)) == ""
    assert directions_by_cells({"Type": ("Inbound",), "None": ()}, ()) == ""


def test_outbound_calls_among_other_words_are_asked_about() -> None:
    said = outbound_remark({name: SAMPLES[name] for name in ("Queue", "Method")})
    assert said.startswith('"Method" says "OUTBOUND" of some calls, and all would count as inbound')
    assert outbound_remark({"Queue": SAMPLES["Queue"]}) == ""


def test_internal_beside_external_is_no_direction() -> None:
    assert columns_of_directions({"Type": ("Internal", "External", "Internal")}) == set()
    assert columns_of_directions({"Type": ("Internal", "Inbound", "Internal")}) == {"Type"}
