"""`/history` over HTTP: who sees which sums, who may take a file or see calls, and what is kept of it."""

import csv
import io
import re
import threading
from html import unescape
from pathlib import Path

import pytest

from dashboards.access.rights import TABLE
from dashboards.wallboard.history import route
from dashboards.wallboard.past import ArchiveSilentError
from schemas.codec import decode_as
from schemas.half_hours import MinuteOfQueue, PastDays
from schemas.notes import Note
from schemas.past_figures import PastAsked, PastTold
from schemas.roles import ROLES, Role
from tests.support.past_days import days
from tests.support.past_figures import told_of
from tests.support.people import Town, bearer

CALLS = "/history?when=2026-10-14&queue=burst-pipes&at=09:30"


class Archive:
    """Answers at once; `is_away` makes it one that does not, `waits` one that takes its time."""

    def __init__(self) -> None:
        self.asked: list[PastAsked] = []
        self.is_away = False
        self.answers = threading.Event()
        self.answers.set()

    def past_days(self, _: tuple[str, ...], now: int) -> PastDays:
        return days(now)

    def figures(self, asked: PastAsked, now: int) -> PastTold:
        self.asked.append(asked)
        self.answers.wait(60)
        if self.is_away:
            raise ArchiveSilentError("away")
        return told_of(asked, now)

    def last_minutes(self, now: int) -> list[MinuteOfQueue]:
        return []


def town(folder: Path, *listed_to: Role) -> tuple[Town, Archive]:
    archive = Archive()
    return Town(folder, listed_to=listed_to, archive=archive), archive


async def test_every_sum_is_of_the_queues_that_the_reader_sees(tmp_path: Path) -> None:
    place, archive = town(tmp_path)
    async with place.browser() as browser:
        status, text, _ = await browser.get("/history?when=2026-10", **bearer(place.token("executive", "water")))  # fmt: skip
        assert status == 200
        asked = [each for each in archive.asked if each.part != "published"]
        assert {each.queues for each in asked} == {("burst-pipes",)}
        assert "payroll" not in text
        archive.asked.clear()
        await browser.get("/history?when=2026-10", **bearer(place.token("executive", who="Bo")))
        asked = [each for each in archive.asked if each.part != "published"]
        assert {each.queues for each in asked} == {("burst-pipes", "payroll")}


@pytest.mark.parametrize(
    ("departments", "query", "names"),
    [
        ((), "", {"", "water", "staff", "a", "b", "bulletin"}),
        ((), "&department=water", {"water"}),
        (("water",), "", {"water", "bulletin"}),  # the one of all has the sums of others
        (("water",), "&department=water", {"water"}),
        (("water",), "&queue=burst-pipes", set()),
    ],
)
async def test_publications_are_listed_to_whoever_sees_their_sums(
    tmp_path: Path, departments: tuple[str, ...], query: str, names: set[str]
) -> None:
    place, _ = town(tmp_path)
    whose = {
        "month-2026-10-1": "", "month-bulletin-2026-10-1": "bulletin",
        **{f"month-2026-10-{each}-1": each for each in ("water", "staff", "a", "b")},
    }  # fmt: skip
    async with place.browser() as browser:
        head = bearer(place.token("executive", *departments))
        _, text, _ = await browser.get(f"/history?when=2026-10{query}", **head)
        assert {name for id_, name in whose.items() if f">{id_}<" in text} == names
        assert "<b>" not in text
        status, file, _ = await browser.get(f"/history.csv?when=2026-10{query}&part=published", **head)  # fmt: skip
        if "&queue" in query:
            assert status == 400
            return
        listed = [row["publication"] for row in csv.DictReader(io.StringIO(file))]
        assert {whose[each] for each in listed} == names


async def test_what_is_not_seen_is_not_there(tmp_path: Path) -> None:
    place, archive = town(tmp_path)
    async with place.browser() as browser:
        head = bearer(place.token("executive", "water"))
        for of in (
            "queue=payroll",
            "department=staff",
            "centre=hr",
            "queue=nowhere",
            "department=<script>",
        ):
            status, text, _ = await browser.get(f"/history?{of}", **head)
            assert status == 404, of
            assert "<script>" not in text
        assert archive.asked == []


async def test_a_wrong_address_is_a_page_in_the_language_of_its_reader(tmp_path: Path) -> None:
    place, archive = town(tmp_path)
    async with place.browser() as browser:
        head = bearer(place.token("viewer"))
        for query in (
            "when=9999-12",
            "day=1",
            "queue=a&centre=b",
            "by=queue&queue=burst-pipes",
            "at=1",
        ):
            status, text, _ = await browser.get(f"/history?{query}", **head, **{"Accept-Language": "id"})  # fmt: skip
            assert status == 400, query
            assert "Alamat ini salah" in text
        assert archive.asked == []


async def test_who_is_not_logged_in_is_asked_to_and_comes_back_there(tmp_path: Path) -> None:
    place, _ = town(tmp_path)
    async with place.browser() as browser:
        status, _, headers = await browser.get("/history?when=2026-10&queue=burst-pipes")
        assert status == 303
        assert headers["Location"].startswith("/access/log-in?then=%2Fhistory%3Fwhen%3D2026-10")
        assert (await browser.get("/history.csv?when=2026-10&part=league"))[0] == 401


@pytest.mark.parametrize("role", ROLES)
async def test_a_file_is_for_roles_that_may_export_and_is_kept_in_the_audit(tmp_path: Path, role: Role) -> None:  # fmt: skip
    place, _ = town(tmp_path)
    async with place.browser() as browser:
        head = bearer(place.token(role, who="Bo"))
        path = "/history.csv?when=2026-10&by=queue&part=league"
        status, text, headers = await browser.get(path, **head)
        if "export" in TABLE[role]:
            assert status == 200
            assert headers["Content-Disposition"] == 'attachment; filename="history-league-2026-10.csv"'  # fmt: skip
            assert [row["queue"] for row in csv.DictReader(io.StringIO(text))] == ["burst-pipes", "payroll"]  # fmt: skip
            (kept,) = place.kept
            assert (kept.action, kept.object, kept.who, kept.outcome) == ("export", "history league.csv", "Bo", "done")  # fmt: skip
            assert "when=2026-10" in kept.detail
        else:
            assert status == 403
            assert "queue,place" not in text
            assert [(each.action, each.outcome) for each in place.kept] == [("open_page", "refused")]  # fmt: skip


async def test_single_calls_are_listed_as_queues_toml_says_and_looking_is_kept(tmp_path: Path) -> None:  # fmt: skip
    place, archive = town(tmp_path, "supervisor")
    async with place.browser() as browser:
        status, text, _ = await browser.get(CALLS, **bearer(place.token("executive")))
        assert status == 403
        assert "19fe" not in text
        assert archive.asked == []
        place.kept.clear()
        head = bearer(place.token("supervisor", "water", who="Bo"))
        status, text, _ = await browser.get(CALLS, **head)
        assert status == 200
        assert "19fe.00000001" in text
        assert [(each.action, each.object, each.who) for each in place.kept] == [("export", "history page", "Bo")]  # fmt: skip
        assert "at=09%3A30" in place.kept[0].detail
        status, text, _ = await browser.get(
            CALLS.replace("/history?", "/history.csv?part=calls&"), **head
        )
        assert status == 200
        assert "'@SUM(A1)" in text


async def test_calls_are_listed_to_nobody_by_default(tmp_path: Path) -> None:
    place, _ = town(tmp_path)
    async with place.browser() as browser:
        assert (await browser.get(CALLS, **bearer(place.token("administrator"))))[0] == 403


async def test_a_slow_archive_leaves_the_page_and_every_other_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(route, "PATIENCE_S", 0.05)
    monkeypatch.setattr(route, "PATIENCE_OF_FILE_S", 0.05)
    place, archive = town(tmp_path)
    archive.answers.clear()
    async with place.browser() as browser:
        head = bearer(place.token("administrator"))
        status, text, _ = await browser.get("/history?when=2026-10", **head)
        assert status == 200
        assert "is being asked" in text
        assert 'http-equiv="refresh"' in text
        assert (await browser.get("/", **head))[0] == 200
        status, text, _ = await browser.get("/history.csv?when=2026-10&part=trend", **head)
        assert status == 503
        assert "an empty one would look like no calls" in text
        archive.answers.set()


async def test_an_archive_that_is_away_is_said(tmp_path: Path) -> None:
    place, archive = town(tmp_path)
    archive.is_away = True
    async with place.browser() as browser:
        head = bearer(place.token("administrator"))
        status, text, _ = await browser.get("/history?when=2026-10", **head)
        assert status == 200
        assert "does not answer" in text
        assert place.kept == []  # nothing went out


async def test_files_of_parts_that_the_page_has_not_are_none(tmp_path: Path) -> None:
    place, _ = town(tmp_path)
    async with place.browser() as browser:
        head = bearer(place.token("administrator"))
        for query in (
            "when=2026-10&part=calls",
            "when=2026-10-14&part=weekly",
            "when=2026-10",
            "when=2026-10&part=x",
        ):
            assert (await browser.get(f"/history.csv?{query}", **head))[0] == 400, query


async def test_every_table_of_the_page_is_a_file_with_the_same_digits(tmp_path: Path) -> None:
    place, _ = town(tmp_path)
    async with place.browser() as browser:
        head = bearer(place.token("administrator"))
        text = (await browser.get("/history?when=2026-10", **head))[1]
        for part in (
            "glance",
            "league",
            "trend",
            "weekly",
            "losses",
            "compare",
            "metrics",
            "corrections",
            "published",
        ):
            assert f"part={part}" in text
            status, file, _ = await browser.get(f"/history.csv?when=2026-10&part={part}", **head)
            assert status == 200
            for row in csv.DictReader(io.StringIO(file)):
                share = row.get("sl_promised")
                if share and int(row.get("promised_calls") or 100) >= 5:
                    assert f"{float(share) * 100:.1f} %" in text, (part, row)


async def test_a_file_of_no_table_says_which_there_are(tmp_path: Path) -> None:
    place, archive = town(tmp_path)
    async with place.browser() as browser:
        head = bearer(place.token("administrator"))
        status, text, _ = await browser.get("/history.csv?when=2026-10", **head)
        assert status == 400
        tables = "glance, league, trend, notes, weekly, months, losses, compare, metrics, corrections, published"
        assert f"add part= and one of {tables}." in text
        status, text, _ = await browser.get("/history.csv?when=2026-10&part=x", **head)
        assert (status, "This page has no table “x”." in text) == (400, True)
    assert archive.asked == []


def hidden(text: str) -> dict[str, str]:
    """What the form of a note sends without anybody typing."""
    form = text[text.index('<form method="post" action="/api/orders"') :]
    form = form[: form.index("</form>")]
    found = re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found}


async def test_a_note_is_written_by_the_form_of_the_page_and_leads_back_to_it(tmp_path: Path) -> None:  # fmt: skip
    place, _ = town(tmp_path)
    notes: list[Note] = []

    async def write(_: bytes, value: bytes) -> str:
        notes.append(decode_as(Note, value))
        return ""

    place.wallboard.write_note = write
    async with place.browser() as browser:
        await browser.log_in(place.token("supervisor", "water"))
        _, text, head = await browser.get("/history?when=2026-10-14&queue=burst-pipes&lang=id")
        assert "form-action 'self'" in head["Content-Security-Policy"]
        typed = {"kind": "incident", "text": "a main burst", "since": "2026-10-14T08:00", "until": "2026-10-14T11:00"}  # fmt: skip
        status, _, there = await browser.post("/api/orders", {**hidden(text), **typed})
        assert (status, there["Location"]) == (303, "/history?when=2026-10-14&queue=burst-pipes&lang=id#notes")  # fmt: skip
        (note,) = notes
        assert (note.text, note.queues, note.who) == ("a main burst", ("burst-pipes",), "Ann")
        assert "note_add" in {record.action for record in place.kept}
        refused = {**typed, "text": "he called from <031> 3111111"}
        status, why, _ = await browser.post("/api/orders", {**hidden(text), **refused})
        assert status == 400
        assert "leave them out" in why
        assert "&lt;031&gt; 3111111" in why  # what was typed need not be thought of again
        assert 'href="/history?when=2026-10-14&amp;queue=burst-pipes&amp;lang=id#notes"' in why
        status, _, _ = await browser.post("/api/orders", {**hidden(text), **typed, "csrf": "another"})  # fmt: skip
        assert status == 403
        status, _, _ = await browser.post("/api/orders", {**hidden(text), **typed}, Origin="https://elsewhere.example")  # fmt: skip
        assert status == 403
        assert len(notes) == 1


@pytest.mark.parametrize("role", ROLES)
async def test_the_form_is_there_for_roles_that_may_change_all_that_it_is_about(tmp_path: Path, role: Role) -> None:  # fmt: skip
    place, _ = town(tmp_path)

    async def has_form(where: str, *departments: str) -> bool:
        async with place.browser() as browser:
            await browser.log_in(place.token(role, *departments))
            _, text, head = await browser.get(f"/history?when=2026-10{where}")
            shown = 'value="add_note"' in text
            assert ("form-action 'self'" in head["Content-Security-Policy"]) is shown
            return shown

    may_change = "change" in TABLE[role]
    assert await has_form("") is may_change
    assert await has_form("&queue=burst-pipes", "water") is may_change
    assert not await has_form("", "water")  # a note about everything is about payroll, too
