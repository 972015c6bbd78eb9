"""佐证材料: who may, what is taken, what is refused, and how a file is handed out."""

import io
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import localdate
from openpyxl import Workbook
from PIL import Image

from accounts.audit.models import AuditEntry
from companies.evidence.checks import damaged_files
from companies.evidence.content import FileRefused, check_file, clean_name
from companies.evidence.models import Evidence
from companies.evidence.services import StorageUnavailable, evidence_store
from core.errors import NotPermitted
from tests.factories import (
    ApproverFactory,
    AssignmentFactory,
    AuditorFactory,
    ClerkFactory,
    CompanyFactory,
    DistrictFactory,
    EnterpriseUserFactory,
    EvidenceFactory,
    OfficerFactory,
)

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def workbook_bytes(**parts):
    target = io.BytesIO()
    book = Workbook()
    book.active["A1"] = "指标"
    book.save(target)
    if parts:
        with zipfile.ZipFile(target, "a") as package:
            for name, content in parts.items():
                package.writestr(name.replace("__", "/"), content)
    return target.getvalue()


def picture_bytes(kind="JPEG", **options):
    target = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(target, kind, **options)
    return target.getvalue()


@pytest.fixture
def officer(db):
    return OfficerFactory()


@pytest.fixture
def firm(officer):
    return AssignmentFactory(officer=officer).company


def stored_files():
    folder = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    return {path for path in folder.rglob("*") if path.is_file()}


def test_an_officer_uploads_a_paper_and_a_colleague_downloads_it(client, firm, officer):
    client.force_login(officer)
    url = reverse("companies:evidence-new", args=[firm.uscc])
    response = client.post(
        url, {"file": SimpleUploadedFile("2025 年度审计报告.pdf", PDF, "application/pdf"), "kind": "audit_report", "period": "2025 年度"}
    )
    assert response.status_code == 302
    paper = Evidence.objects.get()
    assert (paper.company_id, paper.sha256, paper.size) == (firm.pk, sha256(PDF).hexdigest(), len(PDF))
    assert "审计报告" not in paper.storage_key
    assert "2025 年度审计报告.pdf" in client.get(f"/companies/{firm.uscc}/evidence/").content.decode()
    client.force_login(AuditorFactory())
    answer = client.get(reverse("companies:evidence-download", args=[paper.pk]))
    assert answer.content == PDF
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "filename*=UTF-8''2025%20%E5%B9%B4" in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    assert AuditEntry.objects.filter(action="evidence.downloaded", company_uscc=firm.uscc).count() == 1


def test_nobody_else_gets_or_writes_it(client, firm):
    paper = EvidenceFactory(company=firm)
    url = reverse("companies:evidence-download", args=[paper.pk])
    for stranger in (OfficerFactory(district=DistrictFactory(code="330681")), EnterpriseUserFactory()):
        client.force_login(stranger)
        assert client.get(url).status_code == 404
    client.force_login(OfficerFactory())  # of the district, but not the firm's officer
    assert client.get(url).status_code == 200
    new = reverse("companies:evidence-new", args=[firm.uscc])
    assert client.get(new).status_code == client.post(new, {}).status_code == 403
    client.logout()
    assert client.get(url).status_code == 302
    assert client.get(f"/media/{paper.storage_key}").status_code == 404


def test_a_file_that_left_the_district_is_not_found(client, firm, officer):
    paper = EvidenceFactory(company=firm)
    client.force_login(officer)
    firm.district = DistrictFactory(code="330681")
    firm.save()
    assert client.get(reverse("companies:evidence-download", args=[paper.pk])).status_code == 404


@pytest.mark.parametrize(
    ("name", "declared", "content", "words"),
    [
        ("a.html", "text/html", b"<script>", "请上传"),
        ("a.svg", "image/svg+xml", b"<svg/>", "请上传"),
        ("a.exe", "application/octet-stream", b"MZ", "请上传"),
        ("a.docm", "", b"PK\x03\x04", "请上传"),
        ("a", "", PDF, "请上传"),
        ("a.pdf", "application/pdf", b"<html>%PDF-1.4 %%EOF", "不符"),
        ("a.pdf", "application/pdf", b"", "空"),
        ("a.pdf", "text/html", PDF, "不符"),
        ("a.pdf", "application/pdf", PDF + b"PK\x05\x06" + b"\0" * 18 + b"%%EOF", "不符"),
        ("a.png", "image/png", picture_bytes("JPEG"), "不符"),
        ("a.jpg", "image/jpeg", b"\xff\xd8\xff" + b"x" * 50, "不符"),
        ("a.xlsx", "", b"PK\x03\x04broken", "不符"),
        ("a.xlsx", "", workbook_bytes(xl__vbaProject_bin=b"\xd0\xcf\x11\xe0"), "宏"),
        ("a.xlsx", "", workbook_bytes(xl__inner_zip=b"PK\x03\x04"), "不符"),
        ("a.xlsx", "", workbook_bytes(**{"xl__evil.xml": b'<!DOCTYPE x [<!ENTITY a "b">]>'}), "外部实体"),
        ("a.xlsx", "", workbook_bytes(**{"xl__x.rels": b'<Relationship Type="x/externalLink" TargetMode="External"/>'}), "外部文件"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(client, firm, officer, name, declared, content, words):
    before = stored_files()
    client.force_login(officer)
    url = reverse("companies:evidence-new", args=[firm.uscc])
    response = client.post(url, {"file": SimpleUploadedFile(name, content, declared), "kind": "other", "period": "2025"})
    assert response.status_code == 422
    body = response.content.decode()
    assert words in body
    assert 'value="2025"' in body
    assert not Evidence.objects.exists()
    assert stored_files() == before


def test_bombs_are_refused_by_their_limit(settings):
    with zipfile.ZipFile(big := io.BytesIO(workbook_bytes()), "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/big.xml", b"0" * 3_000_000)
    settings.LIMITS = {**settings.LIMITS, "workbook_unpacked_bytes": 2_000_000, "upload_bytes": 5_000_000}
    with pytest.raises(FileRefused, match="解压后超过"):
        check_file(name="a.xlsx", declared="", content=big.getvalue())
    target = io.BytesIO()
    Image.new("1", (8_000, 8_000)).save(target, "PNG")
    with pytest.raises(FileRefused, match="像素"):
        check_file(name="a.png", declared="image/png", content=target.getvalue())
    with pytest.raises(FileRefused, match="上限"):
        check_file(name="a.pdf", declared="", content=PDF + b"0" * 5_000_000)


def test_a_picture_comes_back_without_its_metadata():
    exif = Image.Exif()
    exif[0x010F] = "相机".encode().hex()
    exif[0x8825] = {1: "N"}
    checked = check_file(name="a.jpg", declared="image/jpeg", content=picture_bytes("JPEG", exif=exif))
    with Image.open(io.BytesIO(checked.content)) as picture:
        assert not dict(picture.getexif())
        assert picture.size == (20, 10)
    assert check_file(name="表.xlsx", declared="", content=workbook_bytes()).extension == "xlsx"


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/报告.pdf", "报告.pdf"),
        ("C:\\a\\报告.pdf", "报告.pdf"),
        ('报"告\n.pdf', "报_告.pdf"),
        ("\u202efdp.报告.pdf", "fdp.报告.pdf"),
        ("CON.pdf", "文件_CON.pdf"),
        (".pdf", "文件.pdf"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
        ("\x00", "文件"),
    ],
)
def test_names_are_harmless(name, clean):
    assert clean_name(name) == clean


def test_a_missing_or_changed_file_is_said_in_words_and_found_by_verify(client, firm, officer):
    gone, changed, whole = EvidenceFactory(company=firm), EvidenceFactory(company=firm), EvidenceFactory(company=firm)
    default_storage.delete(gone.storage_key)
    default_storage.delete(changed.storage_key)
    with default_storage.open(changed.storage_key, "wb") as stored:
        stored.write(b"other")
    client.force_login(officer)
    assert client.get(f"/companies/{firm.uscc}/evidence/").status_code == 200
    for paper, words in ((gone, "不在存储里"), (changed, "校验值不符")):
        answer = client.get(reverse("companies:evidence-download", args=[paper.pk]))
        assert answer.status_code == 409
        assert words in answer.content.decode()
    assert client.get(reverse("companies:evidence-download", args=[whole.pk])).status_code == 200
    assert [line.split(":")[0] for line in damaged_files()] == [f"evidence {gone.pk}", f"evidence {changed.pk}"]


def test_nothing_is_kept_when_storing_or_logging_fails(firm, officer, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    def broken(*args, **kwargs):
        raise RuntimeError("log")

    before = stored_files()
    paper = lambda: SimpleUploadedFile("a.pdf", PDF, "application/pdf")  # noqa: E731
    with monkeypatch.context() as patch:
        patch.setattr(type(default_storage._wrapped) if hasattr(default_storage, "_wrapped") else type(default_storage), "save", full)
        with pytest.raises(StorageUnavailable):
            evidence_store(file=paper(), kind="other", by=officer, on=localdate(), company=firm)
    monkeypatch.setattr("companies.evidence.services.record", broken)
    with pytest.raises(RuntimeError):
        evidence_store(file=paper(), kind="other", by=officer, on=localdate(), company=firm)
    assert not Evidence.objects.exists()
    assert stored_files() == before


def test_papers_without_a_firm_belong_to_the_uploaders_scope(officer):
    district = officer.district
    stored = evidence_store(
        file=SimpleUploadedFile("数据.xlsx", workbook_bytes(), "application/octet-stream"),
        kind="workbook",
        by=officer,
        on=localdate(),
        district=district,
    )
    assert Evidence.objects.visible_to(ApproverFactory()).get() == stored
    for by, place in ((officer, None), (AuditorFactory(), district), (ClerkFactory(), DistrictFactory(code="330681"))):
        with pytest.raises(NotPermitted):
            evidence_store(file=SimpleUploadedFile("a.pdf", PDF, "application/pdf"), kind="document", by=by, on=localdate(), district=place)
    with pytest.raises(NotPermitted):
        evidence_store(
            file=SimpleUploadedFile("a.pdf", PDF, "application/pdf"), kind="other", by=officer, on=localdate(), company=CompanyFactory()
        )
