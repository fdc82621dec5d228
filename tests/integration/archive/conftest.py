"""Audit records of commands that are run in this process, and an archive of queues that promised different things."""

from tests.integration.archive.promised import promising
from tests.support.audit import told

__all__ = ["promising", "told"]
