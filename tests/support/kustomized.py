"""What `kubectl kustomize FOLDER` makes, for the few fields of a kustomization that deploy/kubernetes uses.

A field that is not known here is an error: what is tested must be what is applied. Names of generated maps have no
digest at their end.
"""

from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

Document = dict[str, Any]
_KNOWN = {
    "apiVersion", "kind", "labels", "resources", "patches", "namespace", "images", "replicas",
    "configMapGenerator",
}  # fmt: skip
_MERGE_KEYS = ("name", "mountPath")  # of lists whose items are merged one by one


def built(folder: Path) -> list[Document]:
    file = yaml.safe_load((folder / "kustomization.yaml").read_text())
    assert set(file) <= _KNOWN, set(file) - _KNOWN
    documents: list[Document] = []
    for name in file["resources"]:
        place = folder / name
        documents += built(place) if place.is_dir() else _loaded(place)
    documents += [_generated(folder, each) for each in file.get("configMapGenerator", ())]
    for patch in file.get("patches", ()):
        _patch(documents, _loaded(folder / patch["path"])[0], patch.get("target"))
    for document in documents:
        _finish(document, file)
    return documents


def _loaded(path: Path) -> list[Document]:
    return list(yaml.safe_load_all(path.read_text()))


def _generated(folder: Path, generator: Document) -> Document:
    data = dict(each.split("=", 1) for each in generator.get("literals", ()))
    data |= {name: (folder / name).read_text() for name in generator.get("files", ())}
    return {
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": generator["name"]}, "data": data,
    }  # fmt: skip


def _patch(documents: list[Document], patch: Document, target: Document | None) -> None:
    if target is None:
        wanted = {"kind": patch["kind"], "name": patch["metadata"]["name"]}
    else:
        wanted = target
        patch = {"spec": patch["spec"]}
    hit = 0
    for number, document in enumerate(documents):
        there = {"kind": document["kind"], "name": document["metadata"]["name"]}
        if wanted.items() <= there.items():
            documents[number] = merged(document, patch)
            hit += 1
    assert hit, f"a patch of {wanted} changes nothing"


def merged(base: Any, patch: Any) -> Any:
    """A strategic merge: mappings by key, lists of named items by name, all else is replaced."""
    if isinstance(base, dict) and isinstance(patch, dict):
        result = dict(base)
        for key, value in patch.items():
            result[key] = merged(base[key], value) if key in base else deepcopy(value)
        return result
    if isinstance(base, list) and isinstance(patch, list):
        for key in _MERGE_KEYS:
            if all(isinstance(each, dict) and key in each for each in (*base, *patch)):
                return _merged_items(base, patch, key)
    return deepcopy(patch)


def _merged_items(base: list[Document], patch: list[Document], key: str) -> list[Document]:
    items = {each[key]: each for each in base}
    for each in patch:
        items[each[key]] = merged(items.get(each[key], {}), each)
    return list(items.values())


def _finish(document: Document, file: Document) -> None:
    meta = document["metadata"]
    if "namespace" in file:
        meta["namespace"] = file["namespace"]
    template = document.get("spec", {}).get("template", {})
    for label in file.get("labels", ()):
        assert set(label) == {"pairs", "includeTemplates"}
        meta.setdefault("labels", {}).update(label["pairs"])
        if template:
            template.setdefault("metadata", {}).setdefault("labels", {}).update(label["pairs"])
    for replicas in file.get("replicas", ()):
        if meta["name"] == replicas["name"] and "replicas" in document.get("spec", {}):
            document["spec"]["replicas"] = replicas["count"]
    for image in file.get("images", ()):
        for container in template.get("spec", {}).get("containers", ()):
            if container["image"] == image["name"]:
                container["image"] = f"{image['newName']}:{image['newTag']}"
