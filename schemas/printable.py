"""Text from outside, made safe for one line of a terminal: without line breaks and control characters."""


def printable(text: str) -> str:
    """The text with every character that is not printable replaced by its escape."""
    if text.isprintable():  # nearly always, and a message is often made that nobody reads
        return text
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
