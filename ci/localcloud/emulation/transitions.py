"""Attributes whose value changes with time or with the number of looks.

How fast is set through `POST /moto-api/state-manager/set-transition`.
"""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from moto.moto_api import state_manager
from moto.moto_api._internal.managed_state_model import ManagedState

from localcloud.emulation.patching import change
from localcloud.models import CHANGE_SET, EXPORT_TASK, IMAGE, STACK

# By default a thing shows its first state once, and an export each of its steps once.
DEFAULT_LOOKS = {IMAGE: 2, EXPORT_TASK: 1, STACK: 2, CHANGE_SET: 2}


@change
def _default_looks() -> None:
    for model, looks in DEFAULT_LOOKS.items():
        state_manager.register_default_transition(
            model, {"progression": "manual", "times": looks}
        )


class Transition(ManagedState):
    """A value that goes through `states` at the speed set for `model`."""

    def __init__(self, model: str, *states: str):
        super().__init__(model, list(itertools.pairwise(states)))
        self.last_state = states[-1]

    @property
    def share_done(self) -> float:
        """How much of the first state's time is over, from 0 to 1."""
        if self.is_over:
            return 1
        speed = state_manager.get_transition(self.model_name)
        if speed["progression"] == "time":
            passed = (datetime.now() - self._time_progressed).total_seconds()
            return min(passed / max(speed["seconds"], 1e-9), 1)
        return min(self._tick / max(speed["times"], 1), 1)

    @property
    def is_over(self) -> bool:
        """Whether the last state is reached."""
        return self.status == self.last_state


def transitioning_attribute(owner: type, name: str) -> None:
    """Let `owner.name` be set to a `Transition`, and read as the state it is in.

    A change of moto, to be called by one (`patching.change`).
    """
    slot = f"_localcloud_{name}"

    def getter(instance: Any) -> Any:
        value = instance.__dict__.get(slot)
        return value.status if isinstance(value, Transition) else value

    def setter(instance: Any, value: Any) -> None:
        instance.__dict__[slot] = value

    setattr(owner, name, property(getter, setter))


def look(instance: Any, name: str) -> None:
    """Count one look at a transitioning attribute."""
    value = instance.__dict__.get(f"_localcloud_{name}")
    if isinstance(value, Transition):
        value.advance()
