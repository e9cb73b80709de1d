"""What a container needs of this machine, mounted into it so that no image keeps it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

# slirp4netns gives the guest this address, and forwards ports to it.
GUEST_ADDRESS = "10.0.2.100"
HOST_FROM_GUEST = "10.0.2.2"
GUEST_CA_BUNDLE = "/run/localcloud/ca-bundle.crt"
CA_VARIABLES = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
PROXY_VARIABLES = ("http_proxy", "https_proxy", "no_proxy")
PIP_SETTINGS = (
    "index-url",
    "extra-index-url",
    "trusted-host",
    "timeout",
    "default-timeout",
)

# It sorts before what netplan or cloud-init generate.
NETWORK = f"""\
[Match]
Name=eth0

[Network]
Address={GUEST_ADDRESS}/24
Gateway={HOST_FROM_GUEST}
DNS=10.0.2.3
LinkLocalAddressing=no
IPv6AcceptRA=no
"""

CLOUD_CONFIG = """\
datasource_list: [Ec2Container]
network: {config: disabled}
"""

# cloud-init knows EC2 by the firmware's serial number, which no container sees; without it,
# it asks the metadata service without a token.
DATASOURCE = '''\
"""EC2's data source for a machine that is a container."""

from cloudinit import sources
from cloudinit.sources.DataSourceEc2 import CloudNames, DataSourceEc2


class DataSourceEc2Container(DataSourceEc2):
    """Speaks to the metadata service as on EC2, tokens included."""

    metadata_urls = ["http://169.254.169.254"]

    def _get_cloud_name(self):
        return CloudNames.AWS


def get_datasource_list(depends):
    """Return the data source once the network is up."""
    wanted = (sources.DEP_FILESYSTEM, sources.DEP_NETWORK)
    return sources.list_from_depends(depends, [(DataSourceEc2Container, wanted)])
'''


@dataclass(frozen=True)
class Injected:
    """One file of the container that lies outside its root file system."""

    target: str
    content: str
    mode: int = 0o644


def injected_files(environment: dict[str, str]) -> list[Injected]:
    """Return the files for a container on a host with that environment."""
    files = [
        Injected("/run/systemd/network/05-localcloud.network", NETWORK),
        Injected("/etc/cloud/cloud.cfg.d/99-localcloud.cfg", CLOUD_CONFIG),
        Injected(
            "/usr/lib/python3/dist-packages/DataSourceEc2Container.py", DATASOURCE
        ),
    ]
    variables = {k: _guest_view(v) for k, v in host_proxies(environment).items()}
    apt = [_guest_view(line) for line in host_apt_proxies()]
    pip = {k: _guest_view(v) for k, v in host_pip_settings().items()}
    if bundle := host_ca_bundle(environment):
        files.append(Injected(GUEST_CA_BUNDLE, bundle.read_text()))
        variables |= dict.fromkeys(CA_VARIABLES, GUEST_CA_BUNDLE)
        pip["cert"] = GUEST_CA_BUNDLE
        apt.append(f'Acquire::https::CaInfo "{GUEST_CA_BUNDLE}";')
    if pip:
        files.append(Injected("/etc/xdg/pip/pip.conf", pip_configuration(pip)))
    if apt:
        content = "\n".join([*apt, ""])
        files.append(Injected("/etc/apt/apt.conf.d/99localcloud", content))
    if variables:
        settings = " ".join(f'{name}="{value}"' for name, value in variables.items())
        # sshd's first value wins: this sorts before `50-cloud-init.conf`.
        files.append(
            Injected(
                "/etc/ssh/sshd_config.d/10-localcloud.conf",
                f"SetEnv {settings}\n",
                0o600,
            )
        )
        kept = " ".join(variables)
        files.append(
            Injected(
                "/etc/sudoers.d/localcloud", f'Defaults env_keep += "{kept}"\n', 0o440
            )
        )
    return files


def host_ca_bundle(environment: dict[str, str]) -> Path | None:
    """Return the CA bundle that this machine's environment names, if it names one."""
    for name in CA_VARIABLES:
        path = environment.get(name)
        if path and Path(path).is_file():
            return Path(path)
    return None


def _guest_view(url: str) -> str:
    """Return a proxy's address as the guest reaches it."""
    return re.sub(r"//(localhost|127\.0\.0\.1)\b", f"//{HOST_FROM_GUEST}", url)


def host_proxies(environment: dict[str, str]) -> dict[str, str]:
    """Return the proxies that this machine's environment names, in both spellings."""
    proxies = {}
    for name in PROXY_VARIABLES:
        if value := environment.get(name) or environment.get(name.upper()):
            proxies[name] = proxies[name.upper()] = value
    return proxies


def host_apt_proxies() -> list[str]:
    """Return the lines of this machine's apt configuration that name proxies."""
    output = _output(["apt-config", "dump"])
    pattern = re.compile(r'^Acquire::(https?|ftp)::Proxy(::\S+)? ".+";$', re.IGNORECASE)
    return [line for line in output.splitlines() if pattern.match(line)]


def host_pip_settings() -> dict[str, str]:
    """Return this machine's settings of pip that say where packages come from."""
    if shutil.which("pip3") is None:
        return {}
    output = _output(["pip3", "config", "list"])
    settings = re.findall(r"^(?:global|:env:)\.([\w-]+)='(.*)'$", output, re.MULTILINE)
    return {name: value for name, value in settings if name in PIP_SETTINGS}


def pip_configuration(settings: dict[str, str]) -> str:
    """Return pip's configuration file with those settings."""
    lines = [f"{name} = {value}" for name, value in settings.items()]
    return "\n".join(["[global]", *lines, ""])


def _output(command: list[str]) -> str:
    result = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    return result.stdout if result.returncode == 0 else ""


def write_injection(folder: Path, files: list[Injected]) -> list[str]:
    """Write the files under `folder` and return nspawn's options that mount them."""
    folder.mkdir(parents=True, exist_ok=True)
    options = []
    for number, file in enumerate(files):
        source = folder / f"{number}-{Path(file.target).name}"
        source.unlink(missing_ok=True)
        source.write_text(file.content)
        source.chmod(file.mode)
        options.append(f"--bind-ro={source}:{file.target}")
    return options


PLACEHOLDERS = (
    "etc/cloud/cloud.cfg.d/99-localcloud.cfg",
    "usr/lib/python3/dist-packages/DataSourceEc2Container.py",
    "etc/xdg/pip/pip.conf",
    "etc/apt/apt.conf.d/99localcloud",
    "etc/ssh/sshd_config.d/10-localcloud.conf",
    "etc/sudoers.d/localcloud",
)


def remove_traces(root: Path) -> None:
    """Remove from a copied root file system what only the container needed.

    A mounted file leaves an empty one behind in the root file system.
    """
    for name in PLACEHOLDERS:
        path = root / name
        if path.is_file() and path.stat().st_size == 0:
            path.unlink()
    pip_folder = root / "etc/xdg/pip"
    if pip_folder.is_dir() and not os.listdir(pip_folder):
        pip_folder.rmdir()
    # cloud-init's cached data source is a class of the container's own module.
    for cached in root.glob("var/lib/cloud/instances/*/obj.pkl"):
        cached.unlink()
