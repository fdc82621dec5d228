"""One table with a column `kind`; no cell of it is a formula."""

import csv
import io

from streams.history.language import ENGLISH
from streams.history.papers.as_csv import as_csv
from tests.support.papers import FORMULA, FORTY, made_paper


def rows() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv(made_paper(), ENGLISH).decode("utf-8-sig"))))


def test_all_of_it_stands_there_by_kind() -> None:
    kinds = [row["kind"] for row in rows()]
    assert kinds.count("queue") == FORTY
    assert {
        "fact",
        "key figure",
        "sentence",
        "centre",
        "loss",
        "step",
        "half hour of the week",
    } <= {*kinds}


def test_figures_have_all_their_digits() -> None:
    row = next(row for row in rows() if row["kind"] == "queue")
    assert (row["sl_promised"], row["wait_p90_s"], row["sl_change"]) == (
        "0.612345",
        "186.345",
        "-4.25",
    )


def test_no_text_is_a_formula() -> None:
    found = rows()
    assert f"'{FORMULA}" in {row["name"] for row in found}
    texts = [row[name] for row in found for name in ("name", "text", "value", "reasons", "queue")]
    assert not [text for text in texts if text.startswith(("=", "+", "@"))]
