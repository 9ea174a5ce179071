"""What cannot be is one sentence that says what happened and what to do, the right code, and nothing lost."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

HEADLESS = ("run", "mend the cache", "--headless")
ROLE = '+++\nname = "{name}"\ntitle = "Mine"\nphases = ["building"]\ntools = ["read_file"]\n+++\nYou are mine.\n'
KEY = "sk-canary-bad-input-0123456789"


def one_sentence(said, code: int, told: str) -> None:
    assert (said.code, said.out, said.err.count("\n")) == (code, "", 1), said.err
    assert said.err.startswith("hephaestus: ")
    assert told in said.err
    assert len(said.err) < 480


# -- the model


@pytest.mark.parametrize(
    ("model", "told"),
    [
        (None, "No model is chosen. Name one with --model"),
        ("openai:gpt", "set OPENAI_API_KEY in the environment"),
        ("anthropic:claude", "set ANTHROPIC_API_KEY in the environment"),
        ("nope:x", "There is no provider 'nope'. These exist: anthropic, openai, openai-responses, ollama, llamacpp"),
        ("gpt", "'gpt' is not a model. Write PROVIDER:MODEL"),
        ("openai:", "'openai:' is not a model"),
        ("scripted:/none/at/all.toml", "The script /none/at/all.toml cannot be read"),
    ],
)
@pytest.mark.usefixtures("no_keys")
def test_a_model_that_cannot_be_asked_is_told_before_anything_is_made(command, tmp_path, model, told) -> None:
    one_sentence(command(*HEADLESS, *(["--model", model] if model else [])), 2, told)
    assert not (tmp_path / "state").exists()


@pytest.fixture
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def provider(command, loopback, tmp_path, monkeypatch):
    monkeypatch.setenv("MINE_KEY", KEY)

    def configure(url: str, dialect: str) -> None:
        text = f'[providers.mine]\ndialect = "{dialect}"\nbase_url = "{url}"\napi_key_env = "MINE_KEY"\n'
        (tmp_path / "config" / "config.toml").write_text(text)

    return configure


@pytest.mark.parametrize("dialect", ["openai", "anthropic"])
@pytest.mark.parametrize("as_json", [True, False])
def test_a_wrong_key_ends_the_run_with_the_sentence_and_keeps_it(command, provider, loopback, dialect, as_json) -> None:
    loopback.body = b'{"error": {"message": "Incorrect API key provided: sk-cana*****789", "type": "auth"}}'
    provider(loopback.url, dialect)
    said = command(*HEADLESS, "--model", "mine:m", *(["--json"] if as_json else []))
    assert said.code == 1
    told = f'T1 stands still: mine (127.0.0.1:{loopback.server_port}) answered 401: "Incorrect API key provided: '
    assert told in said.err
    assert "Put a valid key into MINE_KEY and start again." in said.err
    assert len(loopback.requests) == 1
    assert KEY in str(loopback.requests)
    assert KEY not in said.out + said.err
    (task,) = command("tasks", "last", "--json").rows()
    assert task["status"] == "in_progress"


def test_with_the_right_key_the_run_goes_on(command, provider, loopback, stream_of) -> None:
    provider(loopback.url, "openai")
    assert command(*HEADLESS, "--model", "mine:m").code == 1
    loopback.streams = [stream_of("complete_task", {"summary": "done"})]
    said = command("run", "--resume", "last", "--headless")
    assert said.code == 0, said.err
    (task,) = command("tasks", "last", "--json").rows()
    assert task["status"] == "completed"


def test_an_unknown_model_is_told_with_its_name(command, provider, loopback) -> None:
    loopback.status = 404
    loopback.body = b'{"error": {"message": "The model `m` does not exist"}}'
    provider(loopback.url, "openai")
    said = command(*HEADLESS, "--model", "mine:m")
    assert said.code == 1
    assert "answered 404" in said.err
    assert "Check the model's name (m)" in said.err
    assert len(loopback.requests) == 1


def test_a_page_instead_of_an_api_is_told(command, provider, loopback) -> None:
    loopback.status, loopback.content_type, loopback.body = 200, "text/html", b"<html>\x1b[2J hello</html>"
    provider(loopback.url, "openai")
    said = command(*HEADLESS, "--model", "mine:m")
    assert said.code == 1
    assert "answered with text/html instead of a stream of events. Check that base_url" in said.err
    assert "\x1b" not in said.err


def test_a_host_that_cannot_be_reached_is_told_with_its_name(command, provider, loopback) -> None:
    loopback.server_close()
    provider(loopback.url, "openai")
    said = command(*HEADLESS, "--model", "mine:m")
    assert said.code == 1
    assert f"T1 stands still: mine (127.0.0.1:{loopback.server_port}) cannot be reached" in said.err
    assert "Is the server running?" in said.err


# -- the goal and the project


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "", "--headless"], "The goal is empty: say in a sentence"),
        (["run", " \n ", "--headless"], "The goal is empty: say in a sentence"),
        (["run", "x y " * 25_000, "--headless"], "The goal has 100,000 characters, 20,000 at most"),
        ([*HEADLESS, "--role", "wizard"], "There is no role 'wizard'. These exist: backend_developer"),
        ([*HEADLESS, "--project", "none"], "is not a folder: name the project's folder with --project"),
        ([*HEADLESS, "--project", "x" * 260], "is not a folder"),
        ([*HEADLESS, "--project", "~nobody-of-this-name/x"], "leads nowhere"),
        ([*HEADLESS, "--agents", "0"], "agents: 0 will not do: it must be a number from 1 up"),
        (["run", "--resume", "last", "--headless"], "There is no run yet. Start one with"),
        (["run", "--resume", "", "--headless"], "There is no run yet. Start one with"),
    ],
)
def test_a_start_that_cannot_be_is_told_and_no_run_is_made(command, script, words, told) -> None:
    one_sentence(command(*words, "--model", script), 2, told)
    assert command("runs", "--all", "--json").rows() == []


def test_a_long_goal_is_one_line_in_the_list(command, script) -> None:
    assert command("run", "first line " * 100 + "\nsecond line", "--headless", "--model", script).code == 0
    _, row = command("runs").out.splitlines()
    assert row.endswith("…")
    assert len(row) < 160


def test_a_project_without_git_and_an_empty_one_are_told_and_worked_on(command, script, tmp_path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    said = command(*HEADLESS, "--project", str(empty), "--json", "--model", script)
    assert said.code == 0
    notes = said.err.splitlines()[:2]
    assert notes[0].startswith(f"{empty} is not under git: building tasks work in copies of it")
    assert notes[1].startswith(f"{empty} is empty: agents begin from nothing.")


def test_a_folder_inside_a_checkout_is_under_git(command, script, tmp_path) -> None:
    inside = tmp_path / "project" / "part"
    inside.mkdir()
    (inside / "a.py").write_text("")
    said = command(*HEADLESS, "--project", str(inside), "--json", "--model", script)
    assert said.err.splitlines() == [said.err.strip()]


def test_a_read_only_project_is_told_and_can_be_read(hephaestus, read_only, script) -> None:
    read_only(hephaestus.project)
    said = hephaestus(*HEADLESS, "--model", script)
    assert said.code == 0
    assert f"{hephaestus.project} cannot be written: agents can only read there." in said.err


def test_a_folder_that_was_removed_under_us_is_told(hephaestus, tmp_path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    hephaestus.before = ["sh", "-c", f'rmdir {gone} && exec "$@"', "sh"]
    one_sentence(hephaestus("runs", cwd=gone), 2, "leads nowhere")


def test_a_decision_on_a_project_that_is_gone_is_told(command, waiting_run, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "project").rename(tmp_path / "moved")
    said = command("accept", waiting_run, "T2")
    assert said.code in (1, 2)
    assert f"{tmp_path / 'project'} cannot be opened: No such file or directory" in said.err


# -- where things are kept


@pytest.mark.parametrize("where", ["state", "state/projects"])
def test_a_file_in_place_of_the_state_folder_is_told(command, script, tmp_path, where) -> None:
    (tmp_path / where).parent.mkdir(exist_ok=True)
    (tmp_path / where).write_text("in the way")
    said = command(*HEADLESS, "--model", script)
    one_sentence(said, 2, "Not a directory. Set HEPHAESTUS_HOME to a folder you can write")
    assert (tmp_path / where).read_text() == "in the way"


def test_a_state_folder_that_cannot_be_written_is_told(hephaestus, read_only, script) -> None:
    hephaestus.home.mkdir(mode=0o700)
    read_only(hephaestus.home)
    one_sentence(hephaestus(*HEADLESS, "--model", script), 2, "Set HEPHAESTUS_HOME to a folder you can write")


def test_a_database_that_cannot_be_written_is_told_and_can_be_read(
    hephaestus, command, waiting_run, read_only, script
) -> None:
    read_only(hephaestus.home)
    one_sentence(hephaestus(*HEADLESS, "--model", script), 2, "HEPHAESTUS_HOME")
    one_sentence(hephaestus("accept", "last", "T2"), 2, "HEPHAESTUS_HOME")
    assert len(hephaestus("proposals", "last", "--json").rows()) == 3


def test_a_state_folder_open_to_others_is_told(command, script, waiting_run, tmp_path) -> None:
    (folder,) = (tmp_path / "state" / "projects").iterdir()
    folder.chmod(0o777)
    one_sentence(command(*HEADLESS, "--model", script), 2, f"Run: chmod 700 {folder}")


def test_a_named_database_may_lie_in_an_open_folder_and_is_private_itself(command, script, tmp_path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    db = shared / "mine.db"
    assert command(*HEADLESS, "--model", script, "--db", str(db)).code == 0
    assert {path.stat().st_mode & 0o077 for path in shared.iterdir()} == {0}
    assert command("accept", "last", "T2", "--db", str(db)).code == 0


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


def _truncated(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def _overwritten(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[4096 : 4096 * 12] = b"\xa5" * (4096 * 11)
    path.write_bytes(whole)


def _not_ours(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (x)")
        connection.commit()


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _link(path: Path) -> None:
    path.rename(path.with_name("moved.db"))
    path.symlink_to("moved.db")


DAMAGE = {
    "newer": (_newer, "was written by a later hephaestus"),
    "truncated": (_truncated, "is damaged"),
    "overwritten": (_overwritten, "is damaged"),
    "empty": (lambda path: path.write_bytes(b""), "is empty, which a database of hephaestus never is"),
    "garbage": (lambda path: path.write_bytes(b"garbage " * 1000), "is damaged or not a database"),
    "not ours": (_not_ours, "is the database of another program"),
    "a folder": (_folder, "is not a file"),
    "a link": (_link, "is a symbolic link"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_database_that_will_not_do_is_told_and_left_as_it_is(command, script, waiting_run, kind) -> None:
    damage, told = DAMAGE[kind]
    (row,) = command("runs", "--json").rows()
    path = Path(row["store"])
    damage(path)
    before = path.read_bytes() if path.is_file() else None
    for words in ([*HEADLESS, "--model", script], ["run", "--resume", "last", "--headless"], ["accept", "last", "T2"]):
        one_sentence(command(*words), 2, told)
    if kind not in ("truncated", "overwritten"):  # what is damaged in its middle may be readable at its beginning
        for words in (["runs"], ["tasks", "last"], ["proposals", waiting_run]):
            one_sentence(command(*words), 2, told)
    assert (path.read_bytes() if path.is_file() else None) == before
    # and another file can be named instead
    assert command(*HEADLESS, "--model", script, "--db", str(path.with_name("fresh.db"))).code == 0


# -- files that a person wrote


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ("model = ", "config.toml is not valid TOML: Invalid value (at end of document). Correct it or move it away."),
        ("modle = 'x'", "unknown setting 'modle'. Known: actor, agents, "),
        ("limits = {turn = 3}", "unknown setting 'limits.turn'. Known: command_seconds, "),
        ("agents = 'many'", "agents: Input should be a valid integer"),
        ("agents = 0", "agents: 0 will not do"),
        ("limits = {seconds = nan}", "limits.seconds: nan will not do"),
        ("limits = {turns = -1}", "limits.turns: -1 will not do"),
        ("policy = 'yolo'", "policy: Input should be 'read-only', 'ask', 'auto-edit' or 'auto'"),
        ("providers = 3", "providers: Input should be a valid dictionary"),
        ("providers = {mine = 3}", "providers.mine: "),
        ("[providers.mine]\nbase_url = 'https://x'", "providers.mine.dialect: Field required"),
        ("[providers.mine]\nbase_url = 'https://x'\ndialect = 'klingon'", "providers.mine.dialect: Input should be"),
        (
            "[providers.mine]\nbase_url = 'https://x'\ndialect = 'openai'\napi_key = 'sk-1'",
            "unknown setting 'providers.mine.api_key'",
        ),
        (
            f"[providers.mine]\nbase_url = 'https://x'\ndialect = 'openai'\napi_key_env = '{KEY}'",
            "never write a key itself into a file",
        ),
        ("[ui]\nthem = 'x'", "unknown setting 'ui.them'"),
    ],
)
def test_a_setting_that_will_not_do_is_named_before_anything_is_made(command, script, tmp_path, config, told) -> None:
    (tmp_path / "config" / "config.toml").write_text(config)
    said = command(*HEADLESS, "--model", script)
    one_sentence(said, 2, told)
    assert KEY not in said.err
    assert not (tmp_path / "state").exists()
    assert command("runs").code == 0  # what needs no setting works all the same


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("HEPHAESTUS_AGENTS", "many", "HEPHAESTUS_AGENTS: agents: Input should be a valid integer"),
        ("HEPHAESTUS_POLICY", "yolo", "HEPHAESTUS_POLICY: policy: Input should be 'read-only'"),
        ("HEPHAESTUS_MODEL", "yolo", "'yolo' is not a model"),
        ("HEPHAESTUS_HOME", "~nobody-of-this-name", "leads nowhere"),
        ("HEPHAESTUS_CONFIG", "cache.py", "names the folder of config.toml"),
    ],
)
def test_a_variable_that_will_not_do_is_named(command, monkeypatch, variable, value, told) -> None:
    monkeypatch.setenv(variable, value)
    one_sentence(command(*HEADLESS), 2, told)


def test_a_setting_file_that_is_no_text_is_told(command, script, tmp_path) -> None:
    (tmp_path / "config" / "config.toml").write_bytes(b"\xff\xfe\x00")
    one_sentence(command(*HEADLESS, "--model", script), 2, "config.toml cannot be read")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("You are mine.", "a role begins with its settings between two lines of +++"),
        ("+++\nname = \n+++\nx", "the settings between +++ are not TOML"),
        (ROLE.format(name="Not A Name"), "name: String should match pattern"),
        (ROLE.format(name="mine").replace("title", "titel"), "title: Field required"),
        (ROLE.format(name="mine").replace("building", "later"), "phases.0: Input should be"),
        (ROLE.format(name="mine").replace("read_file", "fly"), "fly"),
        (ROLE.format(name="mine").replace("You are mine.", ""), "the role has no text"),
    ],
)
def test_a_role_file_that_will_not_do_is_named_before_anything_is_made(command, script, tmp_path, text, told) -> None:
    (tmp_path / "config" / "roles").mkdir()
    (tmp_path / "config" / "roles" / "mine.md").write_text(text)
    one_sentence(command(*HEADLESS, "--model", script), 2, told)
    assert not (tmp_path / "state").exists()


def test_a_persons_own_role_works(command, tmp_path, script) -> None:
    (tmp_path / "config" / "roles").mkdir()
    (tmp_path / "config" / "roles" / "mine.md").write_text(
        ROLE.format(name="mine").replace('["read_file"]', '["complete_task"]')
    )
    said = command(*HEADLESS, "--model", script, "--role", "mine", "--phase", "building")
    assert said.code == 0, said.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("agent = ", "is not valid TOML"),
        ("", "cannot be played. agent: Field required"),
        ("[[agent]]\nname = 'a'", "agent 'a', turn: Field required"),
        ("[[agent]]\nname = 'a'\n[[agent.turn]]\ntxt = 'x'", "agent 'a', turn 1"),
    ],
)
def test_a_script_that_cannot_be_played_is_named(command, tmp_path, text, told) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text)
    one_sentence(command(*HEADLESS, "--model", f"scripted:{path}"), 2, told)
    assert not (tmp_path / "state").exists()


def test_a_script_that_runs_out_leaves_a_run_that_stands_still(command, tmp_path) -> None:
    path = tmp_path / "short.toml"
    path.write_text("[[agent]]\nname = 'a'\n[[agent.turn]]\ntext = 'Hm.'")
    said = command(*HEADLESS, "--json", "--model", f"scripted:{path}")
    assert said.code == 1
    assert "T1 stands still: The script" in said.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rule = ", "the rules cannot be read: Invalid value (at end of document)"),
        ("", "it holds no rule: write one or more [[rule]] tables"),
        ("rule = [3]", "write one or more [[rule]] tables"),
        ("[[rule]]\nverdict = 'perhaps'", "rule 1: verdict: 'perhaps' is none of: accept, reject"),
        ("[[rule]]\nid = 'a'\nverdict = 'edit'", "rule 1 (a): verdict: 'edit' is none of: accept, reject"),
        ("[[rule]]\nid = 'a'\nphase = 'building'", "rule 1 (a): verdict is missing"),
        ("[[rule]]\nverdict = 'accept'", "rule 1: id is missing"),
        ("[[rule]]\nid = 'a'\nverdict = 'accept'", "rule 1 (a): everything: it has no condition"),
        (
            "[[rule]]\nid = 'a'\nphase = 'building'\nverdict = 'reject'",
            "rule 1 (a): reason: a rejection needs a reason",
        ),
        ("[[rule]]\nid = 'a'\nverdict = 'accept'\nwhen = 'x'", "rule 1 (a): unknown field 'when'"),
    ],
)
def test_a_rules_file_that_will_not_do_is_named_before_anything_is_made(command, script, tmp_path, text, told) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(text)
    one_sentence(command(*HEADLESS, "--model", script, "--decide", str(path)), 2, told)
    assert not (tmp_path / "state").exists()
