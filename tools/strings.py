"""Collects, checks and compiles the interface strings with Babel; no gettext binaries are needed.

`collect` brings locale/*/LC_MESSAGES/django.po up to date, `check` fails on what is not translated, `compile` writes the .mo.
"""

import argparse
import io
import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ["config", "portal", "cultivation", "policies", "companies", "accounts", "core", "templates"]
# which argument is the string; "c" marks a context. N_ only marks a string of plain Python that is translated where
# it is shown; _g is gettext at once in a module whose _ is lazy
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(("_", "_g", "N_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
# the strings themselves are Chinese; these are complete translations
LANGUAGES = ["en"]
# one fixed day: a catalogue changes only when its strings do
WRITTEN_ON = datetime(2026, 1, 1, tzinfo=UTC)
type Key = tuple[str, str | tuple[str, ...]]


def source_files() -> Iterator[Path]:
    """Python files and templates with interface strings, in a fixed order; migrations carry none."""
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts:
                yield path


def as_python(path: Path) -> str:
    """The text of `path` as lines of Python calls, line numbers kept; Django itself reads its template tags."""
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        return text
    # what is left of the markup is a row of letters whose indentation means nothing
    return "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).split("\n"))


def strings_of(path: Path) -> Iterator[tuple[int, Key]]:
    """Line and key of each string marked for translation in one file; a key is its context and its text or texts."""
    code = io.BytesIO(as_python(path).encode())
    for line, text, _comments, context in extract("python", code, KEYWORDS, options={"encoding": "utf-8"}):
        yield line, (context or "", text)


def collected() -> dict[Key, list[tuple[str, int]]]:
    """Every string of the project and where it stands."""
    found: dict[Key, list[tuple[str, int]]] = {}
    for path in source_files():
        for line, key in strings_of(path):
            found.setdefault(key, []).append((str(path.relative_to(ROOT)), line))
    return found


def catalogues() -> Iterator[Path]:
    """Where the .po file of each language stands or will stand."""
    yield from (ROOT / "locale" / language / "LC_MESSAGES" / "django.po" for language in LANGUAGES)


def read(path: Path) -> Catalog:
    """The catalogue at `path`; an empty one where there is none yet."""
    if not path.exists():
        return Catalog(locale=path.parent.parent.name, domain="django")
    with path.open("rb") as handle:
        return read_po(handle, locale=path.parent.parent.name, domain="django")


def key_of(message: Message) -> Key:
    """Context and text of a message, as `collected` names it."""
    return message.context or "", tuple(message.id) if isinstance(message.id, list | tuple) else message.id


def collect() -> int:
    """Bring every catalogue up to date: new strings come in untranslated, unused ones go, translations stay. Nothing is guessed."""
    found = collected()
    for path in catalogues():
        old = {key_of(message): message for message in read(path) if message.id}
        new = Catalog(
            locale=path.parent.parent.name,
            domain="django",
            project="Tidu",
            version="1",
            last_translator="Tidu",
            language_team="English",
            msgid_bugs_address="",
            header_comment="# Interface strings of Tidu; source strings are Chinese.",
            fuzzy=False,
            creation_date=WRITTEN_ON,
            revision_date=WRITTEN_ON,
        )
        for key in sorted(found, key=lambda key: (found[key][0][0], str(key))):
            context, text = key
            known = old.get(key)
            files = [(name, None) for name in dict.fromkeys(name for name, _line in found[key])]
            flags = ["python-format"] if "%(" in str(text) else []
            new.add(text, known.string if known else None, files, flags, context=context or None)  # type: ignore[arg-type]
        with io.BytesIO() as buffer:
            write_po(buffer, new, width=0)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(buffer.getvalue())
        print(
            f"{path.relative_to(ROOT)}: {len(found)} strings, {len(found.keys() - old.keys())} new, {len(old.keys() - found.keys())} gone"
        )
    return 0


def complaints(message: Message) -> Iterator[str]:
    """What is wrong with the translation of one string."""
    sources = message.id if isinstance(message.id, tuple | list) else [message.id]
    translations = [text or "" for text in (message.string if isinstance(message.string, tuple | list) else [message.string])]
    if message.fuzzy:
        yield "is fuzzy"
    if not all(translations):
        yield "is not translated"
        return
    wanted = set(PLACEHOLDER.findall(sources[-1]))
    for translation in translations:
        # a singular may say "one" instead of the number
        missing = wanted - set(PLACEHOLDER.findall(translation)) if len(sources) == 1 else set()
        unknown = set(PLACEHOLDER.findall(translation)) - wanted
        if missing or unknown:
            yield f"has other placeholders: {', '.join(sorted(missing | unknown))}"


def check() -> int:
    """Print each string a catalogue lacks, leaves empty, marks fuzzy or gives other placeholders; 1 when there is one."""
    found = collected()
    bad = 0
    for path in catalogues():
        known = {key_of(message): message for message in read(path) if message.id}
        name = path.relative_to(ROOT)
        for key, places in found.items():
            message = known.get(key)
            for complaint in complaints(message) if message else ["is not in the catalogue"]:
                bad += 1
                print(f"{name}: {places[0][0]}:{places[0][1]} {key[1]!r} {complaint}")
        unused = len(known.keys() - found.keys())
        if unused:
            print(f"{name}: {unused} strings are used nowhere; ./run strings takes them out")
    if bad:
        print(f"{bad} strings to mend; ./run strings brings new ones into the catalogue")
    return 1 if bad else 0


def compile_all() -> int:
    """Write each .mo beside its .po, wholly or not at all, carrying the time of its source."""
    for path in filter(Path.exists, catalogues()):
        target = path.with_suffix(".mo")
        part = target.with_name(f"django.{os.getpid()}.part")
        times = path.stat()
        with part.open("wb") as handle:
            write_mo(handle, read(path))
        os.utime(part, ns=(times.st_mtime_ns, times.st_mtime_ns))
        part.replace(target)
    return 0


def main() -> int:
    """Do what the one argument says."""
    actions = {"collect": collect, "check": check, "compile": compile_all}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=actions)
    return actions[parser.parse_args().action]()


if __name__ == "__main__":
    sys.exit(main())
