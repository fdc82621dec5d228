"""The public bulletin as JSON: its shape is a promise to whoever reads it (schemas/json/bulletin.schema.json)."""

from typing import Literal

from msgspec import Struct

from schemas.owners import Language

CountName = Literal["calls", "answered", "gave_up", "refused", "otherwise"]
Reason = Literal["no_data", "books_differ", "without_end", "source_silent", "records_refused"]


class Withheld(Struct, frozen=True):
    """Why no figure is published, in a word and in a sentence."""

    reason: Reason
    text: str


class BulletinRow(Struct, frozen=True, kw_only=True):
    """One centre, or all together (`group` ""). `calls` came in opening hours: `answered`, `gave_up` (hung up while waiting, also at
    once), `refused` (turned away before waiting) or `otherwise` (passed on, called back, sent on by a rule, lost).

    A count that is null is hidden, and stands in `suppressed`: it is small, or a small one could be worked out from it. A share or a
    wait that is null is one of few calls. `served_percent`: served as each line promised; `goal_percent`: what was promised. Half of
    those answered waited at most `half_waited_s` seconds, nine of ten at most `nine_of_ten_waited_s`.
    """

    group: str
    name: str
    calls: int | None
    answered: int | None
    gave_up: int | None
    refused: int | None
    otherwise: int | None
    suppressed: tuple[CountName, ...] = ()
    served_percent: int | None = None
    goal_percent: int | None = None
    half_waited_s: int | None = None
    nine_of_ten_waited_s: int | None = None


class Bulletin(Struct, frozen=True, kw_only=True):
    """Of a day or a month, `[start, end)`, with times in UTC. Counts below `smallest_count` are hidden; shares and waits are of at
    least `fewest` calls. `rows` are empty where it is `withheld`. So many calls, `missing_at_most`, may not be in the figures, because
    records could not be read. `language`: of its names and reasons.
    """

    format: Literal[1] = 1
    length: Literal["day", "month"]
    period: str
    start: str
    end: str
    zone: str
    known_at: str
    smallest_count: int
    fewest: int
    withheld: tuple[Withheld, ...] = ()
    rows: tuple[BulletinRow, ...] = ()
    missing_at_most: int = 0
    language: Language = "en"
