"""The matrix of faults: every kind at every call of every command; `ci/faults` runs it."""
