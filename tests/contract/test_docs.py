"""The documents name only what exists, and what exists is in the documents."""

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from dashboards.grafana.lint import unknown_series
from producers.simulate.scenarios import NAMES
from schemas.alerts import alert_name
from schemas.counters import COUNTERS
from schemas.formulas import ABANDONMENTS, SERVICE_LEVELS
from schemas.millis import DAY
from schemas.queues_toml import parse_queues
from schemas.topics import TOPICS
from streams.cli.main import cli
from streams.core.rule_catalogue import RULE_TABLES
from streams.core.rule_catalogue import RULES as ALERT_RULES
from streams.history.call_figures import COLUMNS
from streams.plumbing import http_config, kafka_config, tls_config
from streams.plumbing.config_file import Settings
from streams.sinks.clickhouse import address
from tests.support import rule_table
from tests.support.documents import (
    DOCUMENTS,
    README,
    all_commands,
    blocks,
    commands,
    options_of,
    read,
    resolved,
    shell_lines,
    spans,
)
from tests.support.sources import ROOT

DOCS = ROOT / "docs"
BESIDE_KAFKA = "### TLS and log-in beside Kafka"
COMMANDS = dict(all_commands())
_PROGRAMS_OF_OTHERS = ("docker ", "make ", "systemctl ", "`systemctl ")
OPTIONS = {name for command in COMMANDS.values() for name in options_of(command)}
RULES = read(ROOT / "deploy/prometheus/rules/pipeline.yml")
MAKE = set(re.findall(r"^([a-z-]+):", read(ROOT / "Makefile"), re.MULTILINE))
named = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def test_the_readers_pages_are_among_the_documents() -> None:
    pages = {"first-log", "supervisor", "on-call", "executive", "operator", "developer"}
    assert pages | {"README", "CHANGELOG", "definitions", "OldestWait"} <= {
        path.stem for path in DOCUMENTS
    }


@named
def test_every_command_and_option_exists(document: Path) -> None:
    for words in commands(read(document)):
        path, command = resolved(words)
        unknown = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert unknown - options_of(command) - options_of(cli) == set(), " ".join(words)
        assert path or words[0].startswith("-"), " ".join(words)


def test_commands_are_found_in_blocks_and_in_sentences() -> None:
    text = read(README) + read(DOCS / "first-log.md")
    paths = {resolved(words)[0] for words in commands(text)}
    assert {("up",), ("send", "queue-log"), ("history", "summary"), ("drain",)} <= paths
    with pytest.raises(KeyError):
        resolved(["send", "no-such-source"])


@named
def test_every_option_in_a_sentence_is_one_of_ours(document: Path) -> None:
    ours = [code for code in spans(read(document)) if not code.startswith(_PROGRAMS_OF_OTHERS)]
    words = {word for code in ours for word in re.findall(r"--[a-z][a-z-]*", code)}
    assert words - OPTIONS == set()


@named
def test_every_make_target_exists(document: Path) -> None:
    text = read(document)
    targets = {
        found[1]
        for code in (*shell_lines(text), *spans(text))
        if (found := re.match(r"make ([a-z-]+)", code))
    }
    assert targets - MAKE == set()


@named
def test_every_relative_link_and_image_exists(document: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", read(document))
    missing = [
        link
        for link in links
        if "://" not in link and not (document.parent / link.partition("#")[0]).exists()
    ]
    assert missing == []


@named
def test_every_series_exists(document: Path) -> None:
    assert list(unknown_series(read(document))) == []


@named
def test_every_toml_block_is_a_queues_file(document: Path) -> None:
    for block in blocks(read(document), "toml"):
        if block.startswith("[board]"):
            continue  # access.toml, which tests/unit/dashboards/access/test_config.py reads
        file = parse_queues(block, RULE_TABLES)
        assert file.queues or file.metrics


def test_the_readme_shows_a_queues_file() -> None:
    assert len(blocks(read(README), "toml")) == 1


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: " ".join(path) or "queuewatch")
def test_help_has_an_example_that_names_this_command(path: tuple[str, ...]) -> None:
    done = CliRunner().invoke(cli, [*path, "--help"], prog_name="queuewatch")
    assert done.exit_code == 0
    _, _, examples = done.output.partition("Example")
    assert " ".join(("queuewatch", *path)) in examples


def test_on_call_lists_every_alert_with_its_runbook() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (\w+) .*\(runbooks/(\w+)\.md\)", read(DOCS / "on-call.md"), re.MULTILINE
    )
    of_queues = {alert_name(rule.name): rule.severity for rule in ALERT_RULES}
    alerts = set(re.findall(r"- alert: (\w+)", RULES)) | of_queues.keys()
    assert {alert for alert, _, _ in rows} == alerts
    runbook = dict(
        re.findall(r"- alert: (\w+).*?runbook_url: docs/runbooks/(\w+)\.md", RULES, re.DOTALL)
    )
    runbook |= {name: name for name in of_queues}
    severity = dict(re.findall(r"- alert: (\w+).*?severity: (\w+)", RULES, re.DOTALL)) | of_queues
    for alert, said, book in rows:
        assert book == runbook[alert]
        assert said == severity.get(alert, said)


def test_every_kafka_config_is_one_and_every_name_is_described(tmp_path: Path) -> None:
    text = read(DOCS / "operator.md")
    found = blocks(text.partition(BESIDE_KAFKA)[0], "properties")
    assert len(found) == 2
    for block in found:
        assert not kafka_config.read_config(with_files(block, tmp_path), {}).is_open
    table = text.replace("….secret.file", "sasl.oauthbearer.client.secret.file")
    assert not [name for name in kafka_config.WORDS.names if f"`{name}`" not in table]


def with_files(block: str, folder: Path) -> Path:
    """The block as a file, with files of that folder in place of those that it names."""
    for path in re.findall(r"=(/.*)", block):
        file = folder / Path(path).name
        file.write_text("open sesame")
        block = block.replace(path, str(file))
    place = folder / "block.properties"
    place.write_text(block)
    return place


def test_every_config_beside_kafka_is_one_and_every_name_is_described(tmp_path: Path) -> None:
    _, _, text = read(DOCS / "operator.md").partition(BESIDE_KAFKA)
    kinds = (address.WORDS, http_config.words_of("alertmanager"), http_config.words_of("x"))
    for words, block in zip(kinds, blocks(text, "properties"), strict=True):
        assert Settings(words, with_files(block, tmp_path), {}).values
    names = {*address.WORDS.names, *http_config.LOGIN_NAMES} - set(tls_config.TLS_NAMES)
    assert not [name for name in names if f"`{name}`" not in text]


def test_the_table_of_alert_rules_is_fresh() -> None:
    text = read(rule_table.DOCUMENT)
    assert rule_table.rendered(text) == text, "run `python -m tests.support.rule_table`"
    assert all(f"| `{alert_name(rule.name)}` | {rule.severity} |" in text for rule in ALERT_RULES)


def test_every_environment_variable_is_in_the_operators_page_and_no_other() -> None:
    of_options = {
        option.envvar
        for command in COMMANDS.values()
        for option in command.params
        if isinstance(option, click.Option) and isinstance(option.envvar, str)
    }
    of_compose = set(re.findall(r"\$\{(QUEUEWATCH_\w+)", read(ROOT / "docker-compose.yml")))
    page = set(re.findall(r"QUEUEWATCH_\w+", read(DOCS / "operator.md")))
    assert page == of_options | of_compose | {"QUEUEWATCH_GRAFANA_TOKEN"}


def test_every_topic_is_in_the_operators_page_with_how_long_it_is_kept() -> None:
    table = read(DOCS / "operator.md").partition("## Topics")[2].partition("\n## ")[0]
    kept = {
        topic: row[1]
        for row in re.findall(r"^\| (`.*?) \| (.*?) \|$", table, re.MULTILINE)
        for topic in re.findall(r"`(\w+)`", row[0])
    }
    assert set(kept) == {topic.name for topic in TOPICS}
    for topic in TOPICS:
        if topic.retention_ms is not None:
            days = topic.retention_ms // DAY
            assert re.search(rf"\b{days} days?\b", kept[topic.name]), topic.name
        assert ("compact" in topic.cleanup) == bool(re.search("compacted|newest", kept[topic.name]))


def test_every_scenario_has_its_row_and_its_command() -> None:
    page = read(DOCS / "scenarios.md")
    assert set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)) == set(NAMES)
    ran = {
        words[words.index("--scenario") + 1] for words in commands(page) if "--scenario" in words
    }
    assert ran == set(NAMES) - {"bench"}


def test_every_formula_and_every_wait_is_defined() -> None:
    text = read(DOCS / "definitions.md")
    names = {rule.name for rule in (*SERVICE_LEVELS, *ABANDONMENTS)}
    times = {column.name for column in COLUMNS if column.unit == "s"}
    sums = {f"{name.removesuffix('_s')}_ms" for name in times} & set(COUNTERS)
    assert "Reports show a counter in ms in seconds" in text
    names |= sums | {name for name in times if f"{name.removesuffix('_s')}_ms" not in sums}
    assert {name for name in names if f"`{name}`" not in text} == set()


def test_the_changelog_has_this_version() -> None:
    version = re.search(r'^version = "(.*)"', read(ROOT / "pyproject.toml"), re.MULTILINE)
    assert version is not None
    assert f"## [{version[1]}]" in read(ROOT / "CHANGELOG.md")
