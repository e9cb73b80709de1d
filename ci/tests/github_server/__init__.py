"""A GitHub on loopback: releases and their assets, as GitHub's published schema has them."""

from .faults import Fault
from .server import GitHubServer, running_github
from .state import READ_TOKEN, TOKEN, Asset, Release

__all__ = [
    "READ_TOKEN",
    "TOKEN",
    "Asset",
    "Fault",
    "GitHubServer",
    "Release",
    "running_github",
]
