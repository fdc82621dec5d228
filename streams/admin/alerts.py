"""Alerts and what people say about them, as topics `alerts` and `commands` tell. Pure except for reading and `say`."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from schemas.alerts import Alert, is_probe
from schemas.codec import encode
from schemas.commands import AlertCommand, command_key
from schemas.commands_book import CommandsBook
from schemas.pipeline_alerts import parsed
from schemas.topics import topic_name
from streams.admin.broker import AdminError, decodable, read_whole, write

_OPEN = frozenset({"pending", "firing"})


class KnownAlerts(Struct, frozen=True):
    """The newest version of each alert that the topic still holds, by onset."""

    alerts: Sequence[Alert]
    book: CommandsBook

    def open(self) -> list[Alert]:
        return [alert for alert in self.alerts if alert.state in _OPEN]

    def named(self, name: str) -> Alert:
        """By its id, or by RULE/QUEUE (RULE/TOPIC/AREA), which means the newest alert of that rule and place."""
        found = [
            alert
            for alert in self.alerts
            if name in {alert.alert_id, f"{alert.rule}/{alert.place}"}
        ]
        if not found:
            raise AdminError(f'no alert "{name}" (`queuewatch alerts list --all` shows their ids)')
        return max(found, key=lambda alert: (alert.state in _OPEN, alert.onset_at))

    def open_named(self, name: str) -> Alert:
        """The same, of an alert that goes on; AdminError if it is over."""
        alert = self.named(name)
        if alert.state not in _OPEN:
            raise AdminError(f"alert {alert.alert_id} is over: {alert.state}")
        return alert

    def goes_on(self, name: str) -> tuple[str, str]:
        """Id and sentence of an alert that somebody can take. One of the pipeline stands in no topic: its id is taken as it is."""
        if parsed(name) is not None:
            return name, "an alert of the pipeline"
        alert = self.open_named(name)
        return alert.alert_id, alert.reason


def read(bootstrap: str, namespace: str) -> KnownAlerts:
    alerts = _values(bootstrap, namespace, "alerts")
    commands = _values(bootstrap, namespace, "commands")
    return known(decodable(Alert, alerts), decodable(AlertCommand, commands))  # type: ignore[arg-type]  # a union of structs


def _values(bootstrap: str, namespace: str, topic: str) -> list[bytes | None]:
    return [record.value for record in read_whole(bootstrap, topic_name(topic, namespace))]


def known(alerts: Iterable[Alert], commands: Iterable[AlertCommand]) -> KnownAlerts:
    """Of records in the order of their topics; of two equal versions of an alert the later record holds."""
    newest: dict[str, Alert] = {}
    for alert in alerts:
        if is_probe(alert):
            continue
        held = newest.get(alert.alert_id)
        if held is None or alert.version >= held.version:
            newest[alert.alert_id] = alert
    book = CommandsBook()
    for command in commands:
        book.apply(command)
    return KnownAlerts(
        sorted(newest.values(), key=lambda alert: (alert.onset_at, alert.alert_id)), book
    )


def say(bootstrap: str, namespace: str, command: AlertCommand) -> None:
    """Write the command; return when every replica has it."""
    topic = topic_name("commands", namespace)
    write(bootstrap, topic, command_key(command), encode(command))
