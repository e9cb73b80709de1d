"""`bin/localcloud`: up, status, env, down and reset."""

import concurrent.futures
import json
import os
import re
import signal
import socket
import stat
import subprocess
import time

import pytest

from localcloud.cli import main

from .conftest import LAUNCHER, Cloud, run_localcloud


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "cloud"
    yield home
    assert run_localcloud(home, "down").returncode == 0


def test_up_is_idempotent_and_answers_when_it_returns(home):
    first = run_localcloud(home, "up", "--paper")
    assert first.returncode == 0, first.stderr
    cloud = Cloud(home)
    assert cloud.description["mode"] == "paper"
    assert set(cloud.environment) == {
        "AWS_ENDPOINT_URL",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_REGION",
        "DSS_CHECKIP_URL",
        "DSS_SCRIPT_LANGUAGES_RELEASE_URL",
        "DSS_SSH_PORT",
        "DSS_ANSIBLE_RUNNER",
        "DSS_QEMU",
        "DOCKER_HOST",
    }
    assert cloud.client("sts").get_caller_identity()["Account"]
    again = run_localcloud(home, "up", "--paper")
    assert again.returncode == 0
    assert Cloud(home).description == cloud.description
    assert stat.S_IMODE((home / "cloud.json").stat().st_mode) == 0o600
    status = run_localcloud(home, "status", "--json")
    assert json.loads(status.stdout) == cloud.description


def test_a_home_too_deep_for_a_socket_has_an_engine_too(tmp_path):
    home = tmp_path / "/".join(["long-name-of-a-folder"] * 5)
    try:
        assert run_localcloud(home, "up", "--paper").returncode == 0
        address = Cloud(home).environment["DOCKER_HOST"].removeprefix("unix://")
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(address)
    finally:
        assert run_localcloud(home, "down").returncode == 0
    assert not (home / "paper").exists()


def test_quick_goes_with_paper_and_hurries_a_running_cloud(home):
    refused = run_localcloud(home, "up", "--quick")
    assert (refused.returncode, "--paper" in refused.stderr) == (1, True)
    for _ in range(2):
        assert run_localcloud(home, "up", "--paper", "--quick").returncode == 0
    asked = Cloud(home).call(
        "/moto-api/state-manager/get-transition?model_name=ec2::image"
    )
    assert asked["progression"] == "immediate"


def test_ups_at_the_same_time_start_one_server(home):
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        results = list(
            pool.map(lambda _: run_localcloud(home, "up", "--paper"), range(4))
        )
    assert [result.returncode for result in results] == [0] * 4
    addresses = {result.stderr for result in results}
    assert len(addresses) == 1


def test_env_can_be_sourced(home):
    assert run_localcloud(home, "env").returncode == 1
    run_localcloud(home, "up", "--paper")
    script = f'eval "$({LAUNCHER} env)"; echo "$AWS_ENDPOINT_URL $AWS_REGION"'
    environment = os.environ | {"DSS_LOCALCLOUD_HOME": str(home)}
    result = subprocess.run(
        ["bash", "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    assert result.stdout.split() == [Cloud(home).url, "eu-central-1"]


def test_down_says_that_the_state_goes_and_keys_stay(home):
    run_localcloud(home, "up", "--paper")
    before = Cloud(home).environment
    down = run_localcloud(home, "down")
    assert (down.returncode, "its state is gone" in down.stderr) == (0, True)
    assert not (home / "cloud.json").exists()
    assert not (home / "paper").exists()
    status = run_localcloud(home, "status")
    assert (status.returncode, "does not run" in status.stdout) == (3, True)
    assert run_localcloud(home, "down").returncode == 0
    run_localcloud(home, "up", "--paper")
    assert (
        Cloud(home).environment["AWS_SECRET_ACCESS_KEY"]
        == before["AWS_SECRET_ACCESS_KEY"]
    )
    assert run_localcloud(home, "reset").returncode == 0
    assert [path.name for path in home.iterdir()] == ["cloud.lock"]
    run_localcloud(home, "up", "--paper")
    assert (
        Cloud(home).environment["AWS_SECRET_ACCESS_KEY"]
        != before["AWS_SECRET_ACCESS_KEY"]
    )


def test_each_state_has_an_account_and_a_key_of_its_own(home):
    run_localcloud(home, "up", "--paper", "--port", "0")
    states = []
    for command in ("down", "reset", None):
        cloud = Cloud(home)
        health = cloud.call("/localcloud/health")
        identity = cloud.client("sts").get_caller_identity()
        account = cloud.description["accountId"]
        assert re.fullmatch(r"\d{12}", account)
        assert identity["Account"] == account == health["accountId"]
        assert account in identity["Arn"]
        assert health["stateId"] == cloud.description["stateId"]
        states.append(
            (account, health["stateId"], cloud.environment["AWS_ACCESS_KEY_ID"])
        )
        (stack,) = cloud.client("cloudformation").describe_stacks()["Stacks"]
        assert f":{account}:" in stack["StackId"]
        if command:
            run_localcloud(home, command)
            run_localcloud(home, "up", "--paper")
    for values in zip(*states, strict=True):
        assert len(set(values)) == 3, values


def test_a_role_of_another_account_is_of_that_account(home):
    run_localcloud(home, "up", "--paper")
    cloud = Cloud(home)
    role = "arn:aws:iam::000011112222:role/other"
    session = cloud.client("sts").assume_role(RoleArn=role, RoleSessionName="other")
    given = session["Credentials"]
    other = cloud.client(
        "sts",
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
    assert other.get_caller_identity()["Account"] == "000011112222"


def test_a_killed_server_is_replaced(home):
    run_localcloud(home, "up", "--paper")
    dead = Cloud(home).description
    os.kill(dead["pid"], signal.SIGKILL)
    for _ in range(6000):
        if run_localcloud(home, "status").returncode == 3:
            break
        time.sleep(0.05)
    assert run_localcloud(home, "up", "--paper").returncode == 0
    assert Cloud(home).description["pid"] != dead["pid"]


def test_another_mode_or_port_is_refused(home):
    run_localcloud(home, "up", "--paper")
    other = run_localcloud(home, "up", "--paper", "--port", "1")
    assert (other.returncode, "already runs at" in other.stderr) == (1, True)
    if os.geteuid() == 0:
        real = run_localcloud(home, "up")
        assert (real.returncode, "paper mode already runs" in real.stderr) == (1, True)


def test_a_taken_port_fails_with_the_logs_tail(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run_localcloud(home, "up", "--paper", "--port", str(port))
    assert result.returncode == 1
    assert "did not start" in result.stderr
    assert "in use" in result.stderr
    assert str(home / "server.log") in result.stderr


def test_a_bad_permanent_stack_fails_with_its_cause(home, tmp_path):
    (tmp_path / "vm-bucket.yaml").write_text("Resources: {X: {Type: AWS::No::Such}}")
    result = run_localcloud(
        home, "up", "--paper", DSS_LOCALCLOUD_TEMPLATES=str(tmp_path)
    )
    assert result.returncode == 1
    assert "AWS::No::Such" in result.stderr
    assert run_localcloud(home, "status").returncode == 3


def test_without_python_the_launcher_names_setup(home):
    result = run_localcloud(home, "status", DSS_PYTHON="/nonexistent/python")
    assert (result.returncode, "bin/setup" in result.stderr) == (1, True)


def test_without_root_real_mode_names_paper(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DSS_LOCALCLOUD_HOME", str(tmp_path / "cloud"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert main(["up"]) == 1
    assert "bin/localcloud up --paper" in capsys.readouterr().err
    assert not (tmp_path / "cloud").exists()
