"""A publication keeps its report whole, and says so when it is not the one that was published."""

import zlib

import pytest
from msgspec.structs import replace

from schemas.publications import (
    FrozenColumn,
    FrozenPart,
    FrozenReport,
    NotAsPublishedError,
    Publication,
    PublishedFigure,
    figures,
    packed,
    publication_id,
    unpacked,
)
from tests.support.published import REPORT, publication

NAMES = ("called", "share")


def test_a_report_comes_back_as_it_was() -> None:
    assert unpacked(publication(REPORT)) == REPORT


def test_the_digest_is_of_what_it_says_whatever_the_order_of_its_facts() -> None:
    turned = replace(REPORT, facts=dict(reversed(REPORT.facts.items())))
    assert packed(turned) == packed(REPORT)
    assert packed(replace(REPORT, title="other"))[1] != packed(REPORT)[1]


def test_numbers_are_figures_of_their_group_and_texts_are_none() -> None:
    assert [*figures(REPORT)] == [
        PublishedFigure("centres", "water", "called", 120),
        PublishedFigure("centres", "water", "share", 0.8),
        PublishedFigure("centres", "staff", "called", 0),
        PublishedFigure("centres", "staff", "share", None),
    ]


@pytest.mark.parametrize(
    ("frozen", "problem"),
    [
        (b"no zlib", "cannot be unpacked"),
        (publication(REPORT).frozen[:-5], "cut off"),
        (packed(replace(REPORT, title="forged"))[0], "has digest"),
        (zlib.compress(b"{}"), "has digest"),
    ],
)
def test_what_was_changed_is_not_shown(frozen: bytes, problem: str) -> None:
    forged: Publication = replace(publication(REPORT), frozen=frozen)
    with pytest.raises(NotAsPublishedError, match=problem):
        unpacked(forged)


def test_a_report_that_unpacks_to_more_than_memory_is_refused() -> None:
    bomb = replace(publication(REPORT), frozen=zlib.compress(b" " * (64 * 1024 * 1024 + 1)))
    with pytest.raises(NotAsPublishedError, match="larger than"):
        unpacked(bomb)


def test_the_edition_is_part_of_the_id() -> None:
    assert publication_id("month", "2026-10", 2) == "month-2026-10-2"


def test_a_part_without_a_group_has_no_figures() -> None:
    part = FrozenPart(
        "sentences", "sentence", "t", (FrozenColumn("place", "number", ""),), ({"place": 1},)
    )
    assert [*figures(FrozenReport("t", {}, (part,)))] == []
