#!/bin/bash
# shellcheck disable=SC2016 # backticks in messages are meant as they stand
# Looks at the repository CLONE, whose version has to be WANTED.
export GIT_OPTIONAL_LOCKS=0
hint="remove \`$CLONE\` on the machine and run the role \`script_languages\` again"

found=$(git -C "$CLONE" rev-parse HEAD 2>&1) ||
  refuse "a repository in \`$CLONE\`" "$found" "$hint"
# A tag or a commit, else a branch.
revision=$(git -C "$CLONE" rev-parse --verify --quiet "$WANTED^{commit}") ||
  revision=$(git -C "$CLONE" rev-parse --verify --quiet "origin/$WANTED^{commit}") ||
  refuse "a tag, commit or branch $WANTED in \`$CLONE\`" "none" "$hint"
if [ "$found" != "$revision" ]; then
  refuse "\`$CLONE\` at $WANTED, which is $revision" "$found" "$hint"
fi

# A submodule's line begins with a blank when it is in place.
submodules=$(git -C "$CLONE" submodule status --recursive 2>&1) ||
  refuse "submodules in \`$CLONE\`" "$submodules" "$hint"
if missing=$(grep --max-count=1 '^[^ ]' <<<"$submodules"); then
  refuse "every submodule of \`$CLONE\` at its commit" "$missing" "$hint"
fi

changes=$(git -C "$CLONE" status --porcelain 2>&1 | head --lines=3)
if [ -n "$changes" ]; then
  refuse "no changes in \`$CLONE\`" "${changes//$'\n'/, }" "$hint"
fi
