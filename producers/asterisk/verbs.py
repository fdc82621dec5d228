"""The verbs of queue_log, and the positions of their numbers in each version."""

from typing import Literal

Leaving = Literal["abandoned", "exited", "dropped"]

IGNORED = frozenset({"CONFIGRELOAD", "PENALTY", "RINGINUSE", "DID", "OUTCALL"})
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
    "WITHDRAW": ("exited", "withdrawn", 2),
    "SYSCOMPAT": ("dropped", "codec", 2),
}
COMPLETES = {"COMPLETEAGENT": "agent", "COMPLETECALLER": "caller"}
TRANSFERS = frozenset({"TRANSFER", "BLINDTRANSFER", "ATTENDEDTRANSFER"})
LINKED_FIELDS = 6  # ATTENDEDTRANSFER LINK has two channels before its numbers
OF_A_LEG = frozenset({"ENTERQUEUE", *OFFERS, "CONNECT", *EXITS, *COMPLETES, *TRANSFERS})
