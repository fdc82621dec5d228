"""What is shipped: every package has a licence that this project can be given away with, and stands in the SBOM."""

import re

import pytest

from tests.support.sbom import Component, components, document

ALLOWED = frozenset({
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD-3-Clause-Modification", "CC0-1.0", "ISC", "MIT", "MIT-0",
    "PSF-2.0", "Zlib", "MPL-2.0",
})  # fmt: skip
# Used as they are, as packages of their own that anybody can replace: what the LGPL asks for.
AS_A_LIBRARY = {
    "crc32c": "LGPL-2.1-or-later",
    "psycopg": "LGPL-3.0-only",
    "psycopg-binary": "LGPL-3.0-only",
}


@pytest.mark.parametrize("component", components(), ids=lambda each: f"{each.name}-{each.version}")
def test_a_licence_is_known_and_allowed(component: Component) -> None:
    told = component.licence
    if component.name in AS_A_LIBRARY:
        assert told == AS_A_LIBRARY[component.name]
        return
    words = set(re.split(r" AND | OR |[()]", told)) - {""}
    allowed = words & ALLOWED
    assert allowed if " OR " in told and " AND " not in told else words and words == allowed, told


def test_no_exception_is_left_of_a_package_that_is_gone() -> None:
    assert AS_A_LIBRARY.keys() <= {each.name for each in components()}


def test_the_bill_of_materials_names_every_package_once_with_its_licence() -> None:
    made = document("1.0")
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    names = [each["bom-ref"] for each in made["components"]]
    assert len(names) == len(set(names)) > 50
    assert all(each["purl"].startswith("pkg:pypi/") for each in made["components"])
    assert [
        each["name"] for each in made["components"] if not each["licenses"][0]["expression"]
    ] == []
