"""The file of an option `--out`: written whole or not at all, since nobody should read half a report."""

import tempfile
from pathlib import Path

from streams.cli.options import Failure


def write_whole(file: Path, body: bytes) -> None:
    """Failure if it cannot be written; what was there stays then, and no draft is left."""
    draft = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=file.parent, prefix=f".{file.stem}-", delete=False
        ) as opened:
            draft = Path(opened.name)
            opened.write(body)
        draft.chmod(0o644)
        draft.replace(file)
    except OSError as error:
        if draft is not None:
            draft.unlink(missing_ok=True)
        raise Failure(f"{file} cannot be written: {error.strerror}") from None
