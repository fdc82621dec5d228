"""`queuewatch` with a bug: `python -m tests.chaos.faulty raise|hang LEG stream …`.

The rule that judges legs trips over one of them, once it is answered: it raises, or never returns.
"""

import sys
from typing import Any

from streams.cli.main import main
from streams.core import queue_legs, verdict


def break_judge(how: str, leg_id: str) -> None:

    def broken(leg: Any, *args: Any, **more: Any) -> Any:
        if leg.leg_id == leg_id and leg.answered_at is not None:
            while how == "hang":
                pass
            raise ArithmeticError("a bug of ours")
        return verdict.judge(leg, *args, **more)

    vars(queue_legs)["judge"] = broken


if __name__ == "__main__":
    break_judge(sys.argv[1], sys.argv[2])
    del sys.argv[1:3]
    main()
