"""`queuewatch` with a bug: `python -m tests.chaos.faulty raise|hang LEG stream …`.

The rules that judge legs trip over one of them, once it is answered: they raise, or never return.
"""

import sys
from typing import Any

from schemas.calls import Answered
from streams.cli.main import main
from streams.core import queue_legs, verdict
from streams.core.plain_facts import PLAIN


def break_judge(how: str, leg_id: str) -> None:
    plain = PLAIN[Answered]

    def trip(leg: Any) -> None:
        if leg.leg_id == leg_id:
            while how == "hang":
                pass
            raise ArithmeticError("a bug of ours")

    def wholly(leg: Any, *args: Any, **more: Any) -> Any:
        if leg.answered_at is not None:
            trip(leg)
        return verdict.judge(leg, *args, **more)

    def plainly(event: Any, leg: Any, *args: Any) -> Any:
        trip(leg)
        return plain.judge(event, leg, *args)

    vars(queue_legs)["judge"] = wholly
    PLAIN[Answered] = plain._replace(judge=plainly)


if __name__ == "__main__":
    break_judge(sys.argv[1], sys.argv[2])
    del sys.argv[1:3]
    main()
