"""The error of `up` that the operator can correct."""


class LocalError(Exception):
    """`up` cannot start or go on. The message is one line: what is wrong, and which option helps.

    `exit_code` is 1, or 2 for wrong use.
    """

    def __init__(self, text: str, exit_code: int = 1) -> None:
        super().__init__(text)
        self.exit_code = exit_code
