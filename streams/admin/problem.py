"""The error of what operators ask for; a module of its own, so that who catches it loads no client of Kafka."""


class AdminError(Exception):
    """The message is one line for the operator: what is wrong, where, and what to do."""
