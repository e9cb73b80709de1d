"""EC2's eventual consistency: what was just made is unknown to the first looks at it.

A call that creates answers before all copies of EC2's records know: a look by id says that there
is no such thing, a list leaves it out. How many looks it takes differs from thing to thing; here
it is one or two, drawn from the seed, the kind and how many of the kind were made before.
What uses a thing (RunInstances with a key pair) finds it: the calls that change something are
answered from the record itself. S3 has been strongly consistent since 2020, and is left alone.

Source: https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.instances import InstanceBackend
from moto.ec2.models.key_pairs import KeyPairBackend
from moto.ec2.models.security_groups import SecurityGroupBackend
from moto.ec2.responses import EC2Response

from localcloud.answers import Answer, json_answer
from localcloud.emulation.patching import wrap
from localcloud.rules import rule

MOST_LOOKS = 2
# After that long every look sees a thing: it was made a while ago, whoever looked.
SEEN_AFTER_SECONDS = 60
# How many tries still find the name of a deregistered image taken.
TAKEN_TRIES = 2


class Visibility:
    """How many looks still miss each thing."""

    def __init__(
        self,
        seed: int = 0,
        most_looks: int = MOST_LOOKS,
        taken_tries: int = TAKEN_TRIES,
    ):
        self._seed = seed
        self._most_looks = most_looks
        self._taken_tries = taken_tries
        self._freed: dict[str, int] = {}
        self._made: Counter[str] = Counter()
        self._left: dict[str, int] = {}
        self._seen_from: dict[str, float] = {}

    def made(self, kind: str, thing_id: str) -> None:
        """Say that a thing was made just now."""
        self._made[kind] += 1
        text = f"{self._seed}/{kind}/{self._made[kind]}"
        drawn = hashlib.sha256(text.encode()).digest()[0]
        if self._most_looks:
            self._left[thing_id] = 1 + drawn % self._most_looks
            self._seen_from[thing_id] = time.monotonic() + SEEN_AFTER_SECONDS

    @rule("8")
    def misses(self, thing_id: str) -> bool:
        """Count one look at a thing, and return whether it misses it."""
        left = self._left.get(thing_id, 0)
        if left and time.monotonic() >= self._seen_from[thing_id]:
            left = 0
        if left <= 1:
            self._left.pop(thing_id, None)
        else:
            self._left[thing_id] = left - 1
        return left > 0

    def freed(self, name: str) -> None:
        """Say that an image of that name was deregistered just now."""
        self._freed[name] = self._taken_tries

    @rule("17")
    def still_takes(self, name: str) -> bool:
        """Count one try to use a name, and return whether it still counts as taken."""
        left = self._freed.get(name, 0)
        self._freed[name] = max(0, left - 1)
        return left > 0

    def settle(self) -> None:
        """Let everything that was made so far be seen."""
        self._left.clear()
        self._freed.clear()

    def answer(self, method: str, body: bytes) -> Answer:
        """Answer `/localcloud/consistency`.

        POST lets everything be seen that was made so far, and sets `seed`, `looks` (the most
        that miss a thing; 0 for none) and `names` (how many tries still find an image's name
        taken after its deregistration) where they are given; DELETE restores all.
        """
        wanted: dict[str, Any] = json.loads(body) if method == "POST" else {}
        if unknown := sorted(wanted.keys() - {"seed", "looks", "names"}):
            return json_answer(400, {"error": f"unknown field `{unknown[0]}`"})
        if method == "POST" and not wanted:
            self.settle()
        elif method != "GET":
            self.__init__(
                wanted.get("seed", 0),
                wanted.get("looks", MOST_LOOKS),
                wanted.get("names", TAKEN_TRIES),
            )
        return json_answer(
            200,
            {
                "seed": self._seed,
                "looks": self._most_looks,
                "names": self._taken_tries,
            },
        )


visibility = Visibility()


def seen(
    things: Iterable[Any],
    wanted: Iterable[str],
    missing: Callable[[str], EC2ClientError],
    id_of: Callable[[Any], str] = lambda thing: thing.id,
) -> list[Any]:
    """Return what a look sees of things; raise `missing(name)` for what it names and misses."""
    names, visible = set(wanted), []
    for thing in things:
        thing_id = id_of(thing)
        if not visibility.misses(thing_id):
            visible.append(thing)
        elif names:
            raise missing(next((n for n in names if n == thing_id), min(names)))
    return visible


def not_found(code: str, words: str) -> Callable[[str], EC2ClientError]:
    """Return what makes EC2's error of a thing that is not there; `words` holds `{}`."""
    return lambda name: EC2ClientError(code, words.format(name))


@wrap(KeyPairBackend, "import_key_pair")
@wrap(KeyPairBackend, "create_key_pair")
def _new_key_pair(original: Any, backend: Any, *args: Any, **kwargs: Any) -> Any:
    pair = original(backend, *args, **kwargs)
    visibility.made("key-pair", pair.id)
    return pair


@wrap(InstanceBackend, "run_instances")
def _new_instances(original: Any, backend: Any, *args: Any, **kwargs: Any) -> Any:
    reservation = original(backend, *args, **kwargs)
    for instance in reservation.instances:
        visibility.made("instance", instance.id)
    return reservation


@wrap(SecurityGroupBackend, "create_security_group")
def _new_security_group(original: Any, backend: Any, *args: Any, **kwargs: Any) -> Any:
    group = original(backend, *args, **kwargs)
    if group.name != "default":
        visibility.made("security-group", group.id)
    return group


def _miss_new(operation: str, key: str, parameter: str, error: tuple[str, str]) -> None:
    """Let an operation of moto, which lists things under `key`, miss what is new."""

    @wrap(EC2Response, operation)
    def describe(original: Any, response: Any) -> ActionResult:
        answer = original(response)
        named = response._get_param(parameter, [])
        things = seen(answer.result[key], named, not_found(*error))
        return ActionResult(answer.result | {key: things})


_miss_new(
    "describe_key_pairs",
    "KeyPairs",
    "KeyNames",
    ("InvalidKeyPair.NotFound", "The key pair '{}' does not exist"),
)
_miss_new(
    "describe_security_groups",
    "SecurityGroups",
    "GroupIds",
    ("InvalidGroup.NotFound", "The security group '{}' does not exist"),
)


@wrap(EC2Response, "describe_instances")
def _describe_instances(original: Any, response: Any) -> ActionResult:
    answer = original(response)
    ids = response._get_param("InstanceIds", [])
    missing = not_found(
        "InvalidInstanceID.NotFound", "The instance ID '{}' does not exist"
    )
    reservations = [
        reservation
        for reservation in answer.result["Reservations"]
        if seen(reservation.instances, ids, missing)
    ]
    return ActionResult(answer.result | {"Reservations": reservations})
