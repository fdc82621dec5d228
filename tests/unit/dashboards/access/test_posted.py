"""Forms that are not what their request says they are."""

from pathlib import Path

import pytest

from tests.support.people import Town


@pytest.mark.parametrize(
    ("kind", "encoding"),
    [
        ("multipart/form-data", ""),
        ("multipart/form-data; boundary=x", ""),
        ("application/x-www-form-urlencoded; charset=no-such", ""),
        ("application/x-www-form-urlencoded", "gzip"),
    ],
)
async def test_a_form_that_cannot_be_read_is_the_senders_mistake(
    tmp_path: Path, kind: str, encoding: str
) -> None:
    head = {"Content-Type": kind} | ({"Content-Encoding": encoding} if encoding else {})
    async with Town(tmp_path).browser() as browser:
        assert (await browser.post("/access/log-in", b"token=\xff", **head))[0] in {400, 401}
