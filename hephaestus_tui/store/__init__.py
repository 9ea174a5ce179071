"""The journal of facts and the tables projected from it, in one SQLite file a project; `migrations` describes the tables."""
