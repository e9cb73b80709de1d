# The one way in which the project is built; sourced by the scripts in bin/.
# shellcheck shell=bash

# build_if_older ROOT: builds the release program where it is missing or older than its sources.
build_if_older() {
  local root=$1 binary=$1/.build/release/dssbatch newer
  newer=x
  if [ -x "$binary" ]; then
    newer=$(find "$root/Sources" "$root/Package.swift" "$root/manifests/schema" \
      -newer "$binary" -print -quit)
  fi
  if [ -n "$newer" ]; then
    build "$root" --product dssbatch
    # A source that changed nothing in the program leaves it old: remember that it was looked at.
    touch "$binary"
  fi
}

# build ROOT ARGUMENT...: builds into the scratch folder that every script shares. What the
# compiler says goes to standard error, so that standard output stays the program's own.
build() {
  local root=$1
  shift
  command -v swift >/dev/null || {
    echo "error: \`swift\` is not on the PATH" >&2
    echo "hint: install a Swift toolchain, 6.2 or newer: https://www.swift.org/install" >&2
    return 1
  }
  # SwiftPM waits for another build of the same folder by itself.
  swift build --package-path "$root" -c release "$@" >&2
}
