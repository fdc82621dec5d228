"""What is raised for a row that cannot be counted."""


class RowError(Exception):
    """Why the row is refused: column, what is read there (by `cell_text.shown`), and what to do."""


class DoubtfulTimeError(RowError):
    """A local time that was on the clock twice, or never, and nothing in the row tells when it was."""
