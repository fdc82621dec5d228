"""What a page of the board is: its addresses, the rows that it shows, how it is drawn. One module each in `pages`.

A page is a pure function of a board; the server draws it once for all who may see the same in the same language.
"""

from collections.abc import Callable, Collection

from msgspec import Struct

from dashboards.access.rights import Principal
from dashboards.wallboard.desk import Desk
from dashboards.wallboard.desk_choice import Wanted
from dashboards.wallboard.last_hour import LastHour
from dashboards.wallboard.order import Held
from dashboards.wallboard.page import Board, Row
from dashboards.wallboard.past import Known
from dashboards.wallboard.texts import Texts
from schemas.owners import Language
from streams.charts.html import Html


class Asked(Struct, frozen=True):
    """A page as it was asked for: `id` is the last part of its address, "" if it has none."""

    page: str
    id: str
    language: Language


class Unknown(Struct, frozen=True):
    """What an address asks for and there is not: of `sort`, `sign`, `department`, `centre` or `queue` this value."""

    kind: str
    value: str


class Asker(Struct, frozen=True):
    """Who asks for a personal page, and what that viewer alone gets. `address` leads back to it with its filters.

    `desk` None: the filters ask for a department, centre or queue that there is not. `unknown` says what there is not.
    `departments` are id and name of those that the viewer sees.
    """

    who: Principal
    address: str
    desk: Desk | None
    wanted: Wanted = Wanted()
    sign: str = ""
    department: str = ""
    departments: tuple[tuple[str, str], ...] = ()
    unknown: tuple[Unknown, ...] = ()


class Beside(Struct, frozen=True):
    """What is known beside the board of now: the last hour, and of a page that shows days past what the archive said."""

    last_hour: LastHour
    past: Known | None = None


class Seen(Struct, frozen=True):
    """What a page is drawn from; `before` is the order that it had when it was drawn last, `asker` is of a personal one."""

    board: Board
    id: str
    say: Texts
    before: Held | None = None
    asker: Asker | None = None
    beside: Beside = Beside(LastHour())


class Drawn(Struct, frozen=True):
    """`rows` are those by which the page's freshness is judged. `status` 404: there is no such thing."""

    title: str
    html: Html
    rows: Collection[Row]
    status: int = 200
    held: Held | None = None


class Page(Struct, frozen=True):
    """`routes` are addresses as aiohttp takes them, with `{id}` for an id; `scrolls`: a television does not. `by` are parameters of
    the address of which the first that is given makes the id: `queue=billing`. `past`: the queues whose days past it shows.
    `is_personal`: it is drawn for each viewer, with the mark of its forms and by the filters in its address.
    """

    name: str
    routes: tuple[str, ...]
    draw: Callable[[Seen], Drawn]
    scrolls: bool = True
    is_personal: bool = False
    by: tuple[str, ...] = ()
    past: Callable[[Board, str], tuple[str, ...]] | None = None
