"""What goes ahead without asking, for every policy, effect and containment."""

from __future__ import annotations

from itertools import product

import pytest

from hephaestus_tui.domain.policy import Containment, Effect, Leave, Policy, leave


@pytest.mark.parametrize("policy", Policy)
def test_a_command_that_nothing_holds_is_never_allowed_unasked(policy: Policy) -> None:
    assert leave(policy, Effect.RUN, Containment.NONE) in (Leave.ASKED, Leave.REFUSED)


@pytest.mark.parametrize(("policy", "effect"), product(Policy, (Effect.NONE, Effect.WRITE)))
def test_what_is_no_command_does_not_depend_on_a_sandbox(policy: Policy, effect: Effect) -> None:
    assert len({leave(policy, effect, containment) for containment in Containment}) == 1


@pytest.mark.parametrize("containment", Containment)
@pytest.mark.parametrize(
    ("policy", "write", "run"),
    [
        (Policy.READ_ONLY, Leave.REFUSED, Leave.REFUSED),
        (Policy.ASK, Leave.ASKED, Leave.ASKED),
        (Policy.AUTO_EDIT, Leave.ALLOWED, Leave.ASKED),
        (Policy.AUTO, Leave.ALLOWED, Leave.ALLOWED),
    ],
)
def test_the_table(containment: Containment, policy: Policy, write: Leave, run: Leave) -> None:
    assert leave(policy, Effect.NONE, containment) is Leave.ALLOWED
    assert leave(policy, Effect.WRITE, containment) is write
    if containment is not Containment.NONE:
        assert leave(policy, Effect.RUN, containment) is run
