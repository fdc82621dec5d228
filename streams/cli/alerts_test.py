"""`queuewatch alerts test`: a marked message to an owner through all of `deliver`, and who got it."""

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

import click

from schemas.addresses import BOARD_URL, STATUS_PATH
from streams.cli import connections, options
from streams.cli.deliver_place import deliver_url_of_up
from streams.cli.options import Failure

if TYPE_CHECKING:
    from streams.plumbing.http_place import HttpPlace

_WITHIN_S = 90.0


@click.command(name="test")
@click.argument("owner")
@deliver_url_of_up
@connections.login_at("deliver", "deliver")
@options.data_of_up
@click.option(
    "--board-url",
    envvar="QUEUEWATCH_BOARD_URL",
    default=BOARD_URL,
    show_default=True,
    metavar="URL",
    help="As notify has it: where people open the board.",
)
@click.option(
    "--runbooks",
    envvar="QUEUEWATCH_RUNBOOKS",
    default="",
    metavar="URL",
    help="As notify has it: where the runbooks are, if not on the board.",
)
def try_out(owner: str, url: str, board_url: str, runbooks: str) -> None:
    """Send OWNER a message that is marked TEST, by all addresses of its deliver_file, and say who got it.

    Quiet hours and the rate do not hold it. Exit code 1 if somebody got nothing.

    \b
    Example:
      queuewatch alerts test water-duty
    """
    board = board_url.rstrip("/")
    links = {"board_url": board, "runbooks": runbooks.rstrip("/") or f"{board}/runbooks"}
    found = _asked(
        f"{url}/test/{urllib.parse.quote(owner, safe='')}", links, connections.place("deliver", url)
    )
    for each in found["targets"]:
        reason = f": {each['reason']}" if each["reason"] else ""
        click.echo(f"{each['target']}: {each['state']}{reason}")
    for remark in found["remarks"]:
        click.echo(remark, err=True)
    missed = [each["target"] for each in found["targets"] if each["state"] != "sent"]
    if missed:
        raise Failure(
            f"{owner}: {len(missed)} of {len(found['targets'])} got nothing: {', '.join(missed)}"
        )


def _asked(url: str, query: dict[str, str], place: "HttpPlace") -> dict[str, Any]:
    address = f"{url}?{urllib.parse.urlencode(query)}"
    request = urllib.request.Request(address, data=b"", method="POST")  # noqa: S310 - its scheme is checked
    try:
        with place.opened(request, _WITHIN_S) as answer:
            found: dict[str, Any] = json.load(answer)
            return found
    except urllib.error.HTTPError as error:
        with error:
            said = " ".join(error.read(1000).decode(errors="replace").split())
            said = place.refusal(error.code) or said or f"answers {error.code}"
            raise Failure(f"deliver at {place.url}: {said}") from None
    except (OSError, ValueError):
        connections.check_let_in(place, STATUS_PATH)
        raise Failure(
            f"deliver does not answer at {place.url}: start `queuewatch deliver` (another place: --deliver URL). It tries"
            " owners with `deliver_file`; those with a webhook or e-mail alone are told by Alertmanager, and not tried here"
        ) from None
