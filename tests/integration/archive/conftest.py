"""Audit records of commands that are run in this process."""

from tests.support.audit import told

__all__ = ["told"]
