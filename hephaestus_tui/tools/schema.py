"""Makes a JSON schema plain; without it servers that know no `$ref` would drop a tool or its enumerations."""

from __future__ import annotations

from typing import Any


def plain_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema with definitions written out where they are used, and without generated titles."""
    definitions: dict[str, Any] = schema.get("$defs", {})
    return _plain({key: value for key, value in schema.items() if key not in ("$defs", "description")}, definitions)


def _plain(node: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        definition = definitions[node["$ref"].rpartition("/")[2]]
        # the docstring of an enumeration speaks to programmers; what the field says of itself stays
        node = {k: v for k, v in definition.items() if k != "description"} | {
            k: v for k, v in node.items() if k != "$ref"
        }
    plain: dict[str, Any] = {}
    for key, value in node.items():
        match key, value:
            case "title", str():
                continue
            case "properties", dict():
                plain[key] = {name: _plain(field, definitions) for name, field in value.items()}
            case _, dict():
                plain[key] = _plain(value, definitions)
            case _, list():
                plain[key] = [_plain(item, definitions) if isinstance(item, dict) else item for item in value]
            case _:
                plain[key] = value
    return plain
