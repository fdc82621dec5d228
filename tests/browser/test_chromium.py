"""The browser that the other tests here drive is real, and runs scripts."""

from pathlib import Path

from tests.support.browser import chromium


def test_chromium_runs_a_page(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<title>wall</title><script>document.title += ' ' + (20 + 1)</script>")
    with chromium(width=1280) as browser:
        browser.get(page.as_uri())
        assert browser.title == "wall 21"
        assert browser.get_window_size()["width"] == 1280
