"""Variables QUEUEWATCH_… of the environment that nobody reads: a slip of the pen has no effect and says nothing by itself.

Rule 1: one that is nearly a secret of ours, or is called like one of a connection of ours, ends the command: what somebody
took for protected would be open. Rule 2: of any other the name is told, with the nearest that there is, never a value.
"""

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from streams.plumbing.config_file import Vocabulary

OURS = "QUEUEWATCH_"
# Of the options of all commands. To load these takes longer than most commands run, so they stand here; a test compares.
OF_OPTIONS = frozenset(
    f"{OURS}{name}"
    for name in [
        "ACCESS",
        "ALERTMANAGER",
        "ALERTMANAGER_CONFIG",
        "ALERTMANAGER_PORT",
        "ARCHIVE_METRICS_PORT",
        "BIND",
        "BOARD_HOST",
        "BOARD_METRICS_PORT",
        "BOARD_PORT",
        "BOARD_URL",
        "CALLER_KEY_FILE",
        "CHECKPOINT_EVERY",
        "CHECKPOINT_WITHIN",
        "CLICKHOUSE",
        "CLICKHOUSE_CONFIG",
        "CREDENTIALS_FILE",
        "DATA",
        "DATABASE",
        "DELIVER",
        "DELIVER_CONFIG",
        "DELIVER_METRICS_PORT",
        "DELIVER_PORT",
        "GRAFANA",
        "GRAFANA_CONFIG",
        "GRAFANA_TOKEN_FILE",
        "HEARTBEAT_CONFIG",
        "HEARTBEAT_URL_FILE",
        "INSTANCE",
        "KAFKA",
        "KAFKA_CONFIG",
        "KAFKA_LIBS",
        "KAFKA_PORT",
        "KEEP",
        "LINK_KEY_FILE",
        "METRICS_PORT",
        "NAMESPACE",
        "NOTIFY_CONFIG",
        "NOTIFY_METRICS_PORT",
        "NOTIFY_URL",
        "OPEN_TO_EVERYONE",
        "PROMETHEUS",
        "PROMETHEUS_CONFIG",
        "PROMETHEUS_PORT",
        "QUERY_PORT",
        "QUEUES",
        "REPORTS_METRICS_PORT",
        "RESEND",
        "RUNBOOKS",
        "SESSION",
        "STATIC_MEMBER",
        "STUCK_AFTER",
        "TLS_CERTIFICATE",
        "TLS_KEY",
        "UNCONFIGURED_QUEUES",
        "WHO",
    ]
)
# Of the compose files and what they start, in an environment where commands may be typed, too; and of tests.
OF_OTHERS = frozenset(
    f"{OURS}{name}"
    for name in [
        "ADDRESSES",
        "BOARD_NAME",
        "DB_PASSWORD",
        "GRAFANA_ADMIN_PASSWORD",
        "GRAFANA_DB_PASSWORD",
        "GRAFANA_TOKEN",
        "SECRETS",
    ]
)
_OF_TESTS = f"{OURS}CHAOS"
_ALIKE = 0.85
_SECRET = re.compile(r"PASS?W|SECRET|TOKEN|KEY|CREDENTIAL")


class Slip(NamedTuple):
    """`near`: the likeliest of those that are read; `is_secret`: what stands there was perhaps to protect something."""

    name: str
    near: str
    is_secret: bool

    @property
    def text(self) -> str:
        return f"{self.name} is set, but no command knows it"

    @property
    def question(self) -> str:
        return f"is it {self.near}?"


def slips(given: Iterable[str]) -> Iterator[Slip]:
    """Of the names of an environment, in order."""
    for name in sorted(given):
        if name.startswith(OURS) and not name.startswith(_OF_TESTS) and name not in known():
            near, ratio = _nearest(name)
            is_ours = ratio >= _ALIKE or name.startswith(_prefixes())
            yield Slip(name, near, is_ours and bool(_SECRET.search(name) or _SECRET.search(near)))


@cache
def known() -> frozenset[str]:
    """All that are read, and those of others."""
    return OF_OPTIONS | OF_OTHERS | {w.variable(name) for w in _words() for name in w.names}


def _words() -> list["Vocabulary"]:
    from streams.plumbing import kafka_config
    from streams.plumbing.http_config import TARGETS, words_of
    from streams.sinks.clickhouse import address

    return [kafka_config.WORDS, address.WORDS, *map(words_of, TARGETS)]


def _prefixes() -> tuple[str, ...]:
    return tuple(each.prefix for each in _words())


def _nearest(name: str) -> tuple[str, float]:
    ratios = ((SequenceMatcher(None, each, name).ratio(), each) for each in sorted(known()))
    ratio, near = max(ratios)
    return near, ratio
