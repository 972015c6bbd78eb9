"""The command everybody starts with, and the small tools behind it."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from tests.house.files import ROOT
from tools import serve, strings

DOORS = ["demo", "test", "check", "bench", "manage", "lock", "help"]


@pytest.fixture
def bare_copy(tmp_path: Path) -> Path:
    """The command and its tools without an environment, as in a fresh clone."""
    for name in ("run", "runtime.lock", "dev.lock", "node.lock", "installer.lock", "package.json", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "tools", tmp_path / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def run(folder: Path, *arguments: str, path: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ./run in `folder` on the interpreter of these tests."""
    names = folder / "names"
    names.mkdir(exist_ok=True)
    if not (names / "python3").exists():
        (names / "python3").symlink_to(sys.executable)
    search = path if path is not None else f"{names}{os.pathsep}{os.defpath}"
    return subprocess.run(
        [folder / "run", *arguments],
        capture_output=True,
        text=True,
        env={"PATH": search, "HOME": str(folder), **environment},
        stdin=subprocess.DEVNULL,
        timeout=30,
        check=False,
    )


def test_help_names_every_door(bare_copy: Path) -> None:
    answer = run(bare_copy, "help")
    assert answer.returncode == 0
    assert [door for door in DOORS if f"./run {door} " not in answer.stdout] == []
    assert run(bare_copy).stdout == answer.stdout


def test_an_unknown_door_is_refused_with_the_list(bare_copy: Path) -> None:
    answer = run(bare_copy, "nonsense")
    assert answer.returncode == 2
    assert "./run nonsense is not known." in answer.stderr
    assert "./run demo" in answer.stderr


def test_a_taken_port_gets_one_line_before_anything_else(bare_copy: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = run(bare_copy, "demo", PORT=str(port))
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr.startswith(f"./run: Port {port} is taken; take another one: PORT=")
    assert answer.stderr.count("\n") == 1
    assert not (bare_copy / ".venv").exists()


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "８０００", ""])
def test_a_port_that_is_none_is_named(port: str) -> None:
    assert serve.refusal(port) == f"PORT={port} is not a port number between 1 and 65535."


def test_without_python_one_line_says_how_to_install_it(bare_copy: Path) -> None:
    names = bare_copy / "core-utilities"
    names.mkdir()
    for name in ("sh", "dirname", "cat", "cksum"):
        (names / name).symlink_to(str(shutil.which(name)))
    # a shim that exists and fails is no Python
    (names / "python3").write_text("#!/bin/sh\nexit 127\n")
    (names / "python3").chmod(0o755)
    answer = run(bare_copy, "demo", "--no-serve", path=str(names))
    assert answer.returncode == 1
    assert "Python 3.12 or newer is needed" in answer.stderr
    assert "apt-get install" in answer.stderr
    assert answer.stderr.count("\n") == 1


PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
A = _("单位")
B = ngettext("一家", "%(n)d 家", n) % {"n": n}
C = pgettext("钱", "元")
D = _(f"没有 {n}")
"""
TEMPLATE = """{% load i18n %}
<p class="it's">{% translate "你好" %} don't "quote</p>
    {% blocktranslate trimmed count n=total %}
      共 {{ n }} 家
    {% plural %}
      总共 {{ n }} 家
    {% endblocktranslate %}
  {{ value|default:_("无") }} {% include "x.html" with label=_("标签") %}
{% translate "可" context "能力" %} {% comment %}it's {% translate "删" %}{% endcomment %}
"""


def test_strings_are_found_in_code_and_in_templates(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(PYTHON, "utf-8")
    (tmp_path / "a.html").write_text(TEMPLATE, "utf-8")
    assert {key for _line, key in strings.strings_of(tmp_path / "a.py")} == {
        ("", "单位"),
        ("", ("一家", "%(n)d 家")),
        ("钱", "元"),
    }
    assert {key for _line, key in strings.strings_of(tmp_path / "a.html")} == {
        ("", "你好"),
        ("", ("共 %(n)s 家", "总共 %(n)s 家")),
        ("", "无"),
        ("", "标签"),
        ("能力", "可"),
    }


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        (Message("企业", "Company"), []),
        (Message("企业"), ["is not translated"]),
        (Message("企业", "Company", flags=["fuzzy"]), ["is fuzzy"]),
        (Message("共 %(n)d 家", "Companies"), ["has other placeholders: %(n)d"]),
        (Message("共 %(n)d 家", "%(count)d companies"), ["has other placeholders: %(count)d, %(n)d"]),
        (Message(("一家", "%(n)d 家"), ("one company", "%(n)d companies")), []),
        (Message(("一家", "%(n)d 家"), ("one company", "")), ["is not translated"]),
    ],
    ids=["complete", "empty", "fuzzy", "placeholder lost", "placeholder renamed", "plural", "plural half done"],
)
def test_a_bad_translation_is_named(message: Message, complaint: list[str]) -> None:
    assert list(strings.complaints(message)) == complaint


def test_a_missing_catalogue_fails_the_check_and_collecting_makes_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "a.py").write_text(PYTHON, "utf-8")
    monkeypatch.setattr(strings, "ROOT", tmp_path)
    assert strings.check() == 1
    assert "core/a.py:3 '单位' is not in the catalogue" in capsys.readouterr().out
    catalogue = tmp_path / "locale" / "en" / "LC_MESSAGES" / "django.po"
    strings.collect()
    assert strings.check() == 1
    assert "core/a.py:3 '单位' is not translated" in capsys.readouterr().out
    done = catalogue.read_text("utf-8").replace('msgid "单位"\nmsgstr ""', 'msgid "单位"\nmsgstr "Unit"')
    done = done.replace('msgid "元"\nmsgstr ""', 'msgid "元"\nmsgstr "yuan"')
    catalogue.write_text(done.replace('[0] ""', '[0] "one"').replace('[1] ""', '[1] "%(n)d"'), "utf-8")
    assert strings.check() == 0
    strings.collect()
    assert catalogue.read_text("utf-8").count("Unit") == 1
    strings.compile_all()
    assert catalogue.with_suffix(".mo").stat().st_mtime_ns == catalogue.stat().st_mtime_ns
