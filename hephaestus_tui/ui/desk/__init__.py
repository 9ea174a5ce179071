"""Where a person's keys become commands: one module for each kind of thing that waits for them."""
