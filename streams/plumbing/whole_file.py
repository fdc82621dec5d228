"""Writes a file whole or not at all, since nobody should read half a report."""

import os
import tempfile
from pathlib import Path


def write_whole(file: Path, body: bytes) -> None:
    """OSError if it cannot be written; what was there stays then, and no draft is left."""
    draft = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=file.parent, prefix=f".{file.stem}-", delete=False
        ) as opened:
            draft = Path(opened.name)
            opened.write(body)
            opened.flush()
            os.fsync(
                opened.fileno()
            )  # else a machine that loses power could keep the name without the bytes
        draft.chmod(0o644)
        draft.replace(file)
    except BaseException:
        if draft is not None:
            draft.unlink(missing_ok=True)
        raise
