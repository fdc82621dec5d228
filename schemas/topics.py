"""The table of topics, by which they are created, checked, documented and tested."""

from typing import Literal, get_args

from msgspec import Struct

from schemas.across import AcrossRecord
from schemas.agents import AgentEvent, RosterEntry, Spell
from schemas.alerts import Alert
from schemas.audit import AuditRecord
from schemas.calls import CallEvent
from schemas.commands import AlertCommand
from schemas.deliveries import Delivery, Withdrawal
from schemas.health import Health
from schemas.legs import LegRow
from schemas.messages import OutgoingMessage
from schemas.millis import DAY, MINUTE, from_iso
from schemas.minutes import MinuteRow
from schemas.notes import AnyNoteRecord
from schemas.profiles import Profile
from schemas.publications import PublicationRecord
from schemas.quarantine import Quarantined
from schemas.reports import ReportsRecord
from schemas.scheduled_reports import ScheduledReport
from schemas.snapshots import QueueSnapshot
from schemas.targets import TargetsVersion, TopicsEpoch

DEFAULT_PARTITIONS = 8
# A version is (epoch << 40) + (offset << 4): it rises with the log, and when topics are created again. The
# last four bits count decisions that no record causes (targets published between two records): up to 15
# before the next record, so that two versions of one leg are never equal.
EPOCHS_BEGIN = from_iso("2026-01-01T00:00:00+00:00")  # an epoch is a number of minutes since then
EPOCH_SHIFT = 40
DECISION_BITS = 4
OFFSET_BITS = (
    EPOCH_SHIFT - DECISION_BITS
)  # a higher offset overflows into later epochs, whose minutes are over by then
_DECISIONS = (1 << DECISION_BITS) - 1

Cleanup = Literal["delete", "compact", "compact,delete"]


class Topic(Struct, frozen=True):
    """One topic. `partitions` None means the common count; `retention_ms` None means for ever."""

    name: str
    key: str
    holds: object  # the type of its records; bytes if only the writer decodes them
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    cleanup: Cleanup = "delete"
    retention_ms: int | None = None
    partitions: int | None = None
    log_append_time: bool = False
    transactional: bool = False


TOPICS: tuple[Topic, ...] = (
    Topic("calls", "queue id; any for marks", CallEvent, ("send", "notify", "quarantine"),
          ("stream", "archive", "quarantine"), retention_ms=7 * DAY, log_append_time=True),
    Topic("agents", "agent id; any for marks", AgentEvent, ("send", "quarantine"),
          ("stream", "quarantine"), retention_ms=7 * DAY, log_append_time=True),
    Topic("roster", "agent id", RosterEntry, ("stream",), ("stream", "board"),
          cleanup="compact", transactional=True),
    Topic("targets", "version, or `epoch`", TargetsVersion | TopicsEpoch, ("queues", "topics"),
          ("stream", "archive", "board", "history"), partitions=1),
    Topic("profiles", "queue and version", Profile, ("archive", "profiles"),
          ("stream", "profiles"), cleanup="compact", partitions=1),
    Topic("state", "piece of state of one unit", bytes, ("stream",),
          ("stream", "reconcile", "queues"),
          cleanup="compact", transactional=True),
    Topic("snapshots", "queue id", QueueSnapshot, ("stream",), ("board", "queues"),
          cleanup="compact,delete", retention_ms=DAY),
    Topic("minutes", "queue id", MinuteRow, ("stream",), ("archive",),
          retention_ms=7 * DAY, transactional=True),
    Topic("legs", "queue id", LegRow, ("stream", "queues"), ("archive", "board"),
          retention_ms=7 * DAY, transactional=True),
    Topic("spells", "agent id", Spell, ("stream",), ("archive",),
          retention_ms=7 * DAY, transactional=True),
    Topic("alerts", "alert id", Alert, ("stream",), ("notify", "board", "archive", "alerts"),
          cleanup="compact,delete", retention_ms=30 * DAY, transactional=True),
    Topic("quarantine", "original key", Quarantined, ("stream", "send", "archive", "quarantine", "deliveries"),
          ("archive", "quarantine", "deliveries"),
          retention_ms=30 * DAY, transactional=True),
    Topic("commands", "what is said, and of which alert", AlertCommand, ("alerts", "board", "notify"),
          ("notify", "board", "archive", "alerts"), cleanup="compact,delete", retention_ms=30 * DAY,
          partitions=1),
    Topic("messages", "message id", OutgoingMessage, ("deliver",), ("deliver", "archive"),
          cleanup="compact,delete", retention_ms=30 * DAY, partitions=1),
    Topic("deliveries", "delivery id, or `ID/withdrawn`", Delivery | Withdrawal, ("send", "deliveries"),
          ("archive", "deliveries"), cleanup="compact", partitions=1, log_append_time=True),
    Topic("notes", "note id, or `ID/withdrawn`, `ID/done`", AnyNoteRecord, ("notes", "board"),
          ("archive", "notes"), cleanup="compact", partitions=1, log_append_time=True),
    Topic("publications", "publication id; of a file with its name and digest", PublicationRecord,
          ("publications", "reports"), ("archive", "publications", "reports"), cleanup="compact", partitions=1, log_append_time=True),
    Topic("scheduled_reports", "report, and period; of it claim, failure or mail", ScheduledReport, ("reports",),
          ("archive", "reports"), cleanup="compact", partitions=1, log_append_time=True),
    Topic("reports", "topic and area, or a clock", ReportsRecord, ("stream",), ("stream",),
          retention_ms=DAY, partitions=1, log_append_time=True, transactional=True),
    Topic("across", "alert id, or `decided`", AcrossRecord, ("stream",), ("stream",),
          cleanup="compact,delete", retention_ms=DAY, partitions=1, transactional=True),
    Topic("audit", "who", AuditRecord, ("board", "audit", "reports"), ("board", "archive", "audit", "reports"),
          retention_ms=365 * DAY, partitions=1, log_append_time=True),
    Topic("health", "process and instance", Health,
          ("stream", "archive", "notify", "deliver", "board", "reports", "send"), ("status", "queues", "stream", "board", "notify"),
          cleanup="compact", partitions=1),
)  # fmt: skip

EPOCH_KEY = b"epoch"
_BY_NAME = {topic.name: topic for topic in TOPICS}


def topic(name: str) -> Topic:
    """The topic of that name; KeyError for another."""
    return _BY_NAME[name]


def topic_name(name: str, namespace: str = "") -> str:
    """The name on the broker: `namespace` keeps several systems apart on one cluster."""
    return f"{namespace}{_BY_NAME[name].name}"


def version_of(epoch: int, offset: int) -> int:
    """The version of what the record at that offset causes. `+`, not `|`: an offset may need more bits."""
    return (epoch << EPOCH_SHIFT) + (offset << DECISION_BITS)


Telling = Literal["waits", "talks", "less"]  # what a leg of history tells that does not tell all
_TELLINGS: tuple[Telling, ...] = get_args(Telling)


def lesser_version(version: int, telling: Telling) -> int:
    """The version of a leg of history that still went on when its file ended, or that says less than was known.

    Lower than every version that tells all, and lower for a leg that waited than for one that was answered:
    a file that is read again after the next one never takes back what that one has told.
    """
    return version_of(_TELLINGS.index(telling), offset_of(version))


def offset_of(version: int) -> int:
    """The offset of the causing record (of its last 36 bits)."""
    return version >> DECISION_BITS & (1 << OFFSET_BITS) - 1


def epoch_began(version: int) -> int:
    """When the topics of that version were created, to the minute; in milliseconds."""
    return EPOCHS_BEGIN + (version >> EPOCH_SHIFT) * MINUTE


def epoch_of(version: int) -> int:
    return version >> EPOCH_SHIFT


def is_decision(version: int) -> bool:
    """Whether no record caused the version: new targets were published, and the leg was judged again."""
    return version & _DECISIONS != 0


def next_decision(version: int) -> int | None:
    """The version of a leg that is judged again without a record: below that of any later record.

    None if the decisions of its record are used up; one more would tie with the next record.
    """
    return None if version & _DECISIONS == _DECISIONS else version + 1
