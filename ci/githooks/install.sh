#!/usr/bin/env bash
# Links the project's git hooks into this clone; with `--remove`, takes them out again.
# Nobody has to: continuous integration makes the same checks.
# shellcheck disable=SC2016 # backticks in messages are meant as they stand
set -euo pipefail

fail() { # summary, hint
  printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
  exit 1
}

source_folder=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
hooks=$(cd -- "$source_folder" && git rev-parse --path-format=absolute --git-path hooks) ||
  fail 'this is no git repository' 'clone the project with git'
names=(pre-commit commit-msg)

# is_ours NAME: whether the clone's hook of that name is a link to the project's.
is_ours() { [[ $(readlink -- "$hooks/$1" || true) == "$source_folder/$1" ]]; }

case ${1:-} in
  '')
    # All or none: half of the hooks would look like all of them.
    for name in "${names[@]}"; do
      if [[ -e $hooks/$name || -L $hooks/$name ]] && ! is_ours "$name"; then
        fail "there is a hook already: \`$hooks/$name\`" \
          'move it away, or call the project'\''s from it'
      fi
    done
    mkdir -p -- "$hooks"
    for name in "${names[@]}"; do
      ln --symbolic --force -- "$source_folder/$name" "$hooks/$name"
      printf 'installed %s\n' "$hooks/$name"
    done
    ;;
  --remove)
    for name in "${names[@]}"; do
      if is_ours "$name"; then rm -- "$hooks/$name"; fi
    done
    ;;
  *) fail "unknown argument \`$1\`" 'usage: ci/githooks/install.sh [--remove]' ;;
esac
