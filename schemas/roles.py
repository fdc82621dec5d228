"""The roles that a person of the board may have. What each may do: dashboards/access/rights.py."""

from typing import Literal, get_args

Role = Literal["viewer", "supervisor", "on-call", "executive", "administrator"]
ROLES: tuple[Role, ...] = get_args(Role)
