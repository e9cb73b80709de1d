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
hook=$hooks/pre-commit
target=$source_folder/pre-commit

case ${1:-} in
  '')
    if [[ -e $hook || -L $hook ]] && [[ $(readlink -- "$hook" || true) != "$target" ]]; then
      fail "there is a hook already: \`$hook\`" 'move it away, or call the project'\''s from it'
    fi
    mkdir -p -- "$hooks"
    ln --symbolic --force -- "$target" "$hook"
    printf 'installed %s\n' "$hook"
    ;;
  --remove)
    if [[ $(readlink -- "$hook" || true) == "$target" ]]; then rm -- "$hook"; fi
    ;;
  *) fail "unknown argument \`$1\`" 'usage: ci/githooks/install.sh [--remove]' ;;
esac
