"""The Docker engine's parts that need no engine: settings, base image, mirror, runtime."""

import http.client
import json
import os
import subprocess
from pathlib import Path

import pytest

from localcloud.engine import docker_engine, image_mirror, injected
from localcloud.engine.base_image import BaseImage, describe, digest
from localcloud.engine.packages import (
    Package,
    container_packages,
    container_paths,
    parse_relations,
    without_stanzas,
    without_triggers,
)
from localcloud.engine.settings import engine_command, engine_settings, socket_path
from localcloud.home import CloudHome


def test_the_socket_moves_below_run_where_the_folder_lies_too_deep():
    shallow, deep = Path("/somewhere"), Path("/" + "d" * 100)
    assert socket_path(shallow) == shallow / "docker.sock"
    assert socket_path(deep).parent.parent == Path("/run")
    assert socket_path(deep) == socket_path(deep) != socket_path(deep / "e")


def test_the_engine_leaves_the_network_alone_and_asks_the_mirror_first():
    settings = engine_settings(Path("/h"), "vfs", "http://127.0.0.1:1", None)
    assert settings["hosts"] == ["unix:///h/docker.sock"]
    assert (settings["bridge"], settings["iptables"]) == ("none", False)
    assert settings["storage-driver"] == "vfs"
    assert settings["registry-mirrors"] == ["http://127.0.0.1:1"]
    assert "default-runtime" not in settings
    wrapped = engine_settings(Path("/h"), "vfs", "", Path("/h/runtime"))
    assert wrapped["runtimes"][wrapped["default-runtime"]] == {"path": "/h/runtime"}


def test_the_engine_runs_in_namespaces_that_end_with_it():
    command = engine_command(Path("/h/it's.json"), "/usr/sbin/dockerd", None)
    assert "--pdeathsig=KILL" in command
    assert {"--mount", "--pid", "--fork", "--kill-child"} <= set(command)
    script = command[-1].splitlines()
    assert script[-1] == """exec /usr/sbin/dockerd '--config-file=/h/it'"'"'s.json'"""
    subprocess.run(["sh", "-n", "-c", command[-1]], timeout=300, check=True)
    reaped = engine_command(Path("/c"), "/d", "/i")[-1]
    assert reaped.endswith("exec /i -- /d --config-file=/c")


def test_relations_are_names_only():
    text = "libc6 (>= 2.34), awk | mawk:any (<< 2), perl [amd64]"
    assert parse_relations(text) == [["libc6"], ["awk", "mawk"], ["perl"]]
    assert parse_relations(", ") == []


def test_a_base_image_has_what_is_required_and_what_that_needs():
    packages = {
        "base": Package(True, [["awk"], ["absent", "libc6"]]),
        "mawk": Package(False, [], ["awk"]),
        "libc6": Package(False, [["libgcc"], ["libc6"]]),
        "libgcc": Package(False, [["libc6"]]),
        "apt": Package(False, [["gone"]]),
        "linux-image": Package(False, [["libc6"]]),
    }
    assert container_packages(packages) == set(packages) - {"linux-image"}


def test_paths_are_those_of_kept_packages_and_of_nobody(tmp_path):
    info = tmp_path / "var/lib/dpkg/info"
    info.mkdir(parents=True)
    (info / "tool:amd64.list").write_text("/.\n/usr\n/usr/bin\n/lib/shared\n")
    (info / "kernel.list").write_text("/.\n/usr\n/lib/shared\n/lib/modules\n/boot/k\n")
    for folder in ("usr/lib/shared", "usr/lib/modules/6.1", "boot", "etc", "var/log"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    (tmp_path / "lib").symlink_to("usr/lib")
    for file in ("boot/k", "boot/initrd", "etc/passwd", "etc/hostname", "var/log/x"):
        (tmp_path / file).write_text("")
    paths = set(container_paths(tmp_path, {"tool"}, {"kernel"}))
    assert {"boot", "etc/passwd", "lib", "usr/lib/shared", "var/log"} <= paths
    assert "var/lib/dpkg/info/tool:amd64.list" in paths
    gone = {"boot/k", "boot/initrd", "etc/hostname", "var/log/x", "usr/lib/modules"}
    gone |= {"usr/lib/modules/6.1", "var/lib/dpkg/info/kernel.list"}
    assert not gone & paths


def test_dpkg_forgets_what_was_left_out():
    status = "Package: a\nDepends: b\n\nPackage: b\nDescription: x\n .\n y\n\n"
    assert without_stanzas(status, {"a"}) == status.partition("\n\n")[2]
    lines = ["/usr/share/man man-db/noawait", "ldconfig libc-bin:amd64"]
    assert without_triggers(lines, {"man-db"}) == "ldconfig libc-bin:amd64\n"


@pytest.fixture
def image(tmp_path):
    image = BaseImage(tmp_path)
    image.layer.write_bytes(b"layer")
    describe(image)
    return image


def test_the_mirror_serves_one_image_as_a_registry_does(image):
    mirror = image_mirror.ImageMirror(lambda: image)
    mirror.start()
    connection = http.client.HTTPConnection(mirror.url.partition("//")[2], timeout=300)

    def get(path, method="GET"):
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()

    try:
        repository = "/v2/library/ubuntu"
        assert get("/v2/")[0] == 200
        status, headers, body = get(f"{repository}/manifests/22.04")
        assert (status, headers["Docker-Content-Digest"]) == (
            200,
            digest(image.manifest),
        )
        assert get(f"{repository}/manifests/22.04", "HEAD")[2] == b""
        for part in (manifest := json.loads(body))["layers"] + [manifest["config"]]:
            content = get(f"{repository}/blobs/{part['digest']}")[2]
            assert len(content) == part["size"]
        for unknown in ("manifests/24.04", "manifests/sha256:0", "blobs/sha256:0"):
            assert get(f"{repository}/{unknown}")[0] == 404
        assert get("/v2/library/debian/manifests/22.04")[0] == 404
    finally:
        connection.close()
        mirror.stop()


def test_a_base_image_that_cannot_be_made_is_the_answer():
    def fail():
        raise RuntimeError("no base machine")

    mirror = image_mirror.ImageMirror(fail)
    mirror.start()
    connection = http.client.HTTPConnection(mirror.url.partition("//")[2], timeout=300)
    try:
        connection.request("GET", "/v2/library/ubuntu/manifests/22.04")
        answer = connection.getresponse()
        assert (answer.status, b"no base machine" in answer.read()) == (500, True)
    finally:
        connection.close()
        mirror.stop()


def run_runtime(tmp_path, *arguments):
    script = tmp_path / "runtime"
    script.write_text(injected.runtime_script(tmp_path / "injected", "/bin/echo"))
    return subprocess.run(
        ["sh", str(script), *arguments],
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    ).stdout.split()


def test_the_runtime_adds_to_containers_and_processes_what_they_do_not_set(tmp_path):
    (tmp_path / "injected").mkdir()
    variables = json.dumps({"PIP_CERT": "/dev/x", "https_proxy": "http://p"})
    (tmp_path / "injected/environment.json").write_text(variables)
    process = {"env": ["PIP_CERT=mine", "A=b"]}
    bundle = tmp_path / "config.json"
    bundle.write_text(json.dumps({"process": process, "mounts": []}))
    create = ["--root", "/r", "create", "--bundle", str(tmp_path), "id"]
    assert run_runtime(tmp_path, *create) == create
    made = json.loads(bundle.read_text())
    wanted = ["PIP_CERT=mine", "A=b", "https_proxy=http://p"]
    assert made["process"]["env"] == wanted
    assert made["mounts"][0]["source"] == str(tmp_path / "injected")
    assert made["mounts"][0]["destination"].startswith("/dev/")
    described = tmp_path / "process"
    described.write_text(json.dumps(process))
    execute = ["exec", "--process", str(described), "--detach", "id"]
    assert run_runtime(tmp_path, *execute) == execute
    assert json.loads(described.read_text())["env"] == wanted
    assert run_runtime(tmp_path, "state", "id") == ["state", "id"]


def test_a_machine_with_direct_access_injects_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(injected, "host_apt_proxies", list)
    monkeypatch.setattr(injected, "host_pip_settings", dict)
    assert injected.injected_files({"HOME": "/root"}) == {}
    assert injected.write_runtime(tmp_path, {}) is None
    (tmp_path / "ca").write_text("certificates")
    settings = {
        "PIP_CERT": str(tmp_path / "ca"),
        "HTTPS_PROXY": "http://127.0.0.1:3128",
    }
    files = injected.injected_files(settings)
    variables = json.loads(files["environment.json"])
    assert files["ca-bundle.crt"] == "certificates"
    assert variables["https_proxy"] == "http://127.0.0.1:3128"
    assert variables["APT_CONFIG"] == "/dev/localcloud/apt.conf"
    assert f"cert = {variables['PIP_CERT']}" in files["pip.conf"]


def test_without_dockerd_there_is_a_hint(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(docker_engine.EngineError, match="hint: run `bin/setup`"):
        docker_engine.DockerEngine(CloudHome(tmp_path)).begin()
    assert os.listdir(tmp_path) == []
