"""Git worktrees in which building tasks work, outside the project; without them agents would edit under a person's hands."""
