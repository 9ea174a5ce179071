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

MIGRATIONS = Migrations("hephaestus")

_JOURNAL = """
CREATE TABLE facts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id TEXT NOT NULL,
    at REAL NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body))
) STRICT;
CREATE INDEX facts_by_run ON facts (run_id);
CREATE INDEX facts_cut ON facts (run_id) WHERE kind = 'turn.cut';
CREATE TRIGGER facts_stay BEFORE UPDATE ON facts BEGIN SELECT RAISE(ABORT, 'facts are never changed'); END;
CREATE TRIGGER facts_last BEFORE DELETE ON facts BEGIN SELECT RAISE(ABORT, 'facts are never deleted'); END;
CREATE TRIGGER facts_are_not_replaced BEFORE INSERT ON facts
    WHEN EXISTS (SELECT 1 FROM facts WHERE seq = new.seq)
    BEGIN SELECT RAISE(ABORT, 'facts are never replaced'); END;
CREATE TABLE runs (
    run_id TEXT PRIMARY KEY,
    goal TEXT NOT NULL,
    project TEXT NOT NULL,
    model TEXT NOT NULL,
    policy TEXT NOT NULL,
    roles TEXT NOT NULL CHECK (json_valid(roles)),
    paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
    started_at REAL NOT NULL,
    last_at REAL NOT NULL,
    last_seq INTEGER NOT NULL REFERENCES facts (seq)
) STRICT;
"""

# The gate. A task names its decision by (run, task, decision, verdict): the CHECK lets only the two verdicts that accept
# stand in it, the foreign key asks for a decision with that very verdict on that very task, and the trigger says the same
# to a connection that has left foreign keys off, as they are by default. A decision is made on the version that stands,
# and on one proposal only one decision stands: taking it back (before its task has started) takes the task with it.
_GATE = """
CREATE TABLE proposals (
    run_id TEXT NOT NULL REFERENCES runs (run_id),
    task_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    seq INTEGER NOT NULL REFERENCES facts (seq),
    status TEXT NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'accepted', 'rejected')),
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    rationale TEXT NOT NULL,
    phase TEXT NOT NULL CHECK (phase IN ('investigation', 'building', 'validation')),
    role TEXT NOT NULL,
    priority TEXT NOT NULL,
    discovery TEXT NOT NULL,
    done_criteria TEXT NOT NULL CHECK (json_valid(done_criteria)),
    origin_task TEXT,
    origin_agent TEXT,
    origin_turn INTEGER,
    origin_index INTEGER,
    depth INTEGER NOT NULL,
    waits INTEGER NOT NULL CHECK (waits IN (0, 1)),
    proposed_at REAL NOT NULL,
    author TEXT,
    note TEXT NOT NULL DEFAULT '',
    near TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(near)),
    PRIMARY KEY (run_id, task_id),
    UNIQUE (run_id, origin_task, origin_turn, origin_index)
) STRICT;
CREATE TRIGGER proposals_stay_decided BEFORE UPDATE ON proposals
    WHEN old.status <> 'waiting' AND EXISTS (
        SELECT 1 FROM decisions AS d WHERE d.run_id = old.run_id AND d.task_id = old.task_id AND NOT EXISTS (
            SELECT 1 FROM undoings AS u WHERE u.run_id = d.run_id AND u.decision_id = d.id
        )
    )
    BEGIN SELECT RAISE(ABORT, 'this proposal is decided already'); END;
CREATE TABLE decisions (
    run_id TEXT NOT NULL,
    id INTEGER NOT NULL,
    task_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    seq INTEGER NOT NULL REFERENCES facts (seq),
    verdict TEXT NOT NULL CHECK (verdict IN ('accept', 'edit', 'reject')),
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('human', 'rule')),
    actor TEXT NOT NULL CHECK (actor <> ''),
    decided_at REAL NOT NULL,
    waited REAL NOT NULL,
    reason TEXT NOT NULL,
    changes TEXT NOT NULL CHECK (json_valid(changes)),
    merged_into TEXT CHECK (merged_into IS NULL OR verdict = 'reject'),
    PRIMARY KEY (run_id, id),
    UNIQUE (run_id, task_id, id),
    UNIQUE (run_id, task_id, id, verdict),
    FOREIGN KEY (run_id, task_id) REFERENCES proposals (run_id, task_id)
) STRICT;
CREATE TRIGGER decisions_stay BEFORE UPDATE ON decisions
    BEGIN SELECT RAISE(ABORT, 'decisions are never changed'); END;
CREATE TRIGGER decisions_last BEFORE DELETE ON decisions
    BEGIN SELECT RAISE(ABORT, 'decisions are never deleted'); END;
CREATE TRIGGER decisions_are_made_once BEFORE INSERT ON decisions
    WHEN EXISTS (
        SELECT 1 FROM decisions AS d WHERE d.run_id = new.run_id AND (d.id = new.id OR (
            d.task_id = new.task_id AND NOT EXISTS (
                SELECT 1 FROM undoings AS u WHERE u.run_id = d.run_id AND u.decision_id = d.id
            )
        ))
    )
    BEGIN SELECT RAISE(ABORT, 'a proposal is decided once'); END;
CREATE TRIGGER decisions_are_on_what_stands BEFORE INSERT ON decisions
    WHEN NOT EXISTS (
        SELECT 1 FROM proposals
        WHERE run_id = new.run_id AND task_id = new.task_id AND version = new.version AND status = 'waiting'
    )
    BEGIN SELECT RAISE(ABORT, 'no such version of this proposal waits for a decision'); END;
CREATE TABLE undoings (
    run_id TEXT NOT NULL,
    decision_id INTEGER NOT NULL,
    task_id TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES facts (seq),
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('human', 'rule')),
    actor TEXT NOT NULL CHECK (actor <> ''),
    at REAL NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (run_id, decision_id),
    FOREIGN KEY (run_id, task_id, decision_id) REFERENCES decisions (run_id, task_id, id)
) STRICT;
CREATE TRIGGER undoings_stay BEFORE UPDATE ON undoings
    BEGIN SELECT RAISE(ABORT, 'what was taken back stays taken back'); END;
CREATE TRIGGER undoings_last BEFORE DELETE ON undoings
    BEGIN SELECT RAISE(ABORT, 'what was taken back stays taken back'); END;
CREATE TRIGGER undoings_come_once BEFORE INSERT ON undoings
    WHEN EXISTS (SELECT 1 FROM undoings WHERE run_id = new.run_id AND decision_id = new.decision_id)
    BEGIN SELECT RAISE(ABORT, 'this decision was taken back already'); END;
CREATE TRIGGER undoings_are_of_decisions BEFORE INSERT ON undoings
    WHEN NOT EXISTS (
        SELECT 1 FROM decisions WHERE run_id = new.run_id AND task_id = new.task_id AND id = new.decision_id
    )
    BEGIN SELECT RAISE(ABORT, 'there is no such decision on this task'); END;
CREATE TRIGGER undoings_come_in_time BEFORE INSERT ON undoings
    WHEN EXISTS (
        SELECT 1 FROM tasks WHERE run_id = new.run_id AND id = new.task_id
            AND (attempt > 0 OR status NOT IN ('pending', 'blocked'))
    )
    BEGIN SELECT RAISE(ABORT, 'its task has started'); END;
CREATE TRIGGER undoings_take_the_task AFTER INSERT ON undoings
    BEGIN
        DELETE FROM tasks WHERE run_id = new.run_id AND id = new.task_id AND decision_id = new.decision_id;
    END;
CREATE TABLE queries (
    run_id TEXT NOT NULL,
    id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    text TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor TEXT NOT NULL CHECK (actor <> ''),
    asked_at REAL NOT NULL,
    answer TEXT,
    failed INTEGER CHECK (failed IN (0, 1)),
    answered_at REAL,
    PRIMARY KEY (run_id, id),
    FOREIGN KEY (run_id, task_id) REFERENCES proposals (run_id, task_id)
) STRICT;
CREATE TABLE tasks (
    run_id TEXT NOT NULL,
    id TEXT NOT NULL,
    decision_id INTEGER NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('accept', 'edit')),
    status TEXT NOT NULL
        CHECK (status IN ('pending', 'blocked', 'in_progress', 'completed', 'failed', 'cancelled')),
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    rationale TEXT NOT NULL,
    phase TEXT NOT NULL CHECK (phase IN ('investigation', 'building', 'validation')),
    role TEXT NOT NULL,
    priority TEXT NOT NULL,
    discovery TEXT NOT NULL,
    done_criteria TEXT NOT NULL CHECK (json_valid(done_criteria)),
    origin_task TEXT,
    origin_agent TEXT,
    depth INTEGER NOT NULL,
    agent TEXT,
    model TEXT,
    attempt INTEGER NOT NULL,
    summary TEXT,
    evidence TEXT NOT NULL CHECK (json_valid(evidence)),
    reason TEXT,
    failed_limit TEXT,
    created_at REAL NOT NULL,
    started_at REAL,
    ended_at REAL,
    PRIMARY KEY (run_id, id),
    FOREIGN KEY (run_id, id, decision_id, verdict) REFERENCES decisions (run_id, task_id, id, verdict)
) STRICT;
CREATE TRIGGER tasks_need_a_decision BEFORE INSERT ON tasks
    WHEN NOT EXISTS (
        SELECT 1 FROM decisions
        WHERE run_id = new.run_id AND task_id = new.id AND id = new.decision_id
            AND verdict = new.verdict AND verdict IN ('accept', 'edit')
            AND NOT EXISTS (SELECT 1 FROM undoings WHERE run_id = new.run_id AND decision_id = new.decision_id)
    )
    BEGIN SELECT RAISE(ABORT, 'no task without a decision that accepts it'); END;
CREATE TRIGGER tasks_keep_their_decision BEFORE UPDATE OF run_id, id, decision_id, verdict ON tasks
    BEGIN SELECT RAISE(ABORT, 'a task keeps its id and its decision'); END;
CREATE TABLE dependencies (
    run_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    blocker_id TEXT NOT NULL CHECK (blocker_id <> task_id),
    position INTEGER NOT NULL,
    PRIMARY KEY (run_id, task_id, blocker_id),
    FOREIGN KEY (run_id, task_id) REFERENCES proposals (run_id, task_id),
    FOREIGN KEY (run_id, blocker_id) REFERENCES proposals (run_id, task_id)
) STRICT;
CREATE INDEX dependencies_by_blocker ON dependencies (run_id, blocker_id);
"""

_TRANSCRIPT = """
CREATE TABLE messages (
    run_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    seq INTEGER NOT NULL REFERENCES facts (seq),
    speaker TEXT NOT NULL,
    at REAL NOT NULL,
    model TEXT NOT NULL,
    reply_id TEXT NOT NULL,
    parts TEXT NOT NULL CHECK (json_valid(parts)),
    PRIMARY KEY (run_id, task_id, ordinal),
    FOREIGN KEY (run_id, task_id) REFERENCES tasks (run_id, id)
) STRICT;
CREATE TABLE tool_calls (
    seq INTEGER PRIMARY KEY REFERENCES facts (seq),
    run_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    turn INTEGER NOT NULL,
    call_index INTEGER NOT NULL,
    call_id TEXT NOT NULL,
    name TEXT NOT NULL,
    started_at REAL NOT NULL,
    answered_at REAL,
    is_error INTEGER CHECK (is_error IN (0, 1)),
    FOREIGN KEY (run_id, task_id) REFERENCES tasks (run_id, id)
) STRICT;
CREATE INDEX tool_calls_unanswered ON tool_calls (run_id, task_id) WHERE answered_at IS NULL;
CREATE TABLE questions (
    run_id TEXT NOT NULL,
    id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'answered', 'void')),
    text TEXT NOT NULL,
    options TEXT NOT NULL CHECK (json_valid(options)),
    turn INTEGER NOT NULL,
    call_index INTEGER NOT NULL,
    asked_at REAL NOT NULL,
    answer TEXT,
    actor_kind TEXT,
    actor TEXT,
    answered_at REAL,
    PRIMARY KEY (run_id, id),
    FOREIGN KEY (run_id, task_id) REFERENCES tasks (run_id, id)
) STRICT;
CREATE TABLE usage (
    seq INTEGER PRIMARY KEY REFERENCES facts (seq),
    run_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    at REAL NOT NULL,
    model TEXT NOT NULL,
    input INTEGER NOT NULL,
    output INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    cache_write INTEGER NOT NULL,
    cost REAL,
    FOREIGN KEY (run_id, task_id) REFERENCES tasks (run_id, id)
) STRICT;
CREATE INDEX usage_by_run ON usage (run_id);
CREATE TABLE partials (
    id INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    turn INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX partials_by_task ON partials (run_id, task_id);
"""

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
    for part in (_JOURNAL, _GATE, _TRANSCRIPT):
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
