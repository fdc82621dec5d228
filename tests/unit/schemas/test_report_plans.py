"""`[[reports]]`: what is read, and every mistake by its path."""

import re

import pytest

from schemas.millis import HOUR
from schemas.queues_toml import QueuesFile, parse_queues
from schemas.report_plans import ReportPlan, When
from schemas.toml_reading import ConfigurationError
from streams.core.rule_catalogue import RULE_TABLES
from tests.support.sources import ROOT

FILE = """
[defaults]
time_zone = "Africa/Johannesburg"
holidays = ["2026-12-25"]
answer_within = "20s"
goal = 0.8
[mail]
server = "mail.example.org:587"
sender = "queues@example.org"
[owners.council]
email = ["clerk@example.org", "mayor@example.org"]
[owners.night]
webhook = "http://127.0.0.1:9095/"
[departments.water]
[departments.power]
[departments.empty]
[centres.taps]
department = "water"
[centres.wires]
department = "power"
[queues.leaks]
centre = "taps"
[queues.outages]
centre = "wires"
"""
MONTHLY = """
[[reports]]
name = "committee"
what = "month"
when = "first working day 06:30"
formats = ["pdf", "csv", "pdf"]
language = "zu"
"""
TO = 'to = { email = ["clerk@example.org"], owners = ["council"], folder = "/srv/reports" }\n'


def parsed(text: str, file: str = FILE) -> QueuesFile:
    return parse_queues(file + text, RULE_TABLES)


def test_a_report_takes_zone_and_holidays_of_the_file_and_the_addresses_of_owners() -> None:
    (plan,) = parsed(MONTHLY + TO).reports
    assert plan == ReportPlan(
        name="committee",
        what="month",
        when=When(6 * 60 + 30, is_working_day=True),
        formats=("pdf", "csv"),
        zone="Africa/Johannesburg",
        period_zone="Africa/Johannesburg",
        language="zu",
        folder="/srv/reports",
        email=("clerk@example.org", "mayor@example.org"),
        holidays=("2026-12-25",),
        late_after_ms=2 * HOUR,
    )
    assert (plan.length, plan.is_bulletin) == ("month", False)


def test_each_of_several_departments_gets_a_report_of_its_own() -> None:
    text = MONTHLY + TO
    both = parsed(text + 'departments = ["water", "power"]').reports
    assert [(each.name, each.department) for each in both] == [
        ("committee-water", "water"),
        ("committee-power", "power"),
    ]
    (one,) = parsed(text + 'departments = ["water"]').reports
    assert (one.name, one.department) == ("committee", "water")


def test_a_bulletin_and_an_offset() -> None:
    (plan,) = parsed("""
[[reports]]
name = "public"
what = "day bulletin"
when = "3h30m after"
time_zone = "UTC"
late_after = "30m"
formats = ["html", "json"]
to = { folder = "/srv/www" }
""").reports
    assert (plan.is_bulletin, plan.length, plan.zone) == (True, "day", "UTC")
    assert plan.when == When(after_ms=3 * HOUR + HOUR // 2)
    assert (plan.late_after_ms, plan.email) == (HOUR // 2, ())


def test_a_report_is_published_where_it_says_so() -> None:
    other = MONTHLY.replace("committee", "other") + TO
    plans = parsed(MONTHLY + TO + "publish = true\n" + other).reports
    assert [each.publish for each in plans] == [True, False]


def test_each_department_may_be_published_beside_all_of_them() -> None:
    other = MONTHLY.replace("committee", "parts") + 'departments = ["water", "power"]\n'
    plans = parsed(MONTHLY + TO + "publish = true\n" + other + TO + "publish = true\n").reports
    assert [(each.department, each.publish) for each in plans] == [
        (None, True), ("water", True), ("power", True),
    ]  # fmt: skip


def test_reports_are_not_published_with_the_targets() -> None:
    assert parsed(MONTHLY + TO).queues == parsed("").queues
    assert parsed("").reports == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[reports]", "reports: expected tables such as [[reports]]"),
        ("[[reports]]", "reports number 1.name: missing: it has no default"),
        (MONTHLY, "reports number 1.to: missing: it has no default"),
        (MONTHLY + "to = {}", "reports number 1.to: nobody would get it"),
        (MONTHLY + 'to = { folder = "reports" }', "reports number 1.to.folder: expected an absolute path"),
        (MONTHLY + 'to = { email = ["clerk"] }', "reports number 1.to.email: expected an address"),
        (MONTHLY + 'to = { owners = ["nobody-known"] }', 'reports number 1.to.owners: there is no [owners] "nobody-known"; known: council, night'),
        (MONTHLY + 'to = { owners = ["night"] }', 'reports number 1.to.owners: "night" has no email'),
        (MONTHLY + 'to = { people = ["night"] }', "reports number 1.to.people: unknown key"),
        (MONTHLY + TO + 'departments = ["gas"]', 'reports number 1.departments: no queue is of a department "gas"; known: water, power'),
        (MONTHLY + TO + 'departments = ["empty"]', 'reports number 1.departments: no queue is of a department "empty"'),
        (MONTHLY + TO + 'time_zone = "Mars"', 'reports number 1.time_zone: unknown time zone "Mars"'),
        (MONTHLY + TO + 'late_after = "0s"', "reports number 1.late_after: must be above 0"),
        (
            MONTHLY + TO + 'publish = true\ndepartments = ["water", "power"]\n' + MONTHLY.replace("committee", "other") + TO
            + 'publish = true\ndepartments = ["power"]',
            'reports number 2.publish: "committee-power" publishes each month of power already',
        ),
        (
            MONTHLY + TO + "publish = true\n" + MONTHLY.replace("committee", "other") + TO + "publish = true",
            'reports number 2.publish: "committee" publishes each month already',
        ),
        (MONTHLY + TO + MONTHLY + TO, 'reports number 2.name: "committee" is the name of two reports'),
        (MONTHLY.replace("committee", "Committee 1") + TO, "reports number 1.name: expected at most 60 of a-z"),
        (MONTHLY.replace("committee", "../etc") + TO, "reports number 1.name: expected at most 60 of a-z"),
        (MONTHLY.replace('"month"', '"year"') + TO, "reports number 1.what: unknown value 'year'; known: month, week"),
        (MONTHLY.replace("06:30", "6:30") + TO, 'reports number 1.when: expected "06:30", "first working day 06:30" or "3h after"'),
        (MONTHLY.replace("first working day 06:30", "soon after") + TO, "reports number 1.when: expected a duration"),
        (MONTHLY.replace("first working day 06:30", "29d after") + TO, "reports number 1.when: at most 672h"),
        (MONTHLY.replace('["pdf", "csv", "pdf"]', "[]") + TO, "reports number 1.formats: empty"),
        (MONTHLY.replace('"month"', '"day bulletin"').replace("formats", 'departments = ["water"]\nformats') + TO, "reports number 1.departments: a bulletin is of all departments"),
        (MONTHLY.replace('"month"', '"day bulletin"').replace('"zu"', '"en"') + TO, "reports number 1.formats: a bulletin is written as html, csv, json, not as pdf"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_with_its_place(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as found:
        parsed(text)
    assert str(found.value).startswith(said)


def test_mail_needs_its_server() -> None:
    file = FILE.replace(
        '[mail]\nserver = "mail.example.org:587"\nsender = "queues@example.org"\n', ""
    )
    file = file.replace('email = ["clerk@example.org", "mayor@example.org"]', 'deliver_file = "/x"')
    with pytest.raises(
        ConfigurationError, match=r"reports number 1\.to\.email: needs a table \[mail\]"
    ):
        parsed(MONTHLY + 'to = { email = ["clerk@example.org"] }', file)


def test_the_sample_in_the_shipped_file_is_right() -> None:
    text = (ROOT / "deploy" / "queues.toml").read_text()
    head, marker, after = text.partition("# [[reports]]")
    sample, gap, rest = f"{marker}{after}".partition("\n\n")  # other tables follow
    plain = re.sub(r"^# ?", "", sample, flags=re.MULTILINE)
    file = parse_queues(f"{head}{plain}{gap}{rest}", RULE_TABLES)
    assert {each.what for each in file.reports} == {"month", "day bulletin"}
    assert parse_queues(text, RULE_TABLES).reports == ()


def test_the_example_of_the_page_is_right() -> None:
    page = (ROOT / "docs" / "scheduled-reports.md").read_text()
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    (plan,) = parse_queues(example, RULE_TABLES).reports
    assert (plan.name, plan.department, plan.language) == ("committee", "water", "zu")
    assert plan.email == ("clerk@example.org", "mayor@example.org")
