"""What boards for one purpose have in common."""

from dashboards.grafana import render
from dashboards.grafana.frame import SHARED, TAG


def test_a_shared_board_has_nothing_to_click_and_a_desk_leads_to_the_others() -> None:
    for name in render.BOARDS:
        board = render.board(name)
        is_shared = SHARED in board["tags"]
        assert is_shared == (name == "wall")
        assert board["timepicker"]["hidden"] is is_shared
        assert TAG in board["tags"]
        assert [link["tags"] for link in board.get("links") or []] == ([] if is_shared else [[TAG]])


def test_every_board_has_an_address_of_its_own_made_from_its_name() -> None:
    assert [render.board(name)["uid"] for name in render.BOARDS] == [
        f"queuewatch-{name}" for name in render.BOARDS
    ]
