"""Permissions: what a request demands, what policies say to it, how a refusal looks."""
