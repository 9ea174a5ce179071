"""rollcall: people, their teams, and where they are signed in."""
