"""The encoding of a text file: as somebody named it, or found by trial.

Rule: what was found by trial is said in the summary. Nearly every file can be read as cp1252, also one in
another encoding: then names have wrong letters, and nobody would know why.
"""

import codecs

from msgspec.structs import replace

from producers.input_file import InputFile, NotTextError

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def is_encoding(name: str) -> bool:
    """Whether Python knows the encoding, and it is one of texts."""
    try:
        codecs.lookup(name)
        "".encode(name)  # some codecs of Python are not for text
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        return False
    return True


def found_encoding(file: InputFile) -> InputFile:
    """The file in an encoding in which it was read to its end; InputFileError if there is none.

    A file whose encoding was named is only checked in that one.
    """
    if file.encoding:
        file.check()
        return file
    if file.start(2) in _UTF_16:
        found = replace(file, encoding="utf-16")
        found.check()
        return found
    try:
        file.check()
    except NotTextError as error:
        found = replace(file, encoding="cp1252")
        try:
            found.check()
        except NotTextError:
            raise error from None
        return found
    return file
