"""Makes records of the audit of what people do at the board, and of what was refused. Pure: somebody else writes."""

from collections.abc import Callable, Mapping

from dashboards.access.gate import Why
from dashboards.access.refusals import Actor, Counted, Refusals, Refused
from schemas.audit import Action, AuditRecord, audit_record

Keep = Callable[[AuditRecord], None]
_ACTIONS: Mapping[Why, Action] = {  # what was tried; else a page was to be opened
    "a wrong token": "log_in",
    "an expired token": "log_in",
    "too many wrong tries": "log_in",
    "a log-in without TLS": "log_in",
    "a log-in that the provider refused": "log_in",
    "no role for these groups": "log_in",
    "more departments than a cookie holds": "log_in",
    "a link of a wall that was used": "wall_enrol",
    "an expired link of a wall": "wall_enrol",
    "an unknown link of a wall": "wall_enrol",
}


class Journal:
    """Times in ms."""

    def __init__(self, keep: Keep) -> None:
        self._keep = keep
        self._refusals = Refusals()

    def note(
        self, actor: Actor, action: Action, at: int, object_: str = "", detail: str = ""
    ) -> None:
        self._keep(
            audit_record(
                at=at,
                who=actor.who,
                role=actor.roles,
                from_address=actor.address,
                action=action,
                object_=object_,
                outcome="done",
                detail=detail,
            )
        )

    def refused(self, refused: Refused, at: int) -> None:
        self._keep_all(self._refusals.refused(refused, at), at)

    def flush(self, at: int) -> None:
        self._keep_all(self._refusals.due(at), at)

    def _keep_all(self, counted: list[Counted], at: int) -> None:
        for each in counted:
            refused = each.refused
            self._keep(
                audit_record(
                    at=at,
                    who=refused.actor.who,
                    role=refused.actor.roles,
                    from_address=refused.actor.address,
                    action=_ACTIONS.get(refused.why, "open_page"),
                    object_=refused.path,
                    outcome="refused",
                    detail=refused.why if each.times == 1 else f"{refused.why}; {each.times} times",
                )
            )
