"""The commands of the matrix, and what there must be at the end of each."""

from __future__ import annotations

import json

from localcloud.paper.docker_engine import BASE_IMAGE, PaperDockerEngine

from ..github_server import GitHubServer, Release
from ..matrix import FILE, Matrix
from ..program import Outcome
from ..project import Project
from ..stacks import MANIFEST as STACKS
from ..stacks import Stacks
from .proxy import FaultProxy
from .scene import FOLDER, S3, Scene, check_asset

CODE_BUILD = "DATA-SCIENCE-SANDBOX-RELEASE-CODEBUILD"
REPOSITORY = "registry.test:5000/team/sandbox"


class ReleaseScene(Scene):
    """A whole release."""

    def check(self, ended: list[Outcome], has_lost: bool) -> None:
        """One of everything, no key on the disk."""
        check_asset(self.cloud, self.project.asset_id)
        self.check_results(self.project.asset_id)
        assert self.project.private_keys() == []
        self.project.assert_secrets_kept()


class MatrixScene(Scene):
    """Two releases that share a stage."""

    arguments = (FILE,)

    def prepare(self, asset_id: str) -> None:
        """Write the matrix too."""
        super().prepare(asset_id)
        self.ids = Matrix(self.project, "ab").ids

    def check(self, ended: list[Outcome], has_lost: bool) -> None:
        """One of everything for each."""
        for asset_id in self.ids:
            check_asset(self.cloud, asset_id)
        self.check_results(*self.ids)
        assert self.project.private_keys() == []


class StacksScene(Scene):
    """Two permanent stacks in two regions, the second fed by the first."""

    arguments = (STACKS,)

    def prepare(self, asset_id: str) -> None:
        """Write the stacks."""
        super().prepare(asset_id)
        self.stacks = Stacks(self.project)

    def check(self, ended: list[Outcome], has_lost: bool) -> None:
        """Both are there, and no change set waits."""
        for name in ("first", "second"):
            assert self.stacks.status(name) == "CREATE_COMPLETE"
            assert self.stacks.waiting_change_sets(name) == []
        self.check_results("infrastructure")


class DockerScene(Scene):
    """The Docker image and its push; the engine is one of records."""

    def prepare(self, asset_id: str) -> None:
        """Start the engine, and let the manifest ask for the image alone."""
        super().prepare(asset_id)
        self.engine = PaperDockerEngine(self.project.temporary / "e.sock")
        self.engine.add_image(BASE_IMAGE)
        front = self.project.temporary / "f.sock"
        self.proxies.append(FaultProxy(self.engine.socket, front))
        self.project.environment["DOCKER_HOST"] = f"unix://{front}"
        self.project.environment["DOCKER_REGISTRY_PASSWORD"] = "of-the-registry"
        self.project.edit_manifest(
            lambda m: m.update(
                docker={"repository": REPOSITORY, "registryUser": "releaser"}
            )
        )

    @property
    def options(self) -> list[str]:
        """Only the image."""
        publish = ["--only", "docker", "--set", "/docker/publish=true"]
        return [*super().options, *publish]

    def check(self, ended: list[Outcome], has_lost: bool) -> None:
        """One image, pushed, and no container."""
        assert self.engine.containers == {}
        made = [
            i for i in self.engine.images.values() if BASE_IMAGE not in i["RepoTags"]
        ]
        assert len(made) == 1, f"images: {made}"
        assert set(self.engine.registry.values()) == {
            made[0]["RepoDigests"][0].partition("@")[2]
        }
        assert len(self.engine.registry) == 2
        self.check_results(self.project.asset_id)

    def close(self) -> None:
        """End the engine too."""
        super().close()
        self.engine.close()


class PageScene(Scene):
    """The documents of a finished release, on its page at GitHub."""

    arguments = ("update-release",)
    OLD = b"of an earlier run"
    released: Project

    def prepare(self, asset_id: str) -> None:
        """Copy a finished release, and start a GitHub that has its page."""
        folder = self.project.folder
        self.project = self.released.copy_to(folder / "copy")
        self.hub = GitHubServer()
        host, _, port = self.hub.url.rpartition("://")[2].partition(":")
        proxy = FaultProxy((host, int(port)))
        self.proxies.append(proxy)
        self.hub.url = proxy.address
        self.hub.uploads_url = proxy.address + self.hub.upload_path
        self.project.environment |= self.hub.environment()
        self.page: Release = self.hub.add("3.4.0", body="By hand.\n")
        self.names = {
            "artifacts.md",
            "release.json",
            "ami.inventory.json",
            "ami.cdx.json",
        }
        for name in sorted(self.names):
            self.page.add(name, self.OLD, "text/plain")

    @property
    def options(self) -> list[str]:
        """Which page."""
        return [*super().options, "--release-id", str(self.page.id)]

    def stale(self) -> set[str]:
        """A second run has nothing to do."""
        outcome = self.start().outcome()
        assert outcome.status == 0, str(outcome)
        return outcome.started()

    def check(self, ended: list[Outcome], has_lost: bool) -> None:
        """Every file under its own name alone, and one section of notes."""
        contents = self.page.contents()
        assert set(contents) == self.names == {a.name for a in self.page.assets}
        for name in self.names:
            assert contents[name] == (self.project.results / name).read_bytes()
        assert self.page.body.startswith("By hand.\n")
        assert self.page.body.count("<!-- dssbatch:begin -->") == 1
        assert self.hub.violations == []
        assert len(self.hub.releases) == 1

    def close(self) -> None:
        """End the server too."""
        super().close()
        self.hub.close()


class DistributeScene(MatrixScene):
    """A batch of builds that is started and not waited for."""

    arguments = ("distribute", FILE)

    @property
    def options(self) -> list[str]:
        """It ends when the batch has begun."""
        return ["--results", self.address, "--no-wait"]

    def stale(self) -> set[str]:
        """Its builds are records, which make nothing."""
        return set()

    def check(self, ended: list[Outcome], has_lost: bool) -> None:
        """Each run that ended well started one batch, and the others none but unknowingly."""
        client = self.cloud.client("codebuild")
        every = client.list_build_batches_for_project(projectName=CODE_BUILD)["ids"]
        mine = [
            batch["id"]
            for batch in client.batch_get_build_batches(ids=every[:100])["buildBatches"]
            if self.address in json.dumps(batch, default=str)
        ]
        told = [event["id"] for o in ended for event in o.events("batch-started")]
        assert set(told) <= set(mine)
        well = [outcome for outcome in ended if outcome.status == 0]
        assert len(told) == len(set(told)) >= len(well)
        unknown = len(mine) - len(told)
        assert unknown <= (1 if has_lost else 0), f"batches: {mine}, told of: {told}"


SCENES: dict[str, type[Scene]] = {
    "release": ReleaseScene,
    "matrix": MatrixScene,
    "stacks": StacksScene,
    "docker": DockerScene,
    "update-release": PageScene,
    "distribute": DistributeScene,
}
PLACES = {name: (FOLDER, S3) for name in SCENES} | {
    "distribute": (S3,),
    # What it publishes are recorded documents; a copy of a finished release has them in a folder.
    "update-release": (FOLDER,),
}
