"""Other terminals of the same person: commands over a Unix socket to the process that owns the store.

One request and one answer a connection, each one line of JSON:
`{"run": ID, "kind": KIND, "command": {…}}` → `{"receipt": {…}}` or `{"error": CLASS, "message": TEXT, "faults": {…}}`.
"""

from __future__ import annotations
