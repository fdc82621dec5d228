"""deploy/kubernetes: the API's schemas accept it, every pod is locked down, and it agrees with the processes."""

import re
from typing import Any

import kubernetes_validate
import pytest

from streams.wiring.deadlines import STOP_WITHIN_S
from tests.support.documents import all_commands
from tests.support.kustomized import Document, built
from tests.support.sources import ROOT

FOLDER = ROOT / "deploy" / "kubernetes"
DOCUMENTS = built(FOLDER / "overlays" / "example")
PODS = [each for each in DOCUMENTS if "template" in each.get("spec", {})]
COMMANDS = dict(all_commands())
PROCESSES = {"stream", "archive", "notify", "deliver", "board", "reports"}


def name(document: Document) -> str:
    return str(document["metadata"]["name"])


def pod(document: Document) -> Any:
    return document["spec"]["template"]["spec"]


def container(document: Document) -> Any:
    (only,) = pod(document)["containers"]
    return only


def process(document: Document) -> str:
    return name(document).removeprefix("queuewatch-")


every_pod = pytest.mark.parametrize("document", PODS, ids=name)


@pytest.mark.parametrize("version", ["1.30", kubernetes_validate.latest_version()])
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda each: f"{each['kind']} {name(each)}")
def test_the_api_accepts_it(document: Document, version: str) -> None:
    kubernetes_validate.validate(document, version, strict=True)


def test_a_slip_of_the_pen_is_noticed() -> None:
    (stream,) = (each for each in PODS if name(each) == "queuewatch-stream")
    broken = {**stream, "spec": {**stream["spec"], "replica": 2}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, kubernetes_validate.latest_version(), strict=True)


def test_there_is_a_pod_for_each_process() -> None:
    assert {process(each) for each in PODS} == PROCESSES | {"setup"}


@every_pod
def test_every_pod_is_locked_down(document: Document) -> None:
    spec, only = pod(document), container(document)
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert only["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    user = f"{spec['securityContext']['runAsUser']}:{spec['securityContext']['runAsGroup']}"
    assert f"\nUSER {user}\n" in (ROOT / "deploy" / "Dockerfile").read_text()
    assert set(only["resources"]["requests"]) == {"cpu", "memory"}
    assert "memory" in only["resources"]["limits"]
    mounts = {each["name"]: each["mountPath"] for each in only["volumeMounts"]}
    assert set(mounts) == {each["name"] for each in spec["volumes"]}


@every_pod
def test_a_stop_leaves_time_for_the_last_checkpoint(document: Document) -> None:
    assert pod(document)["terminationGracePeriodSeconds"] > STOP_WITHIN_S


@every_pod
def test_what_it_sets_is_known_to_its_command(document: Document) -> None:
    only = container(document)
    maps = {name(each): each["data"] for each in DOCUMENTS if each["kind"] == "ConfigMap"}
    common = set(maps["queuewatch"])
    every = {option.envvar for command in COMMANDS.values() for option in command.params}
    assert common <= every
    own = {each["name"] for each in only["env"]}
    if process(document) == "setup":
        assert own <= every
        return
    command = COMMANDS[process(document),]
    assert only["args"][0] == process(document)
    flags = {each for option in command.params for each in option.opts}
    assert {each for each in only["args"] if each.startswith("--")} <= flags
    assert own <= {option.envvar for option in command.params}
    ports = {option.default for option in command.params if str(option.name).endswith("port")}
    assert {each["containerPort"] for each in only["ports"]} <= ports


@every_pod
def test_a_secret_is_mounted_or_named_and_never_written_down(document: Document) -> None:
    for each in container(document)["env"]:
        assert "://" not in each.get("value", "")
    secret = [each for each in pod(document)["volumes"] if each["name"] == "secret"]
    wanted = "operator" if process(document) == "setup" else process(document)
    assert [each["secret"]["secretName"] for each in secret] == [f"queuewatch-{wanted}"]


@pytest.mark.parametrize(
    "document", [each for each in PODS if process(each) in PROCESSES], ids=name
)
def test_waiting_for_another_server_ends_no_process(document: Document) -> None:
    only = container(document)
    assert only["livenessProbe"]["httpGet"]["path"] in {"/healthz/live", "/metrics", "/"}
    named = {each["name"] for each in only["ports"]}
    for probe in ("livenessProbe", "readinessProbe"):
        assert only[probe]["httpGet"]["port"] in named
    if process(document) != "board":
        assert only["readinessProbe"]["httpGet"]["path"] == "/healthz"


def test_a_workers_name_stays() -> None:
    (stream,) = (each for each in PODS if each["kind"] == "StatefulSet")
    env = {each["name"]: each for each in container(stream)["env"]}
    field = env["QUEUEWATCH_INSTANCE"]["valueFrom"]["fieldRef"]["fieldPath"]
    assert (name(stream), field) == ("queuewatch-stream", "metadata.name")


def test_every_selector_finds_a_pod() -> None:
    labels = [each["spec"]["template"]["metadata"]["labels"] for each in PODS]
    found = 0
    for document in DOCUMENTS:
        spec = document.get("spec", {})
        selector = spec.get("selector") or spec.get("podSelector")
        if not selector:
            continue
        wanted = selector.get("matchLabels", {} if "matchExpressions" in selector else selector)
        for expression in selector.get("matchExpressions", ()):
            assert expression["operator"] == "In"
            for value in expression["values"]:
                assert any(each.get(expression["key"]) == value for each in labels), name(document)
        assert any(wanted.items() <= each.items() for each in labels), name(document)
        found += 1
    assert found >= 12


def test_the_page_makes_the_secrets_that_are_mounted() -> None:
    page = (ROOT / "docs" / "operations" / "kubernetes.md").read_text()
    made = set(re.findall(r"create secret generic (queuewatch-\S+)", page))
    loop = re.search(r"^for process in (.+); do$", page, re.MULTILINE)
    assert loop is not None
    made |= {f"queuewatch-{process}" for process in loop[1].split()}
    mounted = {
        each["secret"]["secretName"] for document in PODS for each in pod(document)["volumes"] if "secret" in each
    }  # fmt: skip
    assert mounted <= made


def test_deliver_runs_where_an_overlay_wants_it_and_reaches_whom_it_must() -> None:
    base = {name(each): each for each in built(FOLDER / "base") if each["kind"] == "Deployment"}
    assert base["queuewatch-deliver"]["spec"]["replicas"] == 0
    overlay = (FOLDER / "overlays" / "example" / "kustomization.yaml").read_text()
    assert "{name: queuewatch-deliver, count: 0}" in overlay
    services = {
        name(each): each["spec"]["ports"] for each in DOCUMENTS if each["kind"] == "Service"
    }
    (notify,) = [each["port"] for each in services["queuewatch-notify"]]
    assert f"QUEUEWATCH_NOTIFY_URL=http://queuewatch-notify:{notify}\n" in overlay
    page = (ROOT / "docs" / "operations" / "kubernetes.md").read_text()
    webhook = services["queuewatch-deliver"][0]["port"]
    assert f"http://queuewatch-deliver.queuewatch.svc:{webhook}/" in page
    only = container(base["queuewatch-deliver"])
    (addresses,) = [each for each in only["volumeMounts"] if each["name"] == "addresses"]
    assert f'deliver_file = "{addresses["mountPath"]}/' in page
