"""SF-E1 to E4 through the real doors of upload: evidence and import, as a person sends a file and as another one gets it back."""

import io
import subprocess
import sys
import tempfile
import time
import zipfile
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, PngImagePlugin

from accounts.users.models import User
from companies.evidence.content import MOST_PIXELS, FileRefused, check_file
from companies.evidence.models import Evidence
from companies.imports.models import ImportRow, ImportRun
from companies.register.models import Company
from tests.attacks.proposals import PDF
from tests.companies.imports.books import XLSX, xlsx
from tests.factories import AuditorFactory, CompanyFactory, ParkFactory, TownFactory
from tests.nasty.archives import changed, good
from tests.nasty.files import FILES, HEAVY, Hostile
from tests.nasty.strings import PATHS
from tests.nasty.test_nasty_files import watched

# files are looked through before a database is asked
pytestmark = [pytest.mark.django_db, pytest.mark.once]
SECONDS = 5
# only whoever reads the cells minds these: the file is kept whole, within the size limits, and parsed by nobody here
KEPT = {
    "bomb-unused-part", "bomb-many-parts", "bomb-one-text", "long-text", "bomb-rich-text", "million-formatted-rows", "last-cell",
    "last-cell-without-row", "rows-without-numbers", "last-column", "column-201", "workbook-not-xml", "only-hidden-sheets",
    *(hostile.code for hostile in HEAVY),
}  # fmt: skip


def signed_in(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def stored_files() -> set[Path]:
    folder = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    return {path for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(autouse=True)
def _own_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of this test's own: what other processes leave for a moment is not counted."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))


def left_over() -> set[str]:
    return {path.name for path in Path(tempfile.gettempdir()).iterdir()}


@cache
def made(code: str) -> bytes:
    """The bytes of a hostile file; some take seconds to make."""
    return next(one for one in (*FILES, *HEAVY) if one.code == code).make()


def sent(hostile: Hostile, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(hostile.name, content, hostile.declared)


def test_the_evidence_door_refuses_every_hostile_workbook_but_those_that_only_a_reader_minds() -> None:
    """SF-E1, SF-E2, SF-E3: macros, things inside, outside links, entities and archives that read in two ways; nothing else opened."""
    taken, refusals = set(), {}
    for hostile in (*FILES, *HEAVY):
        content, start = made(hostile.code), time.monotonic()
        with watched() as opened:
            try:
                check_file(name=hostile.name, declared=hostile.declared, content=content)
                taken.add(hostile.code)
            except FileRefused as refusal:
                refusals[hostile.code] = refusal.message
        assert opened == [], hostile.code
        assert time.monotonic() - start < SECONDS, hostile.code
    assert taken <= KEPT, taken - KEPT
    assert all(message.endswith("。") for message in refusals.values())
    assert check_file(name="表.xlsx", declared=XLSX, content=good()).extension == "xlsx"


@pytest.mark.parametrize("padding", [262_100, 262_144 - 5, 262_144, 600_000])
def test_a_document_type_is_found_wherever_it_stands(padding: int) -> None:
    """SF-E2: across the pieces a part is read in."""
    late = changed(sheet=lambda part: part.replace(b"?>", b"?>" + b" " * padding + b'<!DOCTYPE a [<!ENTITY b "c">]>', 1))
    with pytest.raises(FileRefused, match="外部实体"):
        check_file(name="a.xlsx", declared="", content=late)
    check_file(name="a.xlsx", declared="", content=changed(sheet=lambda part: part.replace(b"?>", b"?>" + b" " * padding, 1)))


DOORS = ["bomb-sheet", "external-entity", "vba-part", "encrypted-xlsx", "two-archives", "html-as-xls", "executable", "too-large"]


@pytest.mark.parametrize("code", DOORS)
def test_both_doors_answer_a_hostile_file_with_words_and_keep_nothing_of_it(code: str, company: Company, officer: User) -> None:
    """SF-E1: within five seconds, no row, no file, no temporary file, no other file and no connection opened."""
    hostile = next(one for one in FILES if one.code == code)
    content, client = made(code), signed_in(officer)
    kept, temporary = stored_files(), left_over()
    for url, more in (("/imports/new/", {"source": "audit"}), (f"/companies/{company.uscc}/evidence/new/", {"kind": "other"})):
        start = time.monotonic()
        response = client.post(url, {"file": sent(hostile, content), **more})
        assert time.monotonic() - start < SECONDS, url
        assert response.status_code == 422, url
        assert "。" in response.content.decode()
    assert not ImportRun.objects.exists()
    assert not Evidence.objects.exists()
    assert stored_files() == kept
    assert left_over() == temporary
    taken = {"file": SimpleUploadedFile("审计报告.pdf", PDF, "application/pdf"), "kind": "other"}
    assert client.post(f"/companies/{company.uscc}/evidence/new/", taken).status_code == 302


_MEASURE = """
import resource, sys
import django
from django.conf import settings
settings.configure(LIMITS={"upload_bytes": 20 << 20, "workbook_unpacked_bytes": 200 << 20}, USE_I18N=False)
from companies.evidence.content import FileRefused, check_file
files = [(name, open(name, "rb").read()) for name in sys.argv[1:]]
check_file(name="warm.jpg", declared="", content=files[0][1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for name, content in files[1:]:
    try:
        check_file(name=name, declared="", content=content)
    except FileRefused:
        pass
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def _picture(kind: str, mode: str, size: tuple[int, int], *, turned: bool = False) -> bytes:
    target, exif = io.BytesIO(), Image.Exif()
    if turned:
        exif[0x0112] = 6
    Image.new(mode, size).save(target, kind, exif=exif)
    return target.getvalue()


def test_the_largest_pictures_and_bombs_cost_at_most_256_mib(tmp_path: Path) -> None:
    """SF-E1: measured in a process of its own, over pictures at the limit, turned and in four colours, one over it, and a bomb."""
    side = int(MOST_PIXELS**0.5)
    files = {
        "warm.jpg": _picture("JPEG", "RGB", (8, 8)),
        "turned.jpg": _picture("JPEG", "RGB", (side, side), turned=True),
        "print.jpg": _picture("JPEG", "CMYK", (side, side)),
        "over.png": _picture("PNG", "1", (8_000, 8_000)),
        "bomb.xlsx": made("bomb-sheet"),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    command = [sys.executable, "-c", _MEASURE, *(str(tmp_path / name) for name in files)]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert 0 <= int(done.stdout) <= 256


def test_pictures_forget_where_they_were_taken_and_what_was_hidden_behind_them() -> None:
    """SF-E3: re-encoded; place, camera, comment, texts and a second file behind the picture are gone."""
    secret, exif, notes = "120.58E 30.01N", Image.Exif(), PngImagePlugin.PngInfo()
    exif[0x010F], exif[0x8825] = secret, {1: "N", 2: (30.0, 0.0, 36.0)}
    notes.add_text("Comment", secret)
    notes.add_itxt("XML:com.adobe.xmp", secret)
    hidden = io.BytesIO()
    with zipfile.ZipFile(hidden, "w") as package:
        package.writestr("a.txt", secret)
    jpeg, png = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(jpeg, "JPEG", exif=exif, comment=secret.encode())
    Image.new("RGBA", (20, 10), "red").save(png, "PNG", exif=exif, pnginfo=notes)
    for name, content in (("a.jpg", jpeg.getvalue()), ("a.png", png.getvalue())):
        assert secret.encode() in content
        kept = check_file(name=name, declared="", content=content + hidden.getvalue()).content
        assert secret.encode() not in kept
        assert b"PK\x03\x04" not in kept
        with Image.open(io.BytesIO(kept)) as picture:
            assert picture.size == (20, 10)
            assert not dict(picture.getexif())
            assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize(
    "name", [f"{path}.pdf" if not path.endswith(".pdf") else path for path in [*PATHS, "\u202efdp.报告", "报" * 300]], ids=ascii
)
def test_a_nasty_name_becomes_a_harmless_one(name: str, company: Company, officer: User) -> None:
    """SF-E4: kept under a generated key, shown escaped, downloaded as an attachment with its UTF-8 name."""
    client = signed_in(officer)
    body = b"--x\r\n" + b"".join(
        [
            b'Content-Disposition: form-data; name="kind"\r\n\r\nother\r\n--x\r\n',
            b'Content-Disposition: form-data; name="file"; filename="'
            + name.replace("\\", "\\\\").replace('"', '\\"').encode("utf-8", "surrogatepass"),
            b'"\r\nContent-Type: application/pdf\r\n\r\n' + PDF + b"\r\n--x--\r\n",
        ]
    )
    response = client.generic("POST", f"/companies/{company.uscc}/evidence/new/", body, content_type="multipart/form-data; boundary=x")
    if response.status_code == 422:  # not even a name of a file is left, or it is longer than any name
        assert not Evidence.objects.exists()
        return
    assert response.status_code == 302
    paper = Evidence.objects.get()
    assert paper.storage_key.startswith("evidence/")
    assert ".." not in paper.storage_key
    assert not set(paper.name) & set('/\\:*?"<>|\x00\n\r\u202e')
    assert paper.name
    answer = signed_in(AuditorFactory()).get(f"/evidence/{paper.pk}/download/")
    disposition = answer["Content-Disposition"]
    assert disposition.isascii()
    assert disposition.startswith("attachment;")
    assert unquote(disposition.partition("filename*=UTF-8''")[2]) == paper.name
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert sha256(answer.content).hexdigest() == paper.sha256


NAMES = [
    "=1+1有限公司",
    "+绍兴机械有限公司",
    "-绍兴轴承有限公司",
    "@绍兴电器有限公司",
    "＝绍兴染整有限公司",
    "'=绍兴化工有限公司",
    "𠮷祥㐂庆精密有限公司",
]


def test_an_exported_list_is_inert_and_importing_it_again_changes_nothing(officer: User, city_clerk: User) -> None:
    """SF-E4: names that look like formulas, through export and import."""
    town, park = TownFactory(), ParkFactory()
    for name in NAMES:
        CompanyFactory(name=name, town=town, park=park, founded_on="2010-05-06", district=officer.district)
    client = signed_in(city_clerk)
    columns = "name,uscc,district,town,park,industry,size,is_above_scale,founded_on"
    response = client.post(f"/companies/?cols={columns}", {"export": "xlsx"})
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert not [part for part in package.namelist() if b"<f>" in package.read(part)]
    before = list(Company.objects.order_by("pk").values())
    answer = client.post("/imports/new/", {"file": SimpleUploadedFile("企业名录.xlsx", content, XLSX), "source": "audit"})
    assert answer.status_code == 302
    run = ImportRun.objects.get()
    rows: list[Any] = list(ImportRow.objects.filter(run=run).values_list("verdict", "errors", "values"))
    assert {verdict for verdict, _errors, _values in rows} == {"unchanged"}, rows
    assert len(rows) == len(NAMES)
    assert list(Company.objects.order_by("pk").values()) == before
    lines = b"".join(client.post(f"/companies/?cols={columns}", {"export": "csv"}).streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    for name in NAMES[:5]:
        assert f"'{name}" in lines
    assert xlsx({"企业": [["a"]]})[:4] == content[:4]
