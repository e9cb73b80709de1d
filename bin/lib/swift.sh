# Where the Swift toolchain is; sourced by the scripts in bin/ and ci/.
# shellcheck shell=bash
# shellcheck disable=SC2034 # much of this is for the script that sources it

minimum_swift=6.2
# What ci/install-swift.sh installs.
swift_version=6.3.1

# cache_folder: prints the folder that outlives checkouts.
cache_folder() {
  printf '%s\n' "${DSS_CACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/dssbatch}"
}

# swift_home: prints the folder in which `bin/setup` installs a toolchain where there is none.
swift_home() { printf '%s/swift-%s\n' "$(cache_folder)" "$swift_version"; }

# version_of SWIFT: prints the version of a `swift`, or nothing.
version_of() {
  { "$1" --version 2>/dev/null || true; } |
    sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1
}

# use_swift: puts a toolchain that is new enough on the PATH: the one that is there already, else what
# `bin/setup` installed. Sets `swift_problem` and returns 1 where there is none.
use_swift() {
  local version='' installed
  installed=$(swift_home)/usr/bin
  swift_problem="there is no \`swift\` on the PATH"
  if command -v swift >/dev/null; then
    version=$(version_of swift)
    swift_problem="Swift ${version:-of an unknown version} on the PATH is too old"
    if [ -n "$version" ] &&
      printf '%s\n' "$minimum_swift" "$version" | sort --version-sort --check=quiet; then
      return
    fi
  fi
  if [ -x "$installed/swift" ]; then
    PATH=$installed:$PATH
    return
  fi
  swift_hint="\`bin/setup --yes\` installs Swift $swift_version in \`$(swift_home)\` (1 GB to download,
  3.5 GB on disk); or put one, $minimum_swift or newer, on the PATH: https://www.swift.org/install"
  return 1
}
