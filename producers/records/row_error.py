"""What is raised for a row that cannot be counted."""


class RowError(Exception):
    """Why the row is refused: column, what is read there (by `cell_text.shown`), and what to do."""
