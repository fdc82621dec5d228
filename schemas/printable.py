"""Text of somebody else's making on one line of a terminal: it must neither break nor steer it."""


def printable(text: str) -> str:
    """The text with every sign that is not printable spelt as an escape."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
