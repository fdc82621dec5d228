"""Makes and publishes the profiles of all queues once a day, in the night of the default zone or as soon as possible."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from schemas.millis import to_datetime
from streams.admin.broker import AdminError
from streams.admin.profiles import publish_profiles, read_profiles
from streams.history.catalogue import read_zone
from streams.history.profiling import made_profiles, published_book
from streams.sinks.clickhouse.database import Reader, RefusedError, UnavailableError

_FROM_HOUR = 3


class NightlyProfiles:
    """Asked every 10 minutes by the nightly work of the archive."""

    def __init__(self, bootstrap: str, namespace: str, say: Callable[[str], None]) -> None:
        self._bootstrap = bootstrap
        self._namespace = namespace
        self._say = say
        self._said = ""
        self._done_on = ""

    def turn(self, reader: Reader, now: int) -> None:
        """Make today's profiles, unless that was done, here or by a command; after a failure, the next turn tries again."""
        try:
            zone = ZoneInfo(read_zone(reader, now))
            local = to_datetime(now, zone)
            today = local.date().isoformat()
            if today == self._done_on or local.hour < _FROM_HOUR:
                return
            known = read_profiles(self._bootstrap, self._namespace)
            made_at = max((each[-1].made_at for each in known.values()), default=0)
            if to_datetime(made_at, zone).date() < local.date():
                self._publish(reader, now)
            self._done_on = today
        except (AdminError, RefusedError, UnavailableError) as error:
            if str(error) != self._said:
                self._said = str(error)
                self._say(f"no profiles, tried again: {error}")

    def _publish(self, reader: Reader, now: int) -> None:
        made = made_profiles(reader, published_book(reader, now), now)
        enough = [each.profile for each in made if each.profile is not None]
        new = publish_profiles(self._bootstrap, self._namespace, enough, now)
        if made:
            self._say(
                f"profiles: {len(new)} published; {len(enough)} of {len(made)} queues have enough history"
            )
