"""A mistake of queues.toml is one line with its file."""

from pathlib import Path

import pytest

from streams.admin.queues_file import QueuesFileError, read_queues_file, webhook_urls

GOOD = '[defaults]\nanswer_within = "20s"\ngoal = 0.8\n[queues.billing]\n'


def test_a_good_file_is_parsed(tmp_path: Path) -> None:
    (tmp_path / "queues.toml").write_text(GOOD)
    assert [each.queue for each in read_queues_file(tmp_path / "queues.toml").queues] == ["billing"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (GOOD.replace("0.8", "80").encode(), "defaults.goal: expected a share"),
        (b"name = '\xff'", "not UTF-8 text"),
        (None, "No such file or directory"),
    ],
)
def test_a_mistake_is_one_line_that_begins_with_the_file(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    path = tmp_path / "queues.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(QueuesFileError) as caught:
        read_queues_file(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert words in str(caught.value)


def test_a_secret_address_of_another_form_is_refused_without_it(tmp_path: Path) -> None:
    path, secret = tmp_path / "queues.toml", tmp_path / "secret"
    path.write_text(f'{GOOD}[owners.water]\nwebhook_url_file = "{secret}"\n')
    secret.write_text("https://hooks.slack.com/services/T0/B0/x\n")
    with pytest.raises(QueuesFileError) as caught:
        webhook_urls(path, read_queues_file(path))
    assert str(caught.value).startswith(f"{path}: owners.water.webhook_url_file: {secret}: Slack ")
    assert "T0" not in str(caught.value)
    secret.write_text("https://oncall.example.org/T0\n")
    urls = webhook_urls(path, read_queues_file(path))
    assert urls == {str(secret): "https://oncall.example.org/T0"}
