"""Every picture of the documents can be taken anew, and every scenario has one."""

from producers.simulate.scenarios import NAMES
from tests.support.board_pictures import FOLDER, PICTURES, SCENARIOS

LARGEST = 1_500_000  # bytes


def test_each_scenario_of_the_municipality_has_its_picture() -> None:
    assert set(SCENARIOS) == set(NAMES) - {"bench"}


def test_the_pictures_of_the_documents_are_those_that_can_be_taken() -> None:
    taken = {path.stem for path in FOLDER.glob("*.png")}
    assert taken == {picture.name for picture in PICTURES}
    assert [path.name for path in FOLDER.iterdir() if path.stat().st_size > LARGEST] == []
