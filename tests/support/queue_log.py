"""Lines of queue_log as a small Asterisk writes them: calls, agents, transfers, restarts, and nonsense."""

import random

QUEUES = ("sales", "support", "billing")
_AGENTS = tuple(f"PJSIP/{number}" for number in range(11, 17))

Timed = tuple[int, str]  # seconds since 1970, and what follows them on the line


def queue_log(seed: int, calls: int, start: int, lasts_s: int) -> list[str]:
    """Lines in the order of their times; every second of the log has the same chance of a call."""
    rng = random.Random(seed)
    restarts = sorted(start + rng.randrange(1, lasts_s) for _ in range(rng.randrange(3)))
    timed: list[Timed] = [(start, f"NONE|{rng.choice(QUEUES)}|{agent}|ADDMEMBER|")
                          for agent in _AGENTS]  # fmt: skip
    timed += [(at, "NONE|NONE|NONE|QUEUESTART|") for at in restarts]
    for number in range(calls):
        began = start + rng.randrange(lasts_s)
        gone = next((at for at in restarts if at > began), began + 10**6)
        timed += [(at, text) for at, text in _call(rng, number, began) if at < gone]
        if rng.random() < 0.2:
            timed += [(began, f"NONE|NONE|{rng.choice(_AGENTS)}|{verb}|lunch")
                      for verb in ("PAUSEALL", "PAUSEALL", "UNPAUSEALL")]  # fmt: skip
        if rng.random() < 0.2:
            verb = rng.choice(("PAUSE", "PAUSE", "UNPAUSE"))
            timed.append((began, f"NONE|{rng.choice(QUEUES)}|{rng.choice(_AGENTS)}|{verb}|tea"))
    timed.sort(key=lambda line: line[0])
    return [f"{at}|{text}" for at, text in timed]


def _call(rng: random.Random, number: int, began: int) -> list[Timed]:
    callid, queue, agent = f"{began}.{number}", rng.choice(QUEUES), rng.choice(_AGENTS)
    caller = f"555{number:04}"
    head = f"{callid}|{queue}"
    lines = [(began, f"{head}|NONE|ENTERQUEUE||{caller}|{rng.randrange(1, 4)}")]
    at = began
    for _ in range(rng.randrange(3)):
        at += rng.randrange(6)
        lines.append((at, f"{head}|{rng.choice(_AGENTS)}|RINGNOANSWER|{rng.randrange(5000)}"))
    at += rng.randrange(8)
    waited = at - began
    way = rng.choice((
        "answered", "answered", "answered", "abandoned", "timeout", "moved", "lost",
        "refused", "outbound", "empty",
    ))  # fmt: skip
    if way == "abandoned":
        lines.append((at, f"{head}|NONE|ABANDON|1|1|{waited}"))
    elif way == "timeout":
        lines.append((at, f"{head}|NONE|EXITWITHTIMEOUT|1|1|{waited}"))
    elif way == "empty":
        lines.append((at, f"{head}|NONE|EXITEMPTY|1|1|{waited}"))
        lines.append((at, f"{head}|NONE|LEAVEEMPTY|"))
    elif way == "refused":
        verb = rng.choice(("FULL", "CLOSED", "JOINEMPTY", "DIVERT_CA_RATIO"))
        lines = [(began, f"{head}|NONE|{verb}|")]
    elif way == "outbound":
        lines[0] = (began, f"{head}|{agent}|CALLOUTBOUND||{caller}")
        lines.append((at, f"{head}|{agent}|CONNECT|{waited}|{callid}1|2"))
        lines.append((at + 9, f"{head}|{agent}|COMPLETEAGENT|{waited}|9|1"))
        lines.append((at + 9, f"{head}|{agent}|CALLSTATUS|SALE|"))
    elif way == "moved":  # it enters another queue without having left this one
        lines.append((at, f"{callid}|other|NONE|ENTERQUEUE||{caller}|1"))
        lines.append((at + 3, f"{callid}|other|NONE|ABANDON|1|1|3"))
        lines.append((at + 3, f"{head}|{agent}|SURVEY|5"))
    elif way == "answered":
        talked = rng.randrange(30)
        verb = rng.choice(("COMPLETEAGENT", "COMPLETECALLER", "BLINDTRANSFER|200|internal"))
        lines.append((at, f"{head}|{agent}|CONNECT|{waited}|{callid}1|2"))
        lines.append((at + talked, f"{head}|{agent}|{verb}|{waited}|{talked}|1"))
    return lines
