"""What is said beside the figures of a row, in each language, from the rule and its figures."""

import pytest
from msgspec.structs import replace

from dashboards.access.rights import Scope
from dashboards.wallboard.cause import cause
from dashboards.wallboard.drawing.alert_lines import about_alert
from dashboards.wallboard.page import Part, Row
from dashboards.wallboard.said import alert_sentence, remarks, troubles
from dashboards.wallboard.texts import LANGUAGES, texts_of
from dashboards.wallboard.view import board
from schemas.attention import Attention
from schemas.codec import encode
from schemas.commands import Acknowledged, Muted, Noted, command_key
from schemas.maintenance import parse_maintenance
from schemas.millis import MINUTE
from schemas.owners import Language
from streams.charts.html import Html, every, plain
from tests.support.floors import snapshot, targets
from tests.support.walls import ACT, NOW, alert, latest_of, only_row

LATE = {"rule": "oldest_wait", "severity": "page", "value": 139.0, "threshold": 60.0, "n": 5}
REASON = "Burst pipes: 5 waiting, the oldest for 2m19s (limit 1m); 2 call backs"


def row_of(**changes: object) -> Row:
    fired = alert(**{"queue_name": "Burst pipes", "reason": REASON} | LATE | changes)
    return only_row(latest_of(snapshot(NOW, attention=ACT), alerts=(fired,)))


def sentence(row: Row, language: Language) -> str:
    return plain(alert_sentence(row.alerts[0], texts_of(language)))


def test_the_sentence_of_an_alert_is_that_of_the_messages_in_the_language_of_the_page() -> None:
    row = row_of()
    assert sentence(row, "en") == REASON  # with what the figures do not say
    assert sentence(row, "id") == (
        "Burst pipes: 5 penelepon menunggu, yang terlama sudah 2 mnt 19 dtk (batas 1 mnt)"
    )
    # The name of the queue is set apart, so that the line keeps its order from right to left.
    assert sentence(row, "ar").startswith("\u2068Burst pipes\u2069: ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_alert_in_its_clearing_time_says_that_it_ends(language: Language) -> None:
    say = texts_of(language)
    goes_on, ends = row_of(), row_of(calm=True)
    assert plain(cause(ends, say, NOW)) != plain(cause(goes_on, say, NOW))
    assert plain(cause(ends, texts_of("en"), NOW)) == "ending: somebody waits too long, since 14:03"


def test_one_that_goes_on_is_said_before_one_that_ends() -> None:
    late = alert(alert_id="a2", **LATE | {"calm": True})
    nobody = alert(alert_id="a3", rule="nobody_signed_in", severity="page", onset_at=NOW + 1)
    row = only_row(latest_of(snapshot(NOW, attention=ACT), alerts=(late, nobody)))
    assert cause(row, texts_of("en"), NOW).startswith("nobody is signed in")


def test_a_row_at_act_names_a_going_alert_before_one_that_is_ending() -> None:
    """Else a row of which one call in a hundred is in time says that it ends."""
    page = alert(alert_id="a2", **LATE | {"calm": True})
    losing = alert(alert_id="a3", rule="abandonment", severity="warn", onset_at=NOW)
    tried = alert(alert_id="a4", rule="understaffed", severity="rehearse", onset_at=NOW)
    row = only_row(latest_of(snapshot(NOW, attention=ACT), alerts=(page, losing, tried)))
    assert cause(row, texts_of("en"), NOW).startswith("too many hang up")
    alone = only_row(latest_of(snapshot(NOW, attention=ACT), alerts=(page, tried)))
    assert cause(alone, texts_of("en"), NOW).startswith("ending: somebody waits too long")


def test_a_rule_that_is_raised_and_does_not_fire_is_named_in_every_language() -> None:
    raised = Attention("act", REASON, "oldest_wait")
    row = only_row(latest_of(snapshot(NOW, attention=raised)))
    assert cause(row, texts_of("en"), NOW) == "somebody waits too long"
    assert cause(row, texts_of("id"), NOW) == "ada yang menunggu terlalu lama"
    former = only_row(latest_of(snapshot(NOW, attention=replace(raised, rule=""))))
    assert cause(former, texts_of("id"), NOW) == REASON


def test_who_has_it_and_what_was_written_stand_below_it() -> None:
    latest = latest_of(snapshot(NOW, attention=ACT), alerts=(alert(**LATE),))
    for said in (
        Acknowledged(who="Ann", at=NOW - 2 * MINUTE, alert_id="a1", note="on my way"),
        Noted(who="<b>", at=NOW - MINUTE, alert_id="a1", note="a valve & a pump"),
    ):
        latest.apply("commands", command_key(said), encode(said))
    row = only_row(latest)
    shown = every(about_alert(row.alerts[0], row, texts_of("en"), NOW))
    assert "Ann has it since 14:01" in plain(shown)
    assert "14:01 Ann: on my way14:02 &lt;b&gt;: a valve &amp; a pump" in plain(shown)
    assert "sejak 14:01" in plain(cause(row, texts_of("id"), NOW))


def test_a_mute_says_by_whom_and_until_when() -> None:
    latest = latest_of(snapshot(NOW, attention=ACT), alerts=(alert(**LATE),))
    mute = Muted(who="Ann", at=NOW, mute_id="m", until=NOW + 30 * MINUTE, rule="oldest_wait")
    latest.apply("commands", command_key(mute), encode(mute))
    assert "muted by Ann until 14:33" in plain(cause(only_row(latest), texts_of("en"), NOW))


def test_who_sees_a_part_of_an_incident_reads_neither_its_queues_nor_its_notes() -> None:
    about = alert(
        rule="incident", severity="page", queue="", topic="leak", area="ward-1", n=5,
        reason="5 callers: 3 burst-pipes, 2 payroll", queues=("burst-pipes", "payroll"),
    )  # fmt: skip
    seen = Attention("act", about.reason, "incident")
    latest = latest_of(
        snapshot(NOW, attention=seen), alerts=(about,),
        promises=(targets(), targets(queue="payroll", department="staff")),
    )  # fmt: skip
    noted = Noted(who="Bo", at=NOW, alert_id="a1", note="payroll is full")
    latest.apply("commands", command_key(noted), encode(noted))
    (mine,) = board(latest, NOW, scope=Scope(frozenset({"works"}))).rows
    assert "payroll" not in repr(mine)
    assert mine.alerts[0].n == 0
    assert sentence(mine, "en") == "callers about one thing, in other departments, too"


@pytest.mark.parametrize("language", LANGUAGES)
def test_remarks_are_in_the_language_of_the_page(language: Language) -> None:
    window = parse_maintenance("2026-11-18 14:00-15:00 PBX upgrade")
    seen = snapshot(
        NOW, doubtful=2, out_of_hours_waiting=1, unexplained_legs=3, configured=False, replay=True,
        replay_shift_ms=MINUTE, not_evaluated={"understaffed": "no agents reported", "surge": "no profile"},
    )  # fmt: skip
    row = only_row(latest_of(seen, promises=(targets(maintenance=(window,)),)))
    said = [plain(each) for each in remarks(row, texts_of(language), NOW)]
    assert len(said) == len(row.remarks) == 8
    assert "PBX upgrade" in said[0]
    assert texts_of(language).reason("of another release") == "of another release"
    if language != "en":
        assert not set(said) & set(row.notes)


SILENT_ONE = Part("archive", ready=False, state="silent", silent_ms=75_000)
WELL = board(latest_of(snapshot(NOW)), NOW)
BLOCKED = Part("archive", ready=False, state="blocked", detail="no disk <b>")
IN_TROUBLE = replace(WELL, problem="no <b>", parts=(SILENT_ONE, BLOCKED), dark=2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_processes_are_said_in_the_language_and_what_they_say_themselves_in_english(
    language: Language,
) -> None:
    say = texts_of(language)
    unread, silent, blocked, dark = troubles(IN_TROUBLE, say)
    assert plain(silent) == plain(say("trouble_part", part=Html("archive"), state=say("part_silent", time=say.span(75_000))))  # fmt: skip
    assert plain(unread) == say("trouble_unread", why=Html("no &lt;b&gt;"))
    assert blocked.count('<bdi lang="en">') == 2  # its name, and its own sentence
    assert "no disk &lt;b&gt;" in blocked
    assert dark == say("trouble_dark", n=2, all=1)
    if language != "en":
        english = troubles(IN_TROUBLE, texts_of("en"))
        assert not {unread, silent, blocked, dark} & set(english)


def test_a_ready_part_is_no_trouble_and_an_unknown_state_is_shown_as_it_is() -> None:
    say = texts_of("ar")
    later = Part("stream", ready=False, state="moving_house")
    assert troubles(replace(WELL, parts=(Part("stream", ready=True),)), say) == []
    assert "moving house" in troubles(replace(WELL, parts=(later,)), say)[0]
