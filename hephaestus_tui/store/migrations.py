"""The tables, and how a database of an earlier version comes to have them.

`facts` is the journal: append-only, and all that is needed to rebuild a run. Everything else is projected from it, in the
transaction that appends the fact, for people, listings and constraints:

| table | a row is |
|---|---|
| runs | one supervised piece of work; `last_seq` and `last_at` are those of its latest fact |
| facts | one event; `seq` orders all runs of the file, `at` is Unix time in seconds, `body` its JSON |
| proposals | a task that was spawned, in its latest version; `status` is waiting, accepted or rejected, `author` is NULL \
where its agent wrote that version, `near` a JSON list of {task_id, score} |
| decisions | who answered a proposal, when and how; `changes` is a JSON list of {field, before, after}, `waited` in seconds |
| undoings | a decision that was taken back; what has no row here stands |
| queries | what a human asked the agent of a proposal; `answered_at` is NULL while it owes the answer |
| tasks | an accepted task; lists (`done_criteria`, `evidence`, `blocks`) and `waived` are JSON |
| dependencies | `task_id` may not start before `blocker_id` is completed; either may still be a proposal |
| works | what a completed task has committed on its `branch`, `tip` being its last commit; `status` is ready, empty, sent-back, \
merged or discarded, `actor` and `at` say by whom and when, `merged_as` is the commit in `merged_into`, `resolves` is the task \
whose conflict it resolves, `paths` a JSON list |
| reviews | why work was sent back; `comments` is a JSON list of {path, side, line, quoted, text} |
| messages | one entry of a task's transcript; `parts` is JSON |
| tool_calls | a call that was started; `answered_at` is NULL while its effect is unknown |
| questions | what an agent asked a human; `status` is open, answered, or void since its task ended first |
| usage | tokens and US dollars of one model call; `cost` is NULL where the price is unknown; `estimated` for a turn that was cut |
| letters | what an agent wrote to others; `readers` is a JSON list of tasks |
| reports | what was in an agent's way; `answered_at` is NULL while nobody has looked, `words` empty where it was only noted |
| notes | the run's shared memory; `author` is the human who wrote or changed one, `struck` who took it out of use |
| notes_words | the words of those in use, for SQLite's FTS5; missing where that is, and filled when it is there |
| touched_files | a file that a task has changed, made or removed |
| compactions | from message `turn` on a model got `summary` in place of the `messages` before message `upto`; `written_by` \
is the model that wrote it, NULL where none did |
| partials | text of a turn that is streaming, or was when the process died |

A migration that was released is never changed; a later one is added below it.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from hephaestus_tui.store.first_tables import GATE, JOURNAL, TRANSCRIPT

MIGRATIONS = Migrations("hephaestus")

_SHARED = (
    """
CREATE TABLE letters (
    seq INTEGER PRIMARY KEY REFERENCES facts (seq),
    run_id TEXT NOT NULL,
    id TEXT NOT NULL,
    sender TEXT NOT NULL,
    readers TEXT NOT NULL CHECK (json_valid(readers)),
    text TEXT NOT NULL,
    at REAL NOT NULL,
    UNIQUE (run_id, id),
    FOREIGN KEY (run_id, sender) REFERENCES tasks (run_id, id)
) STRICT""",
    """
CREATE TABLE reports (
    seq INTEGER PRIMARY KEY REFERENCES facts (seq),
    run_id TEXT NOT NULL,
    id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    text TEXT NOT NULL,
    waits INTEGER NOT NULL CHECK (waits IN (0, 1)),
    at REAL NOT NULL,
    words TEXT,
    actor_kind TEXT,
    actor TEXT,
    answered_at REAL,
    UNIQUE (run_id, id),
    FOREIGN KEY (run_id, task_id) REFERENCES tasks (run_id, id)
) STRICT""",
    """
CREATE TABLE notes (
    seq INTEGER PRIMARY KEY REFERENCES facts (seq),
    run_id TEXT NOT NULL REFERENCES runs (run_id),
    id TEXT NOT NULL,
    text TEXT NOT NULL,
    tags TEXT NOT NULL CHECK (json_valid(tags)),
    task_id TEXT,
    author TEXT,
    struck TEXT,
    at REAL NOT NULL,
    indexed INTEGER NOT NULL DEFAULT 0 CHECK (indexed IN (0, 1)),
    UNIQUE (run_id, id)
) STRICT""",
    """
CREATE TABLE touched_files (
    run_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    path TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES facts (seq),
    PRIMARY KEY (run_id, task_id, path),
    FOREIGN KEY (run_id, task_id) REFERENCES tasks (run_id, id)
) STRICT""",
)


_WORKS = (
    """
CREATE TABLE works (
    run_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES facts (seq),
    status TEXT NOT NULL CHECK (status IN ('ready', 'empty', 'sent-back', 'merged', 'discarded')),
    branch TEXT NOT NULL,
    base TEXT NOT NULL,
    tip TEXT NOT NULL,
    paths TEXT NOT NULL CHECK (json_valid(paths)),
    insertions INTEGER NOT NULL,
    deletions INTEGER NOT NULL,
    resolves TEXT,
    done_at REAL NOT NULL,
    actor_kind TEXT,
    actor TEXT,
    at REAL,
    merged_into TEXT,
    merged_as TEXT,
    reason TEXT,
    PRIMARY KEY (run_id, task_id),
    FOREIGN KEY (run_id, task_id) REFERENCES tasks (run_id, id)
) STRICT""",
    """
CREATE TABLE reviews (
    seq INTEGER PRIMARY KEY REFERENCES facts (seq),
    run_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    tip TEXT NOT NULL,
    text TEXT NOT NULL,
    comments TEXT NOT NULL CHECK (json_valid(comments)),
    actor_kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    at REAL NOT NULL,
    FOREIGN KEY (run_id, task_id) REFERENCES tasks (run_id, id)
) STRICT""",
)


@MIGRATIONS()
def first_tables(db: Database) -> None:
    """The journal, the gate and the transcript of the first release."""
    for part in (JOURNAL, GATE, TRANSCRIPT):
        db.executescript(part)


@MIGRATIONS()
def usage_may_be_estimated(db: Database) -> None:
    """What a cut turn cost is estimated, and must not be taken for what the vendor said."""
    db.execute("ALTER TABLE usage ADD COLUMN estimated INTEGER NOT NULL DEFAULT 0 CHECK (estimated IN (0, 1))")


@MIGRATIONS()
def what_agents_share(db: Database) -> None:
    """Letters, reports, notes, and which task changed which file. The index of the words in notes is made at the opening."""
    for statement in _SHARED:
        db.execute(statement)


@MIGRATIONS()
def compactions(db: Database) -> None:
    """What of a conversation no longer goes to its model, so that a transcript can show where, and a resumed agent know it."""
    db.executescript("""
    CREATE TABLE compactions (
        seq INTEGER PRIMARY KEY REFERENCES facts (seq),
        run_id TEXT NOT NULL,
        task_id TEXT NOT NULL,
        turn INTEGER NOT NULL,
        upto INTEGER NOT NULL,
        messages INTEGER NOT NULL,
        summary TEXT NOT NULL,
        tokens_before INTEGER NOT NULL,
        tokens_after INTEGER NOT NULL,
        cause TEXT NOT NULL,
        written_by TEXT,
        FOREIGN KEY (run_id, task_id) REFERENCES tasks (run_id, id)
    ) STRICT;
    CREATE INDEX compactions_by_task ON compactions (run_id, task_id);
    """)


@MIGRATIONS()
def work_has_tables(db: Database) -> None:
    """What completed tasks have made, what became of it, and the reviews it was sent back with."""
    for statement in _WORKS:
        db.execute(statement)


@MIGRATIONS()
def what_a_validation_found(db: Database) -> None:
    """What it says of the work that it checked, who let a task be completed as it is, and whom a proposal would block."""
    db.execute("ALTER TABLE tasks ADD COLUMN finding TEXT CHECK (finding IN ('passed', 'failed'))")
    db.execute("ALTER TABLE tasks ADD COLUMN waived TEXT CHECK (waived IS NULL OR json_valid(waived))")
    for table in ("proposals", "tasks"):
        db.execute(f"ALTER TABLE {table} ADD COLUMN blocks TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(blocks))")


@MIGRATIONS()
def what_was_said_in_order(db: Database) -> None:
    """Pages of all that was said in a run are read without reading the rest of it."""
    db.executescript("""
    CREATE INDEX messages_in_order ON messages (run_id, seq, speaker, task_id);
    CREATE INDEX facts_between ON facts (run_id) WHERE kind IN ('turn.cut', 'model.switched', 'context.compacted');
    """)


@MIGRATIONS()
def rounds_that_were_lost(db: Database) -> None:
    """Work that was sent back to a task which then ended in vain waits for a human, as the round before it stood."""
    db.execute("""
    UPDATE works SET status = 'ready', actor_kind = NULL, actor = NULL, at = NULL
    WHERE status = 'sent-back' AND EXISTS (
        SELECT 1 FROM tasks t WHERE t.run_id = works.run_id AND t.id = works.task_id AND t.status IN ('failed', 'cancelled')
    )
    """)
