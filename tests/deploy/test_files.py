"""What can be said of the container, Compose and Kubernetes without them: that their files agree, and are enough."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

import dlcore
from benchmarks.serving import answers, free_port
from benchmarks.student import Student
from tests.awaited import awaited
from tests.deploy.conftest import DEPLOY, ROOT, until

PINNED = r"[a-z-]+(/[a-z-]+)?:\d+\.\d+\.\d+(-[a-z0-9-]+)?(@sha256:[0-9a-f]{64})?"
HEALTH = "/_stcore/health"


def read(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def steps(word: str) -> list[str]:
    """The instructions of the Containerfile that begin with a word, without it."""
    whole = re.sub(r"\\\n\s*", " ", re.sub(r"(?m)^#.*\n", "", read("Containerfile")))
    return [line.removeprefix(word).strip() for line in whole.splitlines() if line.startswith(f"{word} ")]


def image_environment() -> dict[str, str]:
    return dict(part.split("=", 1) for line in steps("ENV") for part in shlex.split(line))


def compose() -> dict[str, Any]:
    return yaml.safe_load(read("compose.yaml"))


def processes() -> dict[str, Any]:
    """The services that run the app."""
    return {name: one for name, one in compose()["services"].items() if name.startswith("app")}


ROOMS = "lessons-rooms"
"""What of Kubernetes belongs to the rooms of classes, and to no process of the app."""


def cluster(rooms: bool = False) -> dict[str, dict[str, Any]]:
    """By kind, what Kubernetes is asked for: for the app, or for the rooms."""
    every = yaml.safe_load_all(read("kubernetes.yaml"))
    return {one["kind"]: one for one in every if (one["metadata"]["name"] == ROOMS) is rooms}


def containers() -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in cluster()["Deployment"]["spec"]["template"]["spec"]["containers"]}


# ---- the container ---------------------------------------------------------------------------------------------------


def copied() -> dict[str, str]:
    """Where in the container what of the repository lies."""
    return dict(line.split() for line in steps("COPY"))


def test_what_is_copied_is_there_and_let_through() -> None:
    assert all((ROOT / source).exists() for source in copied())
    rules = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in rules and "**/__pycache__" in rules and ".streamlit/secrets.toml" in rules
    assert {rule[1:] for rule in rules if rule.startswith("!")} == set(copied())


def test_what_is_copied_is_all_that_the_app_needs_and_it_writes_nothing(tmp_path: Path) -> None:
    app, home = tmp_path / "app", tmp_path / "home"
    app.mkdir()
    home.mkdir()
    for source, place in copied().items():
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, app / place, ignore=shutil.ignore_patterns("__pycache__", "secrets.toml"))
        else:
            shutil.copy(ROOT / source, app / place)
    before = sorted(tmp_path.rglob("*"))
    port = free_port()
    own = {"STREAMLIT_SERVER_PORT": str(port), "STREAMLIT_SERVER_ADDRESS": "127.0.0.1", "HOME": str(home)}
    environment = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG") if name in os.environ}
    command = [sys.executable, "-m", *json.loads(steps("CMD")[-1])]
    environment |= image_environment() | own
    running = subprocess.Popen(command, cwd=app, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    async def visits() -> None:
        for page in ("", "gradient_descent"):
            student = Student(f"http://127.0.0.1:{port}", page)
            try:
                await student.open()
                assert len(student.texts) > 3
            finally:
                await student.leave()

    try:
        until(lambda: answers(f"http://127.0.0.1:{port}"), "the app answers")
        awaited(visits())
    finally:
        running.terminate()
        said = running.communicate(timeout=30)[0].decode()
    # it ends as the signal says, after everything has been closed
    assert running.returncode in (0, -signal.SIGTERM) and "Traceback" not in said, said
    assert sorted(tmp_path.rglob("*")) == before, "it runs where it may not write"


def test_the_container_is_pinned_and_not_root() -> None:
    [base] = steps("FROM")
    assert re.fullmatch(PINNED, base)
    version = re.findall(r":(\d+\.\d+)\.", base)[0]
    assert f"to {version}" in (ROOT / "requirements.txt").read_text(encoding="utf-8"), "the newest that is supported"
    user, group = map(int, steps("USER")[-1].split(":"))
    assert user > 0 and group > 0
    order = [line.split()[0] for line in read("Containerfile").splitlines() if line.strip()]
    assert order.index("USER") > max(place for place, word in enumerate(order) if word == "RUN")
    assert all("--no-cache-dir" in line for line in steps("RUN") if "pip install" in line)


def test_the_container_repeats_no_setting_of_the_app() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    names = [f"{section}_{name}" for section, part in settings.items() for name in part]
    known = {"STREAMLIT_" + re.sub("([A-Z])", r"_\1", name).upper() for name in names}
    assert "STREAMLIT_SERVER_FILE_WATCHER_TYPE" in known
    assert not known & set(image_environment())


def test_the_container_says_where_and_how_it_is() -> None:
    port = image_environment()["STREAMLIT_SERVER_PORT"]
    assert steps("EXPOSE") == [port]
    [health] = steps("HEALTHCHECK")
    program = json.loads(health[health.index("[") :])
    assert f"http://127.0.0.1:{port}{HEALTH}" in program[-1]
    for one in processes().values():
        assert one["healthcheck"]["test"] == ["CMD", *program]


# ---- nginx -----------------------------------------------------------------------------------------------------------


def servers(text: str) -> dict[str, list[str]]:
    """By list of an upstream.conf, the addresses in it."""
    lists = re.findall(r"upstream (\w+) \{(.*?)\n\s*\}", text, re.DOTALL)
    return {name: re.findall(r"server (\S+) ", inside) for name, inside in lists}


@pytest.mark.parametrize("name", ["upstream.conf", "upstream.compose.conf"])
def test_files_are_sent_where_the_conversation_is(name: str) -> None:
    lists = servers(read(name))
    assert lists["app"] == lists["uploads"] and len(set(lists["app"])) == 3
    assert set(re.findall(r"proxy_pass http://(\w+)[/;]", read("nginx.conf"))) == set(lists)
    here, there = (re.sub(r"#.*|\d+\.\d+\.\d+\.\d+:\d+", "", read(one)) for one in ("upstream.conf", name))
    assert here == there, "but for the addresses they are one"


def test_nginx_takes_what_streamlit_takes() -> None:
    largest = int(re.findall(r"maxUploadSize = (\d+)", (ROOT / ".streamlit" / "config.toml").read_text())[0])
    limits = [int(number) for number in re.findall(r"client_max_body_size (\d+)m;", read("nginx.conf"))]
    assert limits == [largest + 1]
    annotations = cluster()["Ingress"]["metadata"]["annotations"]
    assert annotations["nginx.ingress.kubernetes.io/proxy-body-size"] == f"{largest + 1}m"


# ---- Compose ---------------------------------------------------------------------------------------------------------


def test_compose_and_nginx_speak_of_the_same_addresses() -> None:
    port = image_environment()["STREAMLIT_SERVER_PORT"]
    addresses = [f"{one['networks']['inside']['ipv4_address']}:{port}" for one in processes().values()]
    assert addresses == servers(read("upstream.compose.conf"))["app"]
    listens = re.findall(r"listen (\d+);", read("nginx.conf"))
    front = compose()["services"]["nginx"]
    assert [one.rsplit(":", 1)[1] for one in front["ports"]] == listens
    assert set(front["depends_on"]) == set(processes())
    assert {one["condition"] for one in front["depends_on"].values()} == {"service_healthy"}


def test_compose_confines_every_container() -> None:
    for name, one in compose()["services"].items():
        assert one["read_only"] is True and one["tmpfs"] == ["/tmp"], name
        assert one["cap_drop"] == ["ALL"] and one["security_opt"] == ["no-new-privileges:true"]
        assert one["restart"] == "unless-stopped" and one["stop_grace_period"]
        assert set(one["deploy"]["resources"]["limits"]) == {"cpus", "memory"}
        assert re.fullmatch(PINNED, one["image"])


def test_compose_builds_from_the_containerfile_and_asks_for_the_secret() -> None:
    for one in processes().values():
        context = DEPLOY / one["build"]["context"]
        assert (context / one["build"]["dockerfile"]).resolve() == DEPLOY / "Containerfile"
        assert one["environment"]["STREAMLIT_SERVER_COOKIE_SECRET"].startswith("${STREAMLIT_SERVER_COOKIE_SECRET:?")
    for volume in compose()["services"]["nginx"]["volumes"]:
        assert (DEPLOY / volume.split(":")[0]).is_file()


# ---- Kubernetes ------------------------------------------------------------------------------------------------------


def test_kubernetes_runs_what_compose_runs() -> None:
    app, nginx = containers()["app"], containers()["nginx"]
    assert {app["image"]} == {one["image"] for one in processes().values()}
    assert nginx["image"] == compose()["services"]["nginx"]["image"]
    assert nginx["command"] == compose()["services"]["nginx"]["entrypoint"]
    assert app["image"].endswith(f":{dlcore.__version__}")
    environment = {one["name"]: one for one in app["env"]}
    assert set(environment) == set(next(iter(processes().values()))["environment"])
    assert "secretKeyRef" in environment["STREAMLIT_SERVER_COOKIE_SECRET"]["valueFrom"], "a reference, and no secret"
    assert "Secret" not in cluster()


def test_kubernetes_ports_lead_from_the_door_to_the_app() -> None:
    every = cluster()
    [rule] = every["Ingress"]["spec"]["rules"]
    [path] = rule["http"]["paths"]
    service = every["Service"]
    assert path["backend"]["service"]["name"] == service["metadata"]["name"]
    [port] = service["spec"]["ports"]
    assert path["backend"]["service"]["port"]["name"] == port["name"]
    ports = {one["name"]: one["containerPort"] for each in containers().values() for one in each["ports"]}
    assert [str(ports[port["targetPort"]])] == re.findall(r"listen (\d+);", read("nginx.conf"))
    written = every["ConfigMap"]["data"]["upstream.conf"]
    assert servers(written) == {name: [f"127.0.0.1:{ports['app']}"] for name in ("app", "uploads")}
    assert str(ports["app"]) == image_environment()["STREAMLIT_SERVER_PORT"]


def test_kubernetes_asks_after_everyones_health() -> None:
    app, nginx = containers()["app"], containers()["nginx"]
    probes = [app["startupProbe"], app["readinessProbe"], app["livenessProbe"], nginx["readinessProbe"]]
    assert {one["httpGet"]["path"] for one in probes} == {HEALTH}
    assert {app["livenessProbe"]["httpGet"]["port"], nginx["readinessProbe"]["httpGet"]["port"]} == {"app", "http"}


@pytest.mark.parametrize("rooms", [False, True], ids=["app", "rooms"])
def test_kubernetes_confines_every_container(rooms: bool) -> None:
    pod = cluster(rooms)["Deployment"]["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True and pod["automountServiceAccountToken"] is False
    volumes = {one["name"] for one in pod["volumes"]}
    for one in pod["containers"]:
        context = one["securityContext"]
        assert context["readOnlyRootFilesystem"] is True and context["allowPrivilegeEscalation"] is False
        assert context["capabilities"] == {"drop": ["ALL"]} and context["runAsUser"] > 0
        assert set(one["resources"]["limits"]) == {"cpu", "memory"}
        assert {mount["name"] for mount in one["volumeMounts"]} <= volumes
        assert "/tmp" in [mount["mountPath"] for mount in one["volumeMounts"]]
        assert re.fullmatch(PINNED, one["image"])


def test_kubernetes_runs_the_app_as_the_container_says() -> None:
    user, group = map(int, steps("USER")[-1].split(":"))
    app = containers()["app"]["securityContext"]
    assert (app["runAsUser"], app["runAsGroup"]) == (user, group)


def test_kubernetes_names_fit_together() -> None:
    every = cluster()
    labels = every["Deployment"]["spec"]["template"]["metadata"]["labels"]
    for kind in ("Deployment", "PodDisruptionBudget"):
        assert every[kind]["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert every["Service"]["spec"]["selector"].items() <= labels.items()
    scaled = every["HorizontalPodAutoscaler"]["spec"]
    assert scaled["scaleTargetRef"]["name"] == every["Deployment"]["metadata"]["name"]
    assert scaled["minReplicas"] == every["Deployment"]["spec"]["replicas"]
    assert [one["containerResource"]["container"] for one in scaled["metrics"]] == ["app"]
    cookies = {
        every["Service"]["metadata"]["annotations"]["traefik.ingress.kubernetes.io/service.sticky.cookie.name"],
        every["Ingress"]["metadata"]["annotations"]["nginx.ingress.kubernetes.io/session-cookie-name"],
    }
    assert len(cookies) == 1 and "seat" not in cookies, "that one is nginx's own"


def test_the_host_is_the_one_that_nginx_offers_to_enter() -> None:
    """Whoever uncomments the line in nginx.conf has the name that Kubernetes asks for."""
    hosts = [rule["host"] for rule in cluster()["Ingress"]["spec"]["rules"]]
    assert [f"# {host} 1;" in read("nginx.conf") for host in hosts] == [True]


def test_everyone_has_the_time_to_end() -> None:
    """Compose's time as a process needs it; Kubernetes also waits before it asks."""
    [time_in_compose] = {one["stop_grace_period"] for one in processes().values()}
    pod = cluster()["Deployment"]["spec"]["template"]["spec"]
    waits = [int(one["lifecycle"]["preStop"]["exec"]["command"][1]) for one in containers().values()]
    assert pod["terminationGracePeriodSeconds"] >= int(time_in_compose.removesuffix("s")) + max(waits)


# ---- the rooms of classes --------------------------------------------------------------------------------------------


def test_all_processes_share_the_rooms_that_are_there() -> None:
    """The address in their environment is that of the service, which says nothing to anybody else."""
    service = compose()["services"]["rooms"]
    assert {one["environment"]["ROOMS"] for one in processes().values()} == {"redis://rooms:6379/0"}
    assert "ports" not in service and set(service["networks"]) == {"inside"}
    every = cluster(rooms=True)
    [address] = [one["value"] for one in containers()["app"]["env"] if one["name"] == "ROOMS"]
    assert address == f"redis://{every['Service']['metadata']['name']}:{every['Service']['spec']['ports'][0]['port']}/0"
    deployment = every["Deployment"]["spec"]
    [container] = deployment["template"]["spec"]["containers"]
    [port] = container["ports"]
    assert port["containerPort"] == 6379 and every["Service"]["spec"]["ports"][0]["targetPort"] == port["name"]
    assert deployment["replicas"] == 1 and deployment["strategy"]["type"] == "Recreate"
    labels = deployment["template"]["metadata"]["labels"]
    policy = every["NetworkPolicy"]["spec"]
    chosen = [deployment["selector"]["matchLabels"], every["Service"]["spec"]["selector"]]
    assert [*chosen, policy["podSelector"]["matchLabels"]] == [labels] * 3
    [rule] = policy["ingress"]
    own = cluster()["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert rule["from"] == [{"podSelector": {"matchLabels": own}}] and own != labels
    # the same program, which writes nothing down and refuses what it has no memory for
    assert container["command"] == service["entrypoint"] and container["image"] == service["image"]
    options = dict(zip(container["command"][1::2], container["command"][2::2]))
    assert (options["--save"], options["--appendonly"], options["--maxmemory-policy"]) == ("", "no", "noeviction")


def test_whoever_shares_rooms_has_what_it_takes() -> None:
    assert "deploy/requirements.txt" in copied() and copied()["deploy/requirements.txt"].removeprefix("./") in str(
        steps("RUN")
    )
    assert re.fullmatch(r"redis==\d+\.\d+\.\d+", read("requirements.txt").splitlines()[-1])
    assert "redis" not in (ROOT / "requirements.txt").read_text(encoding="utf-8"), "a process alone needs none"
    assert "-r deploy/requirements.txt" in (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")


# ---- the texts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["README", "community-cloud"])
def test_both_languages_name_the_same_files_and_commands(name: str) -> None:
    texts = [read(f"{name}.md"), read(f"{name}.ko.md")]
    for pattern in (r"```\n(.*?)```", r"<!-- \w+ -->"):
        here, there = (re.findall(pattern, text, re.DOTALL) for text in texts)
        assert here == there
    assert len(re.findall("(?m)^## ", texts[0])) == len(re.findall("(?m)^## ", texts[1]))
    for text in texts:
        for link in re.findall(r"\]\(([^):]+)\)", text):
            assert (DEPLOY / link).exists(), link
