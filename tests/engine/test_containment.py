"""Where no sandbox holds commands each one asks, whatever the policy; and the record says which it was."""

from __future__ import annotations

import pytest

from hephaestus_tui.domain.commands import Answer, SetPolicy
from hephaestus_tui.domain.events import ALLOW
from hephaestus_tui.domain.policy import Containment, Policy

COMMAND = '{ command = "echo ran > ran" }'


def script(say):
    run = say.turn("I run it.", say.call("run_command", "run", COMMAND))
    write = say.turn("I write.", say.call("write_file", "write", '{ path = "a.txt", content = "x" }'))
    return say.script(say.entry("root", 'role = "backend_developer"', write, run, say.done()))


async def test_under_auto_a_file_is_written_unasked_and_a_command_asks(forge, say, ada, until) -> None:
    forge.containment = Containment.NONE
    session = await forge.start(script(say))
    state = await until(session, lambda s: s.questions)
    assert state.policy is Policy.AUTO
    assert state.containment is Containment.NONE
    assert (forge.project / "a.txt").exists()
    assert not (forge.project / "ran").exists()
    (question,) = state.questions.values()
    assert question.text == "echo ran > ran"
    # no change of the policy stands for an answer
    for policy in (Policy.ASK, Policy.AUTO):
        receipt = await session.submit(SetPolicy(policy=policy, actor=ada))
        assert "allowed" not in receipt.note
    assert session.state().questions
    await session.submit(Answer(question_id=question.id, answer=ALLOW, actor=ada))
    await session.settled()
    assert (forge.project / "ran").read_text("utf-8") == "ran\n"


@pytest.mark.parametrize("containment", [Containment.SANDBOX, Containment.TRUSTED])
async def test_under_auto_a_command_that_is_held_or_trusted_does_not_ask(forge, say, containment) -> None:
    forge.containment = containment
    session = await forge.start(script(say))
    await session.settled()
    assert session.state().containment is containment
    assert not session.state().answers
    assert (forge.project / "ran").exists()


async def test_what_a_machine_has_is_found_out_anew_when_a_run_is_taken_up(forge, say, until) -> None:
    forge.containment = Containment.SANDBOX
    session = await forge.start(script(say), serve=False)
    run_id = session.run_id
    assert session.state().containment is Containment.SANDBOX
    await forge.stop()
    forge.containment = Containment.NONE
    session = await forge.resume(run_id)
    state = await until(session, lambda s: s.questions)
    assert state.containment is Containment.NONE
    assert not (forge.project / "ran").exists()
