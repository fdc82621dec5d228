"""The usual calls of one queue, by the profile and the targets that hold at a moment; kept until one of them changes."""

from schemas.targets import Targets
from streams.core.expected_calls import ExpectedCalls
from streams.core.profiles import Profiles


class UsualCalls:
    """Asked at each boundary: mostly nothing is looked up."""

    __slots__ = ("_from", "_known", "_of", "_profiles")

    def __init__(self, profiles: Profiles) -> None:
        self._profiles = profiles
        self._known: ExpectedCalls | None = None
        self._of, self._from = (
            -1,
            0,
        )  # after how many changes of profiles, and from which moment on, `_known` holds

    def at(self, targets: Targets, moment: int) -> ExpectedCalls | None:
        """None without a profile."""
        profiles, known = self._profiles, self._known
        if (
            self._of == profiles.changes
            and moment >= self._from
            and (known is None or known.targets is targets)
        ):
            return known
        profile = profiles.at(targets.queue, moment)
        newest_from = profiles.newest_from(targets.queue)
        # A version that has begun holds until another one is published.
        self._of = profiles.changes if moment >= newest_from else -1
        self._from = newest_from
        if profile is None:
            known = None
        elif known is None or not known.holds(profile, targets):
            known = ExpectedCalls(profile, targets)
        self._known = known
        return known
