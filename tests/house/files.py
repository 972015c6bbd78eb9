"""Which files the rules of the house are about."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ["config", "portal", "cultivation", "policies", "companies", "accounts", "core"]


def files(folders: Iterable[str], *suffixes: str) -> Iterator[Path]:
    """Files below `folders` with one of `suffixes`, in a fixed order."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in suffixes and path.is_file() and "__pycache__" not in path.parts:
                yield path


def python_files(*, migrations: bool = False) -> Iterator[Path]:
    """The Python files of the product itself."""
    for path in files(APPS, ".py"):
        if migrations or "migrations" not in path.parts:
            yield path


def templates() -> Iterator[Path]:
    """Every template."""
    yield from files(["templates", *APPS], ".html", ".txt")


def documents() -> Iterator[Path]:
    """Every document for builders and readers."""
    yield from sorted(ROOT.glob("*.md"))
    yield from files(["docs"], ".md")


def parsed(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def short(path: Path) -> str:
    """The path as a person names it."""
    return str(path.relative_to(ROOT))


def lines_with(paths: Iterable[Path], pattern: str, *, except_for: str = "") -> list[str]:
    """`file:line text` of each line that matches `pattern` once what matches `except_for` is taken out of it."""
    found = []
    for path in paths:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            rest = re.sub(except_for, "", line) if except_for else line
            if re.search(pattern, rest):
                found.append(f"{short(path)}:{number} {line.strip()[:120]}")
    return found
