"""A number with the word of what is counted, for people: `1 leg`, `3,120 legs`."""


def counted(n: int, plural: str) -> str:
    """`plural` is a word whose singular is without its last `s`."""
    return f"{n:,} {plural.removesuffix('s') if n == 1 else plural}"
