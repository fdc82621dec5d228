"""All pages of the board: every module of dashboards.wallboard.pages declares one as PAGE."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from dashboards.wallboard import pages
from dashboards.wallboard.board_page import Asked, Page
from schemas.owners import Language


def _found() -> dict[str, Page]:
    found: dict[str, Page] = {}
    for module in iter_modules(pages.__path__):
        page = getattr(import_module(f"{pages.__name__}.{module.name}"), "PAGE", None)
        if not isinstance(page, Page) or page.name != module.name:
            raise TypeError(f"{pages.__name__}.{module.name}: PAGE must be the page of this name")
        found[page.name] = page
    return found


PAGES: Mapping[str, Page] = _found()
ROUTES = frozenset(route for page in PAGES.values() for route in page.routes)


def asked_by(path: str, language: Language, query: Mapping[str, str] = {}) -> Asked | None:
    """The page at a path such as `/queue/burst-pipes`, and what its parameters say; None if there is no page there."""
    for page in PAGES.values():
        for route in page.routes:
            start, with_id, _ = route.partition("{id}")
            if not with_id and path == route:
                given = next((f"{key}={query[key]}" for key in page.by if query.get(key)), "")
                return Asked(page.name, given, language)
            if with_id and path.startswith(start):
                last = path.removeprefix(start)
                if last and "/" not in last:
                    return Asked(page.name, last, language)
    return None
