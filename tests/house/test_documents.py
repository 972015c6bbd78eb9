"""Documents, words and addresses."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from tests.house.files import APPS, ROOT, documents, files, short

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
KEBAB = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def without_code(text: str) -> str:
    """The document without its code blocks and code words."""
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)


def anchors(path: Path) -> set[str]:
    """The anchors of a document's headings, made as code hosts make them."""
    found = set()
    for heading in re.findall(r"^#+\s+(.+?)\s*$", path.read_text("utf-8"), flags=re.MULTILINE):
        found.add(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-"))
    return found


def broken_links(path: Path) -> Iterator[str]:
    for target in LINK.findall(without_code(path.read_text("utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _sharp, anchor = target.partition("#")
        aim = (path.parent / name).resolve() if name else path
        if not aim.exists() or not aim.is_relative_to(ROOT) or (anchor and aim.suffix == ".md" and anchor not in anchors(aim)):
            yield f"{short(path)}: {target}"


def test_every_link_of_the_documents_leads_somewhere() -> None:
    assert [link for path in documents() for link in broken_links(path)] == []


def test_a_link_to_nothing_is_seen(tmp_path: Path) -> None:
    page = ROOT / "docs" / "decisions" / "0000-template.md"
    probe = tmp_path / "probe.md"
    probe.write_text(f"[here]({page.name}) [there](nowhere.md) [code](#no-such-heading) `[not](a-link.md)`", "utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("tests.house.test_documents.ROOT", tmp_path)
        patched.setattr("tests.house.files.ROOT", tmp_path)
        assert list(broken_links(probe)) == [f"probe.md: {page.name}", "probe.md: nowhere.md", "probe.md: #no-such-heading"]


def test_every_model_stands_in_the_glossary() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    names = {model.__name__ for model in apps.get_models() if model._meta.app_label in APPS}
    assert sorted(name for name in names if not re.search(rf"\b{name}\b", glossary)) == []


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "decisions").glob("[0-9][0-9][0-9][0-9]-*.md"))
    assert numbers == list(range(len(numbers)))


def test_there_is_a_readme_in_both_languages() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        text = (ROOT / name).read_text("utf-8")
        assert "./run demo" in text
        assert "./run test" in text


def patterns(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every URL pattern of our own apps with its namespace."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, entry.namespace or namespace)
        else:
            yield namespace, entry


def test_every_address_has_a_name_in_kebab_case_below_the_label_of_its_app() -> None:
    odd = [
        f"{namespace}:{pattern.name} {pattern.pattern}"
        for namespace, pattern in patterns(get_resolver())
        if not (pattern.name and KEBAB.fullmatch(pattern.name)) or namespace not in {"", *APPS}
    ]
    assert odd == []


def test_addresses_are_written_in_kebab_case_and_end_in_a_slash() -> None:
    odd = []
    for _namespace, pattern in patterns(get_resolver()):
        address = re.sub(r"<[^>]+>", "x", str(pattern.pattern))
        if address and not (address.endswith("/") and all(KEBAB.fullmatch(part) for part in address.rstrip("/").split("/"))):
            odd.append(str(pattern.pattern))
    assert odd == []


def test_templates_lie_in_the_folder_of_their_app() -> None:
    known = {*APPS, "components"}
    strange = [
        short(path)
        for path in files(["templates"], ".html")
        if (parts := path.relative_to(ROOT / "templates").parts)[0] not in known and len(parts) > 1
    ]
    assert strange == []
