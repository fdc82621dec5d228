"""Names on the broker besides topics: the groups that keep places, and the ids of transactions."""


def stream_group(namespace: str) -> str:
    return f"{namespace}queuewatch-stream"


def reports_group(namespace: str) -> str:
    """It has no members: the unit of `reports` commits its place with what it writes."""
    return f"{namespace}queuewatch-reports"


def archive_group(namespace: str) -> str:
    return f"{namespace}queuewatch-archive"


def transactional_id(namespace: str, topic: str, partition: int) -> str:
    """Of the unit of one partition; `topic` without the namespace."""
    return f"{transactional_prefix(namespace)}{topic}-{partition}"


def transactional_prefix(namespace: str) -> str:
    """How the ids of all units begin."""
    return f"{namespace}queuewatch-"
