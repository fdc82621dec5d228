"""The file of addresses: names without secrets."""

import pytest

from streams.sinks.deliver.targets import AddressError, targets_of

FILE = """\
# the duty desk
ntfys://user:hunter2@ntfy.example.org/duty

twilio://SID:TOKEN@+27310000001/+27310000002
json://127.0.0.1:9999/secret-path
mailto://localhost:2525?from=a@example.org&to=b@example.org
"""


def test_targets_are_named_by_scheme_and_line_and_show_no_address() -> None:
    found = list(targets_of("duty", FILE))
    assert [each.name for each in found] == [
        "ntfys, line 2", "twilio, line 4", "json, line 5", "mailto, line 6",
    ]  # fmt: skip
    assert [each.is_short for each in found] == [False, True, False, False]
    assert [each.leaves for each in found] == [True, True, False, False]
    for secret in ("hunter2", "TOKEN", "secret-path"):
        assert secret not in repr(found)
    assert found[0].url == "ntfys://user:hunter2@ntfy.example.org/duty"


def test_what_is_no_address_is_named_by_its_line_alone() -> None:
    with pytest.raises(AddressError, match=r"^line 2: no address of apprise") as refused:
        list(targets_of("duty", "json://x\nhunter2"))
    assert "hunter2" not in str(refused.value)


def test_loopback_in_a_password_is_not_the_place() -> None:
    (target,) = targets_of("duty", "json://localhost:pw@example.org/")
    assert target.leaves
