"""The one list of what a person can do, by area: bindings, palette, help, footer and rebinding are all read from it."""
