"""What stands in the Python files, beyond what the linters see."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.files import ROOT, files, lines_with, parsed, python_files, short, templates
from tools.strings import KEYWORDS

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
IDEOGRAPH = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# N_ only marks: plain Python names a string with it that is translated where it is shown
GETTEXT = {
    "N_",
    "_g",
    "_",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "npgettext",
    "npgettext_lazy",
}
# Chinese that is data: it is read, matched or published as it stands and never translated
DATA_MODULES = {
    "companies/figures/catalogue.py": "the catalogue of facts is plain Python and carries both languages itself",
    **dict.fromkeys(
        [f"companies/imports/workbooks/{name}.py" for name in ("headers", "parsing", "reading", "rows", "template")],
        "sheets, headers, units and marks as they stand in workbooks",
    ),
    "companies/register/industries.py": "the names of GB/T 4754",
    "companies/register/search.py": "characters read otherwise in names than a dictionary says",
    "companies/register/pinyin.py": "the readings those characters have",
    "core/units.py": "units as documents write them",
    "cultivation/demo/": "invented firms, people and documents",
    "policies/engine/": "plain Python; reads published wording and writes the sheet a decision freezes, in the words of the standard",
}
# values that are stored and published as they stand
STORED_WORDS = {"认定", "复核", "重新认定", "年度评价", "期初", "演示"}
VAGUE = {"firm", "firms", "customer", "customers", "helper", "helpers", "util", "utils", "stuff", "misc"}
# names Django calls by itself
GIVEN = {"handle", "process_request", "process_response", "process_view", "process_exception", "process_template_response"}


def docstrings(tree: ast.Module) -> set[int]:
    """Ids of the nodes that are documentation."""
    found = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for statement in body if isinstance(body, list) else []:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                found.add(id(statement.value))
    return found


def untranslated(tree: ast.Module) -> Iterator[ast.Constant]:
    """Chinese string constants that pass through no gettext call."""
    passed = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in GETTEXT:
                passed.update(id(inner) for argument in node.args for inner in ast.walk(argument))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in passed:
            continue
        if IDEOGRAPH.search(node.value) and node.value not in STORED_WORDS:
            yield node


def is_data(path: Path) -> bool:
    return any(short(path).startswith(name) for name in DATA_MODULES)


def test_chinese_in_code_goes_through_gettext() -> None:
    found = [
        f"{short(path)}:{node.lineno} {node.value[:40]}"
        for path in python_files()
        if not is_data(path)
        for node in untranslated(parsed(path))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ('x = "企业"', 1),
        ('x = f"企业{n}"', 1),
        ('x = _("企业") % {"n": n}', 0),
        ('x = ngettext("一家", "%(n)d 家", n)', 0),
        ('"""企业名录"""', 0),
        ('x = "“quoted”"', 0),
    ],
    ids=["literal", "f-string", "gettext", "plural", "docstring", "punctuation"],
)
def test_the_rule_on_chinese_sees_what_it_should(code: str, count: int) -> None:
    assert len(list(untranslated(ast.parse(code)))) == count


def test_gettext_goes_by_names_the_collector_of_strings_knows() -> None:
    unknown = []
    for path in python_files():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
                names = [alias.asname for alias in node.names if "gettext" in alias.name and alias.asname]
                unknown += [f"{short(path)}:{node.lineno} {name}" for name in names if name not in GETTEXT]
    assert unknown == []
    assert set(KEYWORDS) == GETTEXT


def test_every_exempted_module_exists() -> None:
    assert [name for name in DATA_MODULES if not (ROOT / name).exists()] == []


def test_files_fit_into_a_reader_s_head() -> None:
    places = [*python_files(), *files(["templates", "static", "tests", "tools", "docs"], ".py", ".html", ".js", ".css"), ROOT / "run"]
    long = [f"{short(path)}: {count} lines" for path in places if (count := len(path.read_text("utf-8").splitlines())) > LONGEST_FILE]
    assert long == []


def test_functions_fit_on_a_screen() -> None:
    long = []
    for path in python_files():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long.append(f"{short(path)}:{node.lineno} {node.name}: {length} lines")
    assert long == []


def test_every_module_says_what_it_is() -> None:
    silent = [
        short(path)
        for path in python_files()
        if path.name != "__init__.py" and "migrations" not in path.parts and not ast.get_docstring(parsed(path))
    ]
    assert silent == []


def test_nothing_switches_a_guard_off() -> None:
    assert lines_with(python_files(), r"\bmark_safe\(|\bcsrf_exempt\b|\.raw\(|\bshell=True|\bverify=False|\bSafeString\(") == []


def test_nothing_is_left_for_later() -> None:
    places = [*python_files(), *templates(), *files(["static", "tests", "tools"], ".py", ".js", ".css")]
    assert lines_with(places, r"(?:#|//|/\*|\{#|\{% comment %\}).*\b(?:TODO|FIXME|XXX|HACK)\b", except_for=r"lines_with\(.*") == []


def test_there_is_no_admin_and_no_signal_of_our_own() -> None:
    # what Django announces about sign-in or a connection may be heard; our apps talk through slots
    assert lines_with(python_files(), r"django\.contrib\.admin|\bSignal\(|django\.db\.models\.signals") == []


def test_the_environment_is_read_in_the_settings_only() -> None:
    outside = [path for path in python_files() if "settings" not in path.parts and path.name != "wsgi.py"]
    assert lines_with(outside, r"\bos\.environ\b|\bos\.getenv\b") == []


def test_names_say_what_they_mean() -> None:
    vague = []
    for path in python_files():
        if path.stem in VAGUE:
            vague.append(short(path))
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name not in GIVEN:
                words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", node.name)}
                if words & VAGUE or words & {"handle", "process"}:
                    vague.append(f"{short(path)}:{node.lineno} {node.name}")
    assert vague == []
