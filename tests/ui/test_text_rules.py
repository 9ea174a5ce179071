"""Text from outside meets no markup parser: what the eye would miss in a review is found in the syntax tree."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

UI = Path(__file__).parents[2] / "hephaestus_tui" / "ui"
SHOWS_TEXT = {"Static", "Label", "Button", "Option", "Collapsible", "Checkbox", "TabPane", "notify"}
TITLES = {"border_title", "border_subtitle"}


def name_of(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def content_makers() -> set[str]:
    """The functions that are declared to return a Content or a rich Text, ours and Textual's."""
    made = {"Content", "Text", "styled", "join"}
    for file in UI.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and isinstance(node.returns, ast.Name):
                made |= {node.name} if node.returns.id in {"Content", "Text"} else set()
    return made


MAKES_CONTENT = content_makers()


def is_safe(node: ast.expr, *, cleaned: bool = False) -> bool:
    """A literal, or a call of something that gives a Content (with markup=False also a cleaned str)."""
    if isinstance(node, ast.Call):
        return name_of(node.func) in MAKES_CONTENT | ({"clean", "line"} if cleaned else set())
    if isinstance(node, ast.BinOp):
        return is_safe(node.left) and is_safe(node.right)
    return isinstance(node, ast.Constant)


def builds_text(node: ast.expr) -> bool:
    sides = (node.left, node.right) if isinstance(node, ast.BinOp) else (node,)
    return any(isinstance(n, ast.JoinedStr) for n in sides) or (
        len(sides) == 2 and any(isinstance(n, ast.Constant) and isinstance(n.value, str) for n in sides)
    )


def faults(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute | ast.Name) and getattr(node, "attr", getattr(node, "id", "")) in {
            "from_markup",
            "MarkupText",
        }:
            found.append(f"{node.lineno}: from_markup")
        if isinstance(node, ast.Assign) and any(name_of(target) in TITLES for target in node.targets):
            found += [] if is_safe(node.value) else [f"{node.lineno}: a title that may be markup"]
        if not isinstance(node, ast.Call):
            continue
        called = name_of(node.func)
        markup = next((k.value for k in node.keywords if k.arg == "markup"), None)
        plain = isinstance(markup, ast.Constant) and markup.value is False
        if markup is not None and not plain:
            found.append(f"{node.lineno}: markup=True")
        if called == "notify" and not plain:
            found.append(f"{node.lineno}: notify without markup=False")
        if called == "update" and node.args and builds_text(node.args[0]):
            found.append(f"{node.lineno}: update({ast.unparse(node.args[0])})")
        if called in SHOWS_TEXT and node.args and not is_safe(node.args[0], cleaned=plain):
            found.append(f"{node.lineno}: {called}({ast.unparse(node.args[0])})")
    return found


@pytest.mark.parametrize("file", sorted(UI.rglob("*.py")), ids=lambda file: file.relative_to(UI).as_posix())
def test_the_ui_parses_no_markup(file: Path) -> None:
    assert faults(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "Static(title)", "Static(f'{title}')", "Static(line(title))", "Static(clean(title))", "Label(task.title)",
        "Static('a' + title)", "Content.from_markup(title)", "Static(title, markup=True)", "app.notify('x')",
        "app.notify(f'{e}', markup=False)", "app.notify(str(e), markup=False)", "box.border_title = title",
        "Option(title)", "label.update(f'{title}')", "Static(content(x), markup=wanted)",
    ],
)  # fmt: skip
def test_the_rule_finds_what_it_forbids(source: str) -> None:
    assert faults(source)


@pytest.mark.parametrize(
    "source",
    [
        "Static(content(title))", "Static('tasks')", "Static(Content.styled(line(title), 'bold'))",
        "app.notify(clean(text), markup=False)", "box.border_title = 'tasks'", "Static(content(a) + Content('b'))",
    ],
)  # fmt: skip
def test_the_rule_lets_through_what_is_right(source: str) -> None:
    assert faults(source) == []
