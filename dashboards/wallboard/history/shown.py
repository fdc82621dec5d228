"""What a page of the past is drawn from. Pure."""

from collections.abc import Mapping

from msgspec import Struct

from dashboards.wallboard.history.address import Address
from dashboards.wallboard.history.place import Place
from dashboards.wallboard.past import KnownFigures
from dashboards.wallboard.texts import Texts
from schemas.past_figures import Figures, Part, PastTold


class Shown(Struct, frozen=True):
    """`known` is what the archive said of each part that the page has. `may_export`: the reader may take a file away;
    `may_list`: single calls of the queue may be listed to the reader; `may_note`: the reader may write notes of all that is
    shown, by a form with `mark` in it.
    """

    address: Address
    place: Place
    known: Mapping[Part, KnownFigures]
    say: Texts
    now: int
    zone: str
    may_export: bool = False
    may_list: bool = False
    may_note: bool = False
    mark: str = ""

    @property
    def is_asking(self) -> bool:
        """Such a page is loaded again by itself."""
        return any(known.problem in {"asking", "slow"} for known in self.known.values())

    def told(self, part: Part) -> PastTold | None:
        return self.known[part].told if part in self.known else None

    def rows(self, part: Part) -> tuple[Figures, ...]:
        told = self.told(part)
        return told.rows if told else ()

    @property
    def whole(self) -> Figures:
        """The row of everything together; empty where nothing is known."""
        rows = self.rows("glance")
        return rows[0] if rows else {}
