import pytest

from streams.doctor.asking import Answer, UnreachedError
from streams.doctor.checks import addresses
from streams.doctor.checks.addresses import Addresses, Opened
from streams.doctor.system import System

WALL = "https://wall.example.org"


def lines(board: Opened, runbooks: str = "") -> list[tuple[str, str, str]]:
    runbook = Opened(f"{WALL}/runbooks/Watchdog.md", 200)
    found = addresses.CHECK.judge(System(runbooks=runbooks), Addresses(board, runbook))
    return [(each.level, each.text, each.remedy) for each in found]


def test_what_opens_for_everybody_is_well() -> None:
    assert [level for level, _, _ in lines(Opened(f"{WALL}/", 200))] == ["ok", "ok"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_an_address_of_one_machine_is_no_address_for_messages(host: str) -> None:
    level, text, remedy = lines(Opened(f"http://{host}:8080/", 200))[0]
    assert (level, "this machine only" in text) == ("warn", True)
    assert remedy.startswith("give --board-url")


def test_a_board_that_knows_another_name_says_which_option_it_lacks() -> None:
    level, _, remedy = lines(Opened(f"{WALL}/", 421))[0]
    assert level == "fail"
    assert remedy.endswith("--allow-host wall.example.org")


def test_both_are_opened_and_the_reason_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def get(url: str) -> Answer:
        if url.endswith(".md"):
            raise UnreachedError("https://docs.example.org/Watchdog.md does not answer: no route")
        return Answer(200, b"")

    monkeypatch.setattr(addresses, "get", get)
    system = System(board=WALL, runbooks="https://docs.example.org")
    found = addresses.CHECK.judge(system, addresses.CHECK.ask(system))
    assert [(each.level, each.remedy) for each in found] == [
        ("ok", ""), ("fail", "start it, or give --runbooks as people reach it"),
    ]  # fmt: skip
