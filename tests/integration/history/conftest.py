"""An archive of queues that promised different things."""

from tests.integration.history.promised import promising

__all__ = ["promising"]
