"""What is not ours is what VENDOR.toml says, with its licence."""

from hashlib import sha256

import pytest
from msgspec import toml

from tests.support.sources import ROOT

# With the files of a folder that are ours.
FOLDERS = {
    "dashboards/wallboard/static/vendor": {"VENDOR.toml"},
    "streams/history/papers/fonts": {"VENDOR.toml", "covered.txt"},
}


@pytest.mark.parametrize("name", FOLDERS)
def test_every_file_has_its_digest_and_its_licence(name: str) -> None:
    folder = ROOT / name
    listed = toml.decode((folder / "VENDOR.toml").read_bytes())["file"]
    named = {each["name"] for each in listed} | {each["licence_file"] for each in listed}
    assert {path.name for path in folder.iterdir()} == named | FOLDERS[name]
    for each in listed:
        assert sha256((folder / each["name"]).read_bytes()).hexdigest() == each["sha256"], each[
            "name"
        ]
        assert "SIL Open Font License" in (folder / each["licence_file"]).read_text()
        assert (each["licence"], bool(each["version"])) == ("OFL-1.1", True)
