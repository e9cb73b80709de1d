"""Judges requests and answers by the models that are generated from GitHub's own description."""

from __future__ import annotations

from typing import Any

from githubkit_schemas.v2022_11_28.models import (
    Release,
    ReleaseAsset,
    ReposOwnerRepoReleasesAssetsAssetIdPatchBody,
    ReposOwnerRepoReleasesPostBody,
    ReposOwnerRepoReleasesReleaseIdPatchBody,
)
from pydantic import BaseModel, ValidationError

UPDATE_RELEASE = ReposOwnerRepoReleasesReleaseIdPatchBody
CREATE_RELEASE = ReposOwnerRepoReleasesPostBody
UPDATE_ASSET = ReposOwnerRepoReleasesAssetsAssetIdPatchBody
RELEASE = Release
ASSET = ReleaseAsset


def problems(model: type[BaseModel], document: Any) -> list[str]:
    """Return what a document has that the model does not allow."""
    try:
        read = model.model_validate(document)
    except ValidationError as error:
        return [f"{model.__name__}: {line}" for line in str(error).splitlines()]
    unknown = set(document) - {
        field.alias or name for name, field in type(read).model_fields.items()
    }
    return [f"{model.__name__}: unknown field {name}" for name in sorted(unknown)]


def asset_problems(document: dict[str, Any]) -> list[str]:
    """Judge an asset; the schema does not know `starter`, of which the reference tells."""
    state = "open" if document["state"] == "starter" else document["state"]
    return problems(ASSET, document | {"state": state})


def release_problems(document: dict[str, Any]) -> list[str]:
    """Judge a release with its assets."""
    found = problems(RELEASE, document | {"assets": []})
    for asset in document["assets"]:
        found += asset_problems(asset)
    return found
