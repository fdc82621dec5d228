from pathlib import Path

from streams.doctor.checks.disk import CHECK, Place
from streams.doctor.system import System


def test_a_folder_that_is_not_there_yet_is_judged_by_the_one_above(tmp_path: Path) -> None:
    place = CHECK.ask(System(data=tmp_path / "new" / "data"))
    assert (place.folder, place.is_writable) == (tmp_path, True)
    assert 0 < place.free < place.total


def test_a_folder_that_cannot_be_written_fails() -> None:
    place = Place(Path("/srv"), 10**12, 10**12, is_writable=False)
    assert [each.level for each in CHECK.judge(System(), place)] == ["fail", "ok"]
