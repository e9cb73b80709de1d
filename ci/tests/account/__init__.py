"""A release on a real account, by its owner's consent; `ci/aws` runs it."""
