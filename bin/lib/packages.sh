# Installs Debian packages for bin/setup, which has `fail` and `say`.
# shellcheck shell=bash

# What these packages bring that would run for the whole system. The local cloud starts an engine
# of its own, and Docker's service would even rewrite the firewall of a laptop.
unwanted_services=(containerd.service docker.service docker.socket docker-registry.service)
# It is there where systemd runs.
systemd_state=/run/systemd/system

# missing_of A|B|C: prints the first package of the alternatives unless one of them is installed.
missing_of() {
  local alternatives package
  IFS='|' read -r -a alternatives <<<"$1"
  for package in "${alternatives[@]}"; do
    if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ]; then
      return
    fi
  done
  printf '%s\n' "${alternatives[0]}"
}

# missing_packages WANTED: prints the packages that are missing, of a list of words each of which may
# name alternatives.
missing_packages() {
  local word
  for word in $1; do missing_of "$word"; done
}

# new_services: prints the unwanted services that this system does not have yet.
new_services() {
  local service
  if [ ! -d "$systemd_state" ]; then return; fi
  for service in "${unwanted_services[@]}"; do
    if ! systemctl cat "$service" >/dev/null 2>&1; then printf '%s\n' "$service"; fi
  done
}

# install_missing WANTED: installs them. Services that come with them neither start now nor at boot.
install_missing() {
  local missing=() services=() as_root=() status=0
  mapfile -t missing < <(missing_packages "$1")
  if [ ${#missing[@]} -eq 0 ]; then return; fi

  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "these packages are missing: ${missing[*]}" \
      "run \`apt-get install ${missing[*]}\` as root"
    as_root=(sudo)
  fi
  say "installing ${missing[*]}"
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive
    apt-get -o DPkg::Lock::Timeout=600 --quiet)
  "${apt[@]}" update >&2

  mapfile -t services < <(new_services)
  # A mask keeps packages from starting a service; this one is gone after a reboot in any case.
  if [ ${#services[@]} -gt 0 ]; then
    "${as_root[@]}" systemctl --runtime mask "${services[@]}" >&2
  fi
  "${apt[@]}" install --yes --no-install-recommends "${missing[@]}" >&2 || status=$?
  if [ ${#services[@]} -gt 0 ]; then
    "${as_root[@]}" systemctl --runtime unmask "${services[@]}" >&2
    # Those of packages that were not installed after all are unknown.
    "${as_root[@]}" systemctl --quiet disable "${services[@]}" 2>/dev/null || true
  fi
  if [ "$status" -ne 0 ]; then
    fail 'apt could not install the packages' 'look at its message above'
  fi
}
