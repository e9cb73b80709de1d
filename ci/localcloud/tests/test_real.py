"""Real mode, from a stack to an exported disk; needs root and several minutes."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from .conftest import TEMPLATES, Cloud, newest_base_image, run_localcloud
from .test_images import outputs
from .test_stacks import create_change_set

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="machines need root"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("real")
    built = run_localcloud(home, "base", timeout_seconds=7200)
    assert built.returncode == 0, built.stderr
    up = run_localcloud(home, "up", DSS_LOCALCLOUD_TEMPLATES=str(TEMPLATES))
    assert up.returncode == 0, up.stderr
    yield home
    assert run_localcloud(home, "down").returncode == 0
    assert not list(home.glob("machines/*"))
    shutil.rmtree(home)


@pytest.fixture(scope="module")
def cloud(home):
    cloud = Cloud(home)
    cloud.call("/localcloud/consistency", "POST", {"looks": 0})
    return cloud


@pytest.fixture(scope="module")
def key(cloud, tmp_path_factory):
    path = tmp_path_factory.mktemp("key") / "id"
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)]
    subprocess.run(command, check=True, timeout=600)
    public = path.with_suffix(".pub").read_bytes()
    cloud.client("ec2").import_key_pair(KeyName="real", PublicKeyMaterial=public)
    return path


def until(what, condition, timeout_seconds=3600):
    deadline = time.monotonic() + timeout_seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what} took over {timeout_seconds} s"
        time.sleep(0.5)
    return found


def describe(cloud, instance_id):
    reservations = cloud.client("ec2").describe_instances(InstanceIds=[instance_id])
    return reservations["Reservations"][0]["Instances"][0]


def wait_for_state(cloud, instance_id, wanted):
    def reached():
        instance = describe(cloud, instance_id)
        return instance if instance["State"]["Name"] == wanted else None

    return until(f"state `{wanted}`", reached)


def ssh(key, host, command, timeout_seconds=1200):
    options = [
        "BatchMode=yes",
        "ConnectTimeout=5",
        "LogLevel=ERROR",
        "StrictHostKeyChecking=no",
        "UserKnownHostsFile=/dev/null",
    ]
    words = ["ssh", "-i", str(key), *(f"-o{option}" for option in options)]
    return subprocess.run(
        [*words, f"ubuntu@{host}", command],
        capture_output=True,
        text=True,
        timeout=timeout_seconds,
        check=False,
    )


def wait_for_ssh(key, host):
    until("ssh", lambda: ssh(key, host, "true").returncode == 0, 900)


@pytest.fixture(scope="module")
def machine(cloud, key):
    """The machine of a stack: its id and address."""
    client = cloud.client("cloudformation")
    parameters = {"ImageId": newest_base_image(cloud.client("ec2")), "KeyName": "real"}
    change_set = create_change_set(
        client,
        "real",
        (TEMPLATES / "ec2.yaml").read_text(),
        Parameters=[
            {"ParameterKey": name, "ParameterValue": value}
            for name, value in parameters.items()
        ],
    )
    client.execute_change_set(ChangeSetName=change_set["ChangeSetId"])

    def complete():
        stack = client.describe_stacks(StackName="real")["Stacks"][0]
        assert "ROLLBACK" not in stack["StackStatus"], stack
        return stack if stack["StackStatus"] == "CREATE_COMPLETE" else None

    stack = until("the stack", complete)
    found = {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}
    wait_for_ssh(key, found["PublicDnsName"])
    return found["InstanceId"], found["PublicDnsName"]


def test_a_stack_boots_a_machine_that_cloud_init_finishes(cloud, key, machine):
    _, host = machine
    status = ssh(key, host, "cloud-init status --wait")
    assert status.stdout.strip().endswith("status: done")
    assert ssh(key, host, "test -e /var/lib/from-user-data").returncode == 0
    assert ssh(key, host, "systemctl --failed --no-legend").stdout == ""
    base = "http://169.254.169.254/latest"
    refused = ssh(
        key, host, f"curl -s -w '%{{http_code}}' {base}/meta-data/instance-id"
    )
    assert refused.stdout == "401"
    asked = ssh(
        key,
        host,
        f"T=$(curl -sX PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' {base}/api/token);"
        f' curl -s -H "X-aws-ec2-metadata-token: $T" {base}/meta-data/instance-id',
    )
    assert asked.stdout == machine[0]
    console = cloud.client("ec2").get_console_output(InstanceId=machine[0])["Output"]
    assert "cloud-init" in console


def test_a_machine_becomes_an_image_a_disk_and_a_machine_again(
    cloud, key, machine, tmp_path
):
    ec2, s3 = cloud.client("ec2"), cloud.client("s3")
    instance_id, host = machine
    assert ssh(key, host, "sudo touch /root/marker").returncode == 0
    image_id = ec2.create_image(InstanceId=instance_id, Name="real")["ImageId"]

    def made():
        image = ec2.describe_images(ImageIds=[image_id])["Images"][0]
        assert image["State"] != "failed", image
        return image["State"] == "available"

    until("the image", made)
    wait_for_ssh(key, host)
    known = outputs(cloud)
    task_id = ec2.export_image(
        ImageId=image_id,
        DiskImageFormat="VHD",
        RoleName=known["VMExportRoleId"],
        S3ExportLocation={"S3Bucket": known["VMBucketId"], "S3Prefix": "x/"},
    )["ExportImageTaskId"]

    def exported():
        tasks = ec2.describe_export_image_tasks(ExportImageTaskIds=[task_id])
        task = tasks["ExportImageTasks"][0]
        assert task["Status"] != "deleted", task
        return task["Status"] == "completed"

    again = ec2.run_instances(
        ImageId=image_id,
        MinCount=1,
        MaxCount=1,
        InstanceType="t3.medium",
        KeyName="real",
    )["Instances"][0]["InstanceId"]
    until("the export", exported)
    disk = tmp_path / "disk.vhd"
    s3.download_file(known["VMBucketId"], f"x/{task_id}.vhd", str(disk))
    info = subprocess.run(
        ["qemu-img", "info", "-f", "vpc", str(disk)],
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    assert "virtual size: 6 GiB" in info.stdout
    second = wait_for_state(cloud, again, "running")["PublicDnsName"]
    wait_for_ssh(key, second)
    assert ssh(key, second, "sudo test -e /root/marker").returncode == 0
    ec2.stop_instances(InstanceIds=[again])
    wait_for_state(cloud, again, "stopped")
    ec2.start_instances(InstanceIds=[again])
    wait_for_state(cloud, again, "running")
    wait_for_ssh(key, second)
    ec2.terminate_instances(InstanceIds=[again])
    wait_for_state(cloud, again, "terminated")


def test_a_machine_that_shuts_itself_down_is_terminated(cloud, key, machine):
    instance_id, host = machine
    ssh(key, host, "sudo systemctl poweroff")
    instance = wait_for_state(cloud, instance_id, "terminated")
    assert instance["StateReason"]["Code"] == "Client.InstanceInitiatedShutdown"
    client = cloud.client("cloudformation")
    client.delete_stack(StackName="real")

    def gone():
        names = [s["StackName"] for s in client.describe_stacks()["Stacks"]]
        return "real" not in names

    until("the deletion", gone)


def test_what_a_killed_server_left_is_removed(cloud, home, key):
    ec2 = cloud.client("ec2")
    instance_id = ec2.run_instances(
        ImageId=newest_base_image(ec2), MinCount=1, MaxCount=1, InstanceType="t3.medium"
    )["Instances"][0]["InstanceId"]
    wait_for_state(cloud, instance_id, "running")
    namespace = Path(f"/run/netns/localcloud-{instance_id}")
    assert namespace.exists()
    os.kill(cloud.description["pid"], signal.SIGKILL)
    until("the end", lambda: run_localcloud(home, "status").returncode == 3)
    assert run_localcloud(home, "up").returncode == 0
    assert not namespace.exists()
    assert not list(home.glob("machines/*"))
    left = subprocess.run(
        ["pgrep", "-f", instance_id], capture_output=True, timeout=600, check=False
    )
    assert left.returncode == 1
