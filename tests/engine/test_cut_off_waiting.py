"""An agent that a human cuts off while it waits for a word: nobody answers into the void, and no answer is lost."""

from __future__ import annotations

from hephaestus_tui.domain.commands import Answer, Pause, Restart, Resume, Steer
from hephaestus_tui.domain.message import WordsPart
from hephaestus_tui.domain.reach import only
from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.domain.state import AgentStatus
from hephaestus_tui.domain.talk_commands import AnswerReport
from hephaestus_tui.domain.words import When


def root(say, *turns):
    return say.entry("root", 'title = "make it so"', *turns)


def ask(say, call_id="q"):
    return say.turn("hold", say.call("ask_human", call_id, '{ question = "go on?" }'))


def report(say):
    return say.turn("stuck", say.call("report_blocker", "b", '{ text = "no access", wait = true }'))


async def words(session):
    parts = [p for m in (await session.transcript("T1")).messages for p in m.parts]
    return [p.word.text for p in parts if isinstance(p, WordsPart)]


async def test_words_on_a_report_reach_an_agent_that_was_restarted_while_it_waited(forge, say, ada):
    session = await forge.start(say.script(root(say, report(say), ask(say), say.done())))
    await session.settled()
    (reported,) = session.state().reports
    await session.submit(Restart(reach=only("T1"), actor=ada, note="try without"))
    await session.settled()
    assert session.state().questions, "it has left the call in which it waited"
    await session.submit(AnswerReport(report_id=reported, words="you have access now", actor=ada))
    (question,) = session.state().questions
    await session.submit(answer(question, ada))
    await session.settled()
    assert any("you have access now" in said for said in await words(session))
    assert replay(await forge.store.facts(session.run_id)) == session.state()


async def test_a_proposal_is_waited_for_no_more_after_a_restart_with_a_note(forge, say, ada, until):
    waits = say.turn("s", say.spawn("kid", more="wait_for_decision = true"))
    session = await forge.start(say.script(root(say, waits, ask(say), say.done())))
    await session.settled()
    assert session.state().agents["T1"].status is AgentStatus.WAITING
    await session.submit(Restart(reach=only("T1"), actor=ada, note="go on without"))
    await session.settled()
    assert not session.state().proposals["T2"].waits
    assert session.state().agents["T1"].note == "waits for an answer: question"


async def test_who_is_interrupted_while_paused_has_nothing_open_any_more(forge, say, ada):
    session = await forge.start(say.script(root(say, ask(say), ask(say, "q2"), say.done())))
    await session.settled()
    await session.submit(Pause(reach=only("T1"), actor=ada))
    (first,) = session.state().questions
    await session.submit(Steer(reach=only("T1"), text="never mind", when=When.INTERRUPTING, actor=ada))
    assert not session.state().questions
    assert session.state().agents["T1"].status is AgentStatus.PAUSED
    await session.submit(Resume(reach=only("T1"), actor=ada))
    await session.settled()
    (second,) = session.state().questions
    assert second != first
    assert await words(session) == ["never mind"]


def answer(question, ada):
    return Answer(question_id=question, answer="yes", actor=ada)
