"""SF-E1 to E4: every hostile file is refused by its own clear sentence, quickly, within memory, without a trace on disk or network."""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from companies.imports.models import ImportRun
from companies.imports.refusals import WorkbookRefused
from companies.imports.services import import_upload
from companies.imports.workbooks.intake import inspect
from companies.imports.workbooks.reading import read_tables
from tests.companies.imports.books import named
from tests.factories import CityClerkFactory
from tests.nasty.archives import good
from tests.nasty.files import FILES, HEAVY, Hostile

SECONDS = 5
_watching: list[list[str]] = []


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    """Notes every file that is opened by path and every connection while somebody watches."""
    if not _watching:
        return
    if event == "open" and isinstance(arguments[0], str | bytes):
        path = arguments[0] if isinstance(arguments[0], str) else arguments[0].decode()
        if not path.endswith((".py", ".pyc", ".mo", ".so")) and "__pycache__" not in path:
            _watching[-1].append(path)
    elif event in {"socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system"}:
        _watching[-1].append(f"{event} {arguments}")


sys.addaudithook(_hear)


@contextmanager
def watched() -> Iterator[list[str]]:
    """What is opened meanwhile."""
    seen: list[str] = []
    _watching.append(seen)
    try:
        yield seen
    finally:
        _watching.pop()


def look(hostile: Hostile, content: bytes) -> int:
    """Intake and reading, as an upload goes through them; the rows read."""
    file = BytesIO(content)
    intake = inspect(file, name=hostile.name, declared_type=hostile.declared)
    return sum(1 for table in read_tables(file, intake) for _row in table.rows)


def test_there_are_at_least_sixty_hostile_files_each_with_a_name_of_its_own() -> None:
    assert len(FILES) >= 60
    assert len({hostile.code for hostile in (*FILES, *HEAVY)}) == len(FILES) + len(HEAVY)


@pytest.mark.parametrize("hostile", FILES, ids=[hostile.code for hostile in FILES])
def test_a_hostile_file_is_refused_with_one_clear_sentence_and_nothing_else_opened(
    hostile: Hostile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = hostile.make()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # other processes write to the common one
    start = time.monotonic()
    with watched() as opened, pytest.raises(WorkbookRefused) as refusal:
        look(hostile, content)
    assert time.monotonic() - start < SECONDS
    assert hostile.words in refusal.value.message
    assert refusal.value.message.endswith("。")
    assert refusal.value.status == 422
    assert opened == []
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("hostile", HEAVY, ids=[hostile.code for hostile in HEAVY])
def test_a_heavy_file_is_read_or_refused_quickly_and_opens_nothing_else(hostile: Hostile) -> None:
    content = hostile.make()
    start = time.monotonic()
    with watched() as opened, suppress(WorkbookRefused):
        look(hostile, content)
    assert time.monotonic() - start < 4 * SECONDS
    assert opened == []


def test_the_workbook_the_hostile_ones_are_made_of_is_taken() -> None:
    assert look(Hostile("good", good, ""), good()) > 0


@pytest.mark.parametrize("code", ["bomb-sheet", "external-entity", "vba-part", "encrypted-xlsx", "cut-in-half", "html-as-xls"])
def test_a_refused_upload_saves_nothing(db: None, today: Any, code: str) -> None:
    hostile = next(one for one in FILES if one.code == code)
    clerk = CityClerkFactory()
    with pytest.raises(WorkbookRefused):
        import_upload(file=named(hostile.make(), hostile.name), source="audit", by=clerk, on=today)
    assert ImportRun.objects.count() == 0
