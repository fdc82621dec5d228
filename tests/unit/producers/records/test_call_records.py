from pathlib import Path

import pytest

from producers.input_file import InputFileError
from producers.records.call_records import RECORDS
from schemas.privacy import key_from_secret

KEY = key_from_secret(b"a secret of the tests")


def test_the_mapping_names_encoding_columns_and_zone(tmp_path: Path) -> None:
    (mapping := tmp_path / "m.toml").write_text(
        'encoding = "cp1252"\ntime_zone = "Europe/Berlin"\n[columns]\nqueue = "Schlange"\n'
    )
    (path := tmp_path / "day.csv").write_bytes("Schlange,arrived_at,outcome,ä\n".encode("cp1252"))
    file = RECORDS.open(path, "s", KEY, {"mapping_file": mapping})
    assert (file.time_zone, file.file.encoding, file.unit) == ("Europe/Berlin", "cp1252", "rows")


@pytest.mark.parametrize(
    ("content", "problem"),
    [("[column]", "column: unknown key"), (None, "No such file or directory")],
)
def test_a_wrong_mapping_is_one_line(tmp_path: Path, content: str | None, problem: str) -> None:
    mapping = tmp_path / "m.toml"
    if content is not None:
        mapping.write_text(content)
    with pytest.raises(InputFileError) as caught:
        RECORDS.open(tmp_path / "day.csv", "s", KEY, {"mapping_file": mapping})
    assert str(caught.value).startswith(f"{mapping}: {problem}")
