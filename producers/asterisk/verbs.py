"""The verbs of queue_log, and the positions of their numbers in each version.

Asterisk writes some of them itself; dial plans and products (Wazo, QueueMetrics, VICIdial) add others.
"""

from typing import Literal

Leaving = Literal["abandoned", "exited", "dropped", "rejected"]
Rejection = Literal["full", "closed", "no_agents", "unknown"]

# An outbound call: all lines of this call in this queue (CONNECT, COMPLETEAGENT, ABANDON …) are its own.
OUTBOUND = frozenset({"CALLOUTBOUND"})
# They say nothing of a caller's stay in a queue, nor of an agent's state.
IGNORED = frozenset(
    {
        "CONFIGRELOAD",
        "PENALTY",
        "RINGINUSE",
        "DID",
        "OUTCALL",  # of Asterisk: an outbound call, told whole in one line
        "WRAPUPSTART",  # of Wazo: its end is told nowhere
        # of QueueMetrics and VICIdial: remarks about a call or an agent
        "CALLSTATUS",
        "INFO",
        "CALLERONHOLD",
        "CALLEROFFHOLD",
        "PAUSEREASON",
        "HOTDESK",
        "ADDMEMBER2",
        *OUTBOUND,
    }
)
# The caller was refused before queueing: the dial plan writes it, for Asterisk itself writes nothing.
REJECTIONS: dict[str, Rejection] = {
    "FULL": "full",
    "CLOSED": "closed",
    "JOINEMPTY": "no_agents",
    "JOINUNAVAIL": "no_agents",
    "DIVERT_CA_RATIO": "unknown",  # too many callers for the agents who are there
    "DIVERT_HOLDTIME": "unknown",  # the expected wait is too long
    "DIVERT_WAITTIME": "unknown",
}
AGENT_VERBS = frozenset(
    {
        "ADDMEMBER",
        "REMOVEMEMBER",
        "PAUSE",
        "UNPAUSE",
        "PAUSEALL",
        "UNPAUSEALL",
        "AGENTLOGIN",
        "AGENTLOGOFF",
        "AGENTCALLBACKLOGIN",
        "AGENTCALLBACKLOGOFF",
    }
)
OFFERS = {"RINGNOANSWER": True, "RINGCANCELED": False, "AGENTDUMP": False}
EXITS: dict[str, tuple[Leaving, str, int]] = {  # verb -> outcome, reason, place of the wait
    "ABANDON": ("abandoned", "", 2),
    "EXITWITHTIMEOUT": ("exited", "timeout", 2),
    "EXITWITHKEY": ("exited", "key", 3),
    "EXITEMPTY": ("exited", "empty", 2),
    "LEAVEEMPTY": ("exited", "empty", 2),  # of Wazo: repeats EXITEMPTY, without a wait
    "LEAVEUNAVAIL": ("exited", "empty", 2),
    "WITHDRAW": ("exited", "withdrawn", 2),
    "SYSCOMPAT": ("dropped", "codec", 2),
}
COMPLETES = {"COMPLETEAGENT": "agent", "COMPLETECALLER": "caller"}
TRANSFERS = frozenset({"TRANSFER", "BLINDTRANSFER", "ATTENDEDTRANSFER"})
LINKED_FIELDS = 6  # ATTENDEDTRANSFER LINK has two channels before its numbers
OF_A_LEG = frozenset({"ENTERQUEUE", *OFFERS, "CONNECT", *EXITS, *COMPLETES, *TRANSFERS})
CALLERS = {"ENTERQUEUE": 1, "CALLOUTBOUND": 1}  # verb -> place of a caller's number
KNOWN = frozenset({*OF_A_LEG, *REJECTIONS, *IGNORED, *AGENT_VERBS, "QUEUESTART"})
