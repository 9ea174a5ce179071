"""The tables of the first release, as they will be for ever; `migrations` says what a row of each is, and what came later."""

from __future__ import annotations

JOURNAL = """
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
GATE = """
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

TRANSCRIPT = """
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
