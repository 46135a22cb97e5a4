"""`make containers`: deploy/compose and deploy/helm as those who run them read them.

The chart is linted and rendered by Helm's own engine, what it renders is held against the schemas
of Kubernetes, and compose.yaml against the grammar of compose.
"""

import copy
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import compose_spec
import kubernetes_validate
import yaml
from helm_python.chart import Chart, lint

DEPLOY: Final = Path(__file__).resolve().parents[1] / "deploy"
CHART: Final = DEPLOY / "helm" / "guichet"
KUBERNETES: Final = ("1.28", "1.37")
WARNING: Final = 2
VALUES: Final[Mapping[str, Mapping[str, Any]]] = {
    "as shipped": {},
    "everything": {
        "backup": {"enabled": True, "recipient": "age1abc", "claim": "elsewhere"},
        "service": {"type": "LoadBalancer", "annotations": {"a": "b"}},
        "network": {"clients": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]},
        "settings": {"GUICHET_CLAMD": "tcp://clamd:3310"},
        "storage": {"shared": {"className": "nfs"}},
        "imagePullSecrets": [{"name": "registry"}],
    },
    "without a bench": {"bench": {"enabled": False}},
}
REFUSED: Final[tuple[Mapping[str, Any], ...]] = (
    {"environment": "prod"},
    {"hosts": "x"},
    {"pkiUrl": "https://pki.exemple.fr"},
    {"backup": {"enabled": True}},
    {"settings": {"PATH": "/"}},
)
# Of a cluster that asks for the "restricted" standard; the backup reads as root, and says why.
ROOT_ALLOWED: Final = {"backup"}
Check = Callable[[], Iterator[str]]


def rendered(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The manifests of these values."""
    with Chart.load(CHART) as chart:
        made = chart.render(values=dict(values), name="demo", namespace="sante")
    texts = [text for name, text in made.items() if name.endswith(".yaml")]
    return [found for text in texts for found in yaml.safe_load_all(text) if found]


def helm_lint() -> Iterator[str]:
    """What `helm lint` finds, its recommendations left out."""
    told = lint(CHART)
    yield from (str(error) for error in told["errors"])
    yield from (str(m) for m in told["messages"] if m["severity"] >= WARNING)


def manifests() -> Iterator[str]:
    """Each valid for the oldest and the newest Kubernetes, closed as the standard wants."""
    for name, values in VALUES.items():
        for found in rendered(values):
            what = f"{name}: {found['kind']} {found['metadata']['name']}"
            for version in KUBERNETES:
                try:
                    kubernetes_validate.validate(found, version, strict=True)
                except kubernetes_validate.ValidationError as error:
                    yield f"{what}: {error}"
            yield from (f"{what}: {fault}" for fault in open_containers(found))


def open_containers(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Containers that the "restricted" standard would refuse."""
    spec = manifest.get("spec", {})
    template = spec.get("jobTemplate", {}).get("spec", spec).get("template", {}).get("spec", {})
    for container in template.get("initContainers", []) + template.get("containers", []):
        told = container.get("securityContext", {})
        is_closed = (
            told.get("allowPrivilegeEscalation") is False
            and told.get("readOnlyRootFilesystem") is True
            and told.get("capabilities", {}).get("drop") == ["ALL"]
        )
        is_root = not told.get("runAsNonRoot") and container["name"] not in ROOT_ALLOWED
        if not is_closed or is_root:
            yield f"container {container['name']} is open"


def keys() -> Iterator[str]:
    """The keystore and its passphrase are mounted by the signer alone, and by the backup."""
    for found in rendered(VALUES["everything"]):
        text = json.dumps(found)
        part = found["metadata"]["labels"]["app.kubernetes.io/component"]
        is_theirs = part in {"signer", "backup"}
        if ("/var/lib/guichet/keystore" in text or "guichet-keystore" in text) and not is_theirs:
            yield f"{found['kind']} {found['metadata']['name']} reaches the keys"


def wrong_values() -> Iterator[str]:
    """Values that the schema must refuse."""
    for values in REFUSED:
        try:
            rendered(values)
        except Exception as error:
            if "schema" in str(error):
                continue
        yield f"accepted: {values}"


def compose() -> Iterator[str]:
    """The file as compose reads it, its variables filled."""
    text = (DEPLOY / "compose" / "compose.yaml").read_text()
    filled = re.sub(r"(?<!\$)\$\{\w+:-([^}]*)\}", r"\1", text)
    filled = re.sub(r"(?<!\$)\$\{\w+:\?[^}]*\}", "guichet.exemple.fr", filled)
    told = copy.deepcopy(yaml.safe_load(filled))
    told = {name: value for name, value in told.items() if not name.startswith("x-")}
    try:
        compose_spec.PyCompose.from_json(json.dumps(told)).validate()
    except ValueError as error:
        yield str(error)


CHECKS: Final[tuple[Check, ...]] = (helm_lint, manifests, keys, wrong_values, compose)


def main() -> int:
    """Every check; 1 when one finds fault."""
    faults = {check.__name__: list(check()) for check in CHECKS}
    for name, found in faults.items():
        sys.stdout.write(f"{name}: {'; '.join(found) or 'good'}\n")
    return 1 if any(faults.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
