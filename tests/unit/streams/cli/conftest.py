"""Audit records of commands that are run in this process: see `tests.support.audit`."""

from tests.support.audit import told

__all__ = ["told"]
