"""The diff of a task's work as a document that is folded, commented on and scrolled."""
