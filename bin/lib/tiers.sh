# Tiers of tests, and what in them takes long; sourced by bin/test.
# shellcheck shell=bash

# Each test may wait; more at once than this only makes all of them look slow.
tests_at_once=8

# tier NAME COMMAND ARGUMENT...: runs a tier and says how long it took, however it ends.
tier() {
  local name=$1 start=$SECONDS status=0
  shift
  "$@" || status=$?
  printf 'tier %s: %d s\n' "$name" $((SECONDS - start)) >&2
  return "$status"
}

# swift_tests FOLDER ARGUMENT...: runs the Swift tests that were built there, in parallel, and says
# which took longest. SwiftPM is not asked: it takes seconds to find out that there is nothing to do.
swift_tests() {
  local bundle=$1/dssbatchPackageTests.xctest report status=0
  shift
  report=$(mktemp) || return
  SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$tests_at_once \
    "$bundle" --testing-library swift-testing --xunit-output "$report" "$@" || status=$?
  # That nothing fits the filter has a status of its own.
  if [ "$status" -eq 69 ]; then printf 'error: no test fits\n' >&2; fi
  slowest_of "$report"
  rm --force -- "$report"
  return "$status"
}

# slowest_of REPORT: prints the ten slowest tests of a report in JUnit's form.
slowest_of() {
  sed -n 's/.*<testcase classname="\([^"]*\)" name="\([^"]*\)" time="\([0-9.]*\)".*/\3 \1 \2/p' "$1" |
    sort --reverse --numeric-sort | head -n 10 |
    sed 's/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&apos;/'\''/g; s/&amp;/\&/g; s/^\([0-9]*\.[0-9]\)[0-9]*/\1 s/' >&2
}
