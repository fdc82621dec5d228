"""What keeps `up` from starting or going on, said in one line."""


class LocalError(Exception):
    """One line for a person: what is wrong and which option mends it. Exit 1, or 2 for wrong use."""

    def __init__(self, text: str, exit_code: int = 1) -> None:
        super().__init__(text)
        self.exit_code = exit_code
