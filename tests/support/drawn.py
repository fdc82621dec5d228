"""A chart as XML, to be asked for what is drawn."""

from xml.etree import ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"


def drawn(chart: str) -> ET.Element:
    """It must be whole XML on its own: paper takes nothing else."""
    return ET.fromstring(chart)  # noqa: S314 - what we drew ourselves


def texts(chart: str) -> list[str]:
    return [each.text or "" for each in drawn(chart).iter(f"{SVG}text")]


def of_class(chart: str, name: str, tag: str = "*") -> list[ET.Element]:
    """Those elements, of any tag, that have all the classes of `name`."""
    wanted = set(name.split())
    found = drawn(chart).iter() if tag == "*" else drawn(chart).iter(f"{SVG}{tag}")
    return [each for each in found if wanted <= set(each.get("class", "").split())]


def number(element: ET.Element, name: str) -> float:
    return float(element.get(name, "nan"))
