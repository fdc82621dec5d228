"""What tells one leg from another."""

from schemas.identity import is_made, leg_key, made_id, node_of


def test_the_visit_is_a_second_for_not_every_report_has_milliseconds() -> None:
    assert leg_key("7", "north", 1_772_442_005_412) == ("7", "north", 1_772_442_005)
    assert leg_key("7", "north", 1_772_442_005_000) == leg_key("7", "north", 1_772_442_005_999)


def test_sources_that_were_named_after_a_file_are_one_node() -> None:
    assert node_of("records:yesterday.csv") == node_of("records:week.csv") == node_of("records")
    assert node_of("north") != node_of("south")
    assert node_of("pbx:5060") == "pbx:5060"


def test_a_made_id_is_known_as_one() -> None:
    made = made_id(("billing", "1772442005000", "", ""))
    assert is_made(made)
    assert is_made(f"{made}-12")
    assert made != made_id(("billing", "1772442005000", "", "x"))
    assert not any(map(is_made, ("7", "1741996200.1/rot/1", made.upper(), made + "0", "-2")))
