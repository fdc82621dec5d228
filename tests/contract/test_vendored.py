"""What is not ours is what VENDOR.toml says, with its licence."""

from hashlib import sha256

from msgspec import toml

from tests.support.sources import ROOT

FOLDER = ROOT / "dashboards/wallboard/static/vendor"


def test_every_file_has_its_digest_and_its_licence() -> None:
    listed = toml.decode((FOLDER / "VENDOR.toml").read_bytes())["file"]
    named = {each["name"] for each in listed} | {each["licence_file"] for each in listed}
    assert {path.name for path in FOLDER.iterdir()} == named | {"VENDOR.toml"}
    for each in listed:
        assert sha256((FOLDER / each["name"]).read_bytes()).hexdigest() == each["sha256"], each[
            "name"
        ]
        assert "SIL Open Font License" in (FOLDER / each["licence_file"]).read_text()
        assert (each["licence"], bool(each["version"])) == ("OFL-1.1", True)
