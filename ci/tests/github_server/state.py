"""Releases and assets, in the form of GitHub's published schema."""

from __future__ import annotations

import hashlib
import itertools
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

# Unlike anything else, so that a search of every file and stream proves that they leak nowhere.
TOKEN = f"ghp_write{secrets.token_hex(16)}"
READ_TOKEN = f"ghp_read{secrets.token_hex(16)}"

_ids = itertools.count(7_000_001)
_START = datetime(2026, 1, 1, tzinfo=UTC)


def _user(base: str) -> dict[str, Any]:
    url = f"{base}/users/octocat"
    links = [
        "followers",
        "following",
        "gists",
        "starred",
        "subscriptions",
        "organizations",
        "repos",
        "events",
        "received_events",
    ]
    return {
        "login": "octocat",
        "id": 1,
        "node_id": "MDQ6VXNlcjE=",
        "avatar_url": "https://github.test/images/octocat.gif",
        "gravatar_id": "",
        "url": url,
        "html_url": "https://github.test/octocat",
        **{f"{name}_url": f"{url}/{name}" for name in links},
        "type": "User",
        "site_admin": False,
    }


@dataclass
class Asset:
    """A file of a release."""

    name: str
    content: bytes
    content_type: str = "application/octet-stream"
    state: str = "uploaded"
    id: int = field(default_factory=lambda: next(_ids))

    def json(self, base: str, release: Release, tells_digest: bool) -> dict[str, Any]:
        """Describe it."""
        at = _START + timedelta(seconds=self.id)
        digest = f"sha256:{hashlib.sha256(self.content).hexdigest()}"
        return {
            "url": f"{base}/repos/{release.repository}/releases/assets/{self.id}",
            "browser_download_url": f"https://github.test/{release.repository}/releases/"
            f"download/{release.tag}/{self.name}",
            "id": self.id,
            "node_id": f"RA_{self.id}",
            "name": self.name,
            "label": "",
            "state": self.state,
            "content_type": self.content_type,
            "size": len(self.content),
            "digest": digest if tells_digest and self.state == "uploaded" else None,
            "download_count": 0,
            "created_at": at.isoformat().replace("+00:00", "Z"),
            "updated_at": at.isoformat().replace("+00:00", "Z"),
            "uploader": _user(base),
        }


@dataclass
class Release:
    """A release, whose text and files people and programs change."""

    repository: str
    tag: str
    title: str | None = None
    body: str | None = None
    draft: bool = True
    prerelease: bool = False
    immutable: bool = False
    target: str = "main"
    assets: list[Asset] = field(default_factory=list)
    id: int = field(default_factory=lambda: next(_ids))

    def asset(self, name: str) -> Asset | None:
        """Return the asset of a name."""
        return next((asset for asset in self.assets if asset.name == name), None)

    def contents(self) -> dict[str, bytes]:
        """Return every whole asset's bytes by name."""
        return {a.name: a.content for a in self.assets if a.state == "uploaded"}

    def add(self, name: str, content: bytes, content_type: str) -> Asset | None:
        """Add an asset, named as GitHub does; none where the name is taken."""
        name = re.sub(r"[^A-Za-z0-9._+@-]+", ".", name).strip(".")
        if self.asset(name):
            return None
        asset = Asset(name, content, content_type)
        self.assets.append(asset)
        return asset

    def json(self, base: str, uploads: str, tells_digest: bool) -> dict[str, Any]:
        """Describe it."""
        url = f"{base}/repos/{self.repository}/releases/{self.id}"
        at = (_START + timedelta(seconds=self.id)).isoformat().replace("+00:00", "Z")
        place = f"https://github.test/{self.repository}/releases"
        ball = f"{base}/repos/{self.repository}"
        return {
            "url": url,
            "html_url": f"{place}/tag/{self.tag}",
            "assets_url": f"{url}/assets",
            "upload_url": f"{uploads}/repos/{self.repository}/releases/{self.id}/assets"
            "{?name,label}",
            "tarball_url": None if self.draft else f"{ball}/tarball/{self.tag}",
            "zipball_url": None if self.draft else f"{ball}/zipball/{self.tag}",
            "id": self.id,
            "node_id": f"RE_{self.id}",
            "tag_name": self.tag,
            "target_commitish": self.target,
            "name": self.title,
            "body": self.body,
            "draft": self.draft,
            "prerelease": self.prerelease,
            "immutable": self.immutable,
            "created_at": at,
            "published_at": None if self.draft else at,
            "author": _user(base),
            "assets": [a.json(base, self, tells_digest) for a in self.assets],
        }
