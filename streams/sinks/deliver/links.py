"""Links in messages of alerts of the pipeline: Prometheus posts them, and can sign none. Pure."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from schemas.ack_link import AckLink, address, expires_at
from schemas.owners import Owner
from schemas.pipeline_alerts import id_of, is_taken
from streams.sinks.deliver.telling import Heard, Telling
from streams.sinks.deliver.trial import opens_here_only

_RUNBOOKS = "docs/runbooks/"  # as the shipped rules of Prometheus have them


class MessageLinks(Struct, frozen=True):
    """`board` is where people open the board, without a slash at its end; `key` None: nothing is signed."""

    board: str
    key: bytes | None

    def remarks(self) -> Iterator[str]:
        """What people will miss in the messages, a line each."""
        if self.key is None:
            yield "messages of the pipeline have no link to acknowledge by: no --link-key-file"
        if opens_here_only(self.board):
            yield f"links to the board at {self.board} open on this machine only, and are left out: give --board-url"

    def added(self, telling: Telling, owner: Owner, now: int) -> Telling:
        """The telling with what its alerts lack. Those that `notify` posts have their links already."""
        return replace(
            telling, alerts=tuple(self._added(each, owner, now) for each in telling.alerts)
        )

    def _added(self, alert: Heard, owner: Owner, now: int) -> Heard:
        annotations = dict(alert.annotations)
        runbook = annotations.get("runbook_url", "")
        if runbook.startswith(_RUNBOOKS):
            annotations["runbook_url"] = f"{self.board}/runbooks/{runbook.removeprefix(_RUNBOOKS)}"
        if self.key and alert.is_firing and is_taken(alert.labels) and "ack_url" not in annotations:
            alert_id = id_of(alert.labels, alert.starts_at)
            link = AckLink(alert_id, owner.name, expires_at(now), owner.table.language)
            annotations["ack_url"] = address(self.board, self.key, link)
        return replace(alert, annotations=annotations)
