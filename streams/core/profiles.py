"""The profiles of all queues, kept up to date by the shell: every worker reads all of topic `profiles`."""

from schemas.profiles import Profile


class Profiles:
    """Of the versions of a queue that have begun, the newest one holds; before all of them the first."""

    def __init__(self) -> None:
        self._of: dict[str, list[Profile]] = {}
        self.changes = 0  # how often a version came or went

    def update(self, profile: Profile) -> None:
        """A version; one that is known already is replaced."""
        self.remove(profile.queue, profile.version)
        versions = [*self._of.get(profile.queue, ()), profile]
        self._of[profile.queue] = sorted(versions, key=lambda each: each.version)

    def remove(self, queue: str, version: int) -> None:
        """That version was deleted."""
        self.changes += 1
        self._of[queue] = [each for each in self._of.get(queue, ()) if each.version != version]

    def at(self, queue: str, moment: int) -> Profile | None:
        """The profile that holds at `moment`; None where none was ever published."""
        versions = self._of.get(queue)
        if not versions:
            return None
        newest = versions[-1]
        if newest.valid_from <= moment:  # nearly always: each boundary asks
            return newest
        return next((p for p in reversed(versions) if p.valid_from <= moment), versions[0])

    def newest_from(self, queue: str) -> int:
        """From when on the newest version of the queue holds; 0 where there is none."""
        versions = self._of.get(queue)
        return versions[-1].valid_from if versions else 0

    def newest(self) -> dict[str, Profile]:
        """By queue, the version that was published last."""
        return {queue: versions[-1] for queue, versions in sorted(self._of.items()) if versions}
