"""What is asked twice for one paper is answered once."""

from streams.history.shared_reading import SharedReading
from tests.support.fake_archive import FakeArchive


def test_the_same_question_is_asked_once_and_another_one_anew() -> None:
    archive = FakeArchive(legs=[{"n": 1}])
    shared = SharedReading(archive)
    first = shared.execute("SELECT n FROM legs")
    assert shared.execute("SELECT n FROM legs") is first
    shared.execute("SELECT n FROM legs WHERE 1")
    assert len(archive.asked) == 2
    shared.close()
