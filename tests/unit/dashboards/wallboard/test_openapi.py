"""The document is OpenAPI 3.1 whose references lead somewhere, and says what is sent."""

import json
import re

from dashboards.wallboard.openapi import ENDPOINTS, document

DOCUMENT = document("1.2.3")


def test_every_reference_leads_to_a_shape() -> None:
    text = json.dumps(DOCUMENT)
    named = set(re.findall(r'"\$ref": "#/components/schemas/([^"]+)"', text))
    assert named <= set(DOCUMENT["components"]["schemas"])
    assert {"Board", "Desk", "QueueDetail", "Problem", "Mute"} <= named


def test_every_shape_is_explained() -> None:
    unsaid = {
        name
        for name, each in DOCUMENT["components"]["schemas"].items()
        if not each.get("description")
    }
    assert unsaid == set()


def test_the_version_and_the_addresses() -> None:
    assert (DOCUMENT["openapi"], DOCUMENT["info"]["version"]) == ("3.1.0", "1.2.3")
    assert set(DOCUMENT["paths"]) == {each.path for each in ENDPOINTS}
    names = [each["name"] for each in DOCUMENT["paths"]["/api/board"]["get"]["parameters"]]
    assert names == ["department", "centre", "queue", "sign"]
    assert DOCUMENT["paths"]["/api/queue/{queue}"]["get"]["parameters"][0]["required"]
