import io

from producers.progress import Progress


def test_plain_lines_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    progress = Progress("sending", 1_000_000, "events", stream)
    for done in range(0, 1_000_001, 50_000):
        progress.move_to(done)
    progress.close()
    assert stream.getvalue().splitlines()[:2] == ["sending: 0 %", "sending: 10 %"]
    assert len(stream.getvalue().splitlines()) == 11


def test_short_work_says_nothing() -> None:
    stream = io.StringIO()
    Progress("sending", 100, "events", stream).move_to(100)
    assert stream.getvalue() == ""


def test_a_bar_on_a_terminal() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    progress = Progress("sending", 100, "B", stream)
    progress.move_to(50)
    progress.move_to(100)
    progress.close()
    assert "sending" in stream.getvalue()
