# The one way in which the project is built; sourced by the scripts in bin/.
# shellcheck shell=bash

# shellcheck source=bin/lib/swift.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/swift.sh"

# What the program is made of, below the project's folder.
build_sources=(Sources Package.swift manifests/schema)

# Tests look inside the modules, and program and tests share one build.
#
# Generic types are made by calls and not out of their names: those would be looked up among all
# conformances of the program at its start, for 1 in 6 of the instructions of a run with nothing to do.
build_flags=(
  -c release -Xswiftc -enable-testing
  -Xswiftc -Xfrontend -Xswiftc -disable-concrete-type-metadata-mangled-name-accessors
)

# A module that is imported is one that the target depends on, at least by others; that it is named
# in `Package.swift`, the tidy test knows.
import_check=(--explicit-target-dependency-import-check error)

# build_if_older ROOT: builds the release program where it is missing, or older than its sources and
# not made of them: in a fresh clone with a cached `.build` every source is newer.
build_if_older() {
  local root=$1 binary=$1/.build/release/dssbatch newer
  newer=x
  if [ -x "$binary" ]; then
    newer=$(cd -- "$root" && find -H "${build_sources[@]}" -newer "$binary" -print -quit)
  fi
  if [ -n "$newer" ]; then
    # Without a toolchain, the program that is there may be of these sources all the same.
    use_swift || true
    if [ ! -x "$binary" ] ||
      [ "$(cat -- "$binary.sources" 2>/dev/null)" != "$(sources_digest "$root")" ]; then
      build "$root" --product dssbatch
    fi
    # A source that changed nothing in the program leaves it old: remember that it was looked at.
    # Another user's is left alone.
    touch "$binary" 2>/dev/null || true
  fi
}

# build_tests_if_older ROOT: makes a debug build of all tests where something was edited, added or
# removed since the last one began.
build_tests_if_older() {
  local root=$1 stamp=$1/.build/debug/tests.built begun
  if [ -x "$root/.build/debug/dssbatchPackageTests.xctest" ] && [ -e "$stamp" ] &&
    [ -z "$(cd -- "$root" && find -H "${build_sources[@]}" Tests -newer "$stamp" -print -quit)" ]; then
    return
  fi
  use_swift || {
    printf 'error: %s\nhint: %s\n' "$swift_problem" "$swift_hint" >&2
    return 1
  }
  # What is edited while it builds is newer than this.
  begun=$(date +%s.%N)
  swift build --package-path "$root" "${import_check[@]}" --build-tests >&2 || return
  touch --date="@$begun" -- "$stamp"
}

# sources_digest ROOT: a digest of the sources' names and contents, and of the toolchain.
sources_digest() {
  (
    cd -- "$1" || exit
    { swift --version 2>/dev/null || true; } | head -n 1
    find -H "${build_sources[@]}" -type f -print0 | LC_ALL=C sort --zero-terminated | xargs -0 sha256sum
  ) | sha256sum | cut -d ' ' -f 1
}

# build ROOT ARGUMENT...: builds into the scratch folder that every script shares. What the
# compiler says goes to standard error, so that standard output stays the program's own.
build() {
  local root=$1 stamp=$1/.build/release/dssbatch.sources digest
  shift
  use_swift || {
    printf 'error: %s\nhint: %s\n' "$swift_problem" "$swift_hint" >&2
    return 1
  }
  if [ ! -e "$stamp" ]; then
    echo 'building: the first time takes about eight minutes on two cores, and 1 GB of disk' >&2
  fi
  digest=$(sources_digest "$root")
  # SwiftPM waits for another build of the same folder by itself.
  swift build --package-path "$root" "${import_check[@]}" "${build_flags[@]}" "$@" >&2 || return
  printf '%s\n' "$digest" >"$stamp"
}
