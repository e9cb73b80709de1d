#!/bin/bash
# shellcheck disable=SC2016 # backticks in messages are meant as they stand
# Asks TOOL for its version, which has to be WANTED; ROLE of the playbook installs it.
found=$("$TOOL" --version 2>&1)
for word in $found; do
  # Poetry puts it in brackets.
  if [ "${word//[()]/}" = "$WANTED" ]; then exit 0; fi
done
refuse "\`$TOOL --version\` tells $WANTED" "${found:-nothing}" \
  "see what the role \`$ROLE\` installed, and which version the manifest asks for"
