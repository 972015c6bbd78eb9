"""Store a file, hand it out again."""

from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import uuid4

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import opening
from accounts.audit.services import record
from accounts.roles import Role
from accounts.scope import covers
from accounts.users.models import District
from companies.evidence.content import PAPERS, WORKBOOKS, check_file, clean_name
from companies.evidence.models import Evidence, EvidenceKind
from companies.register import slots
from companies.register.models import Company
from companies.register.writing import may_write
from core.errors import NotPermitted, Refusal

if TYPE_CHECKING:
    from accounts.users.models import User


class StorageUnavailable(Refusal):
    """The file could not be written; nothing was saved."""

    status = 503
    code = "storage_unavailable"


class FileDamaged(Refusal):
    """The stored file is gone or is not what was stored."""

    code = "file_damaged"


def may_store(user: "User", *, company: Company | None, district: District | None) -> bool:
    """A firm's papers: its officer, clerks and approvers in scope. Others: officers, clerks and approvers within their own scope."""
    if company is not None:
        return may_write(user, company) or (user.role == Role.APPROVER and covers(user, company.district_id))
    return user.role in {Role.OFFICER, Role.CLERK, Role.APPROVER} and covers(user, district.pk if district else None)


@transaction.atomic
def evidence_store(
    *,
    file: File,
    kind: str,
    by: "User",
    on: date,
    company: Company | None = None,
    district: District | None = None,
    period: str = "",
) -> Evidence:
    """Keep a file of a firm, or of a district (of the city: both None), under a generated key.

    `file` is an uploaded file or any File with a name; pictures are re-encoded. Raises NotPermitted, FileRefused, StorageUnavailable
    or NotToday; then no file stays behind.
    """
    opening.check_on(on)
    if not may_store(by, company=company, district=district):
        raise NotPermitted(_("只有本企业的专管员、本地数据员和审批人可以上传材料，请联系企业的专管员。"))
    kind = EvidenceKind(kind)
    name = clean_name(file.name or "")
    accepted = WORKBOOKS if kind == EvidenceKind.WORKBOOK else PAPERS
    checked = check_file(name=name, declared=getattr(file, "content_type", "") or "", content=file.read(), accepted=accepted)
    token = uuid4().hex
    key = f"evidence/{token[:2]}/{token}.{checked.extension}"
    try:
        key = default_storage.save(key, ContentFile(checked.content))
    except OSError as error:
        raise StorageUnavailable(_("文件没有存下来：存储空间不可用。"), remedy=_("请联系管理员检查磁盘，恢复后再上传一次。")) from error
    try:
        with transaction.atomic():
            return _keep(key, checked.content, checked.content_type, name=name, kind=kind, by=by, on=on, company=company, district=district,
                         period=period)  # fmt: skip
    except BaseException:
        default_storage.delete(key)
        raise


def _keep(
    key: str,
    content: bytes,
    content_type: str,
    *,
    name: str,
    kind: str,
    by: "User",
    on: date,
    company: Company | None,
    district: District | None,
    period: str,
) -> Evidence:
    evidence = Evidence.objects.create(
        company=company,
        district=district,
        kind=kind,
        name=name,
        storage_key=key,
        content_type=content_type,
        size=len(content),
        sha256=sha256(content).hexdigest(),
        period=period,
        known_on=on,
        uploaded_by=by,
        stamp=opening.stamp(),
    )
    slots.emit("evidence_stored", evidence=evidence, by=by, on=on)
    place = district or (company.district if company else None)
    after = {"name": name, "kind": str(kind), "sha256": evidence.sha256}
    record("evidence.stored", actor=by, target=evidence, company=company, district=place, after=after, on=on)
    return evidence


def evidence_content(evidence: Evidence) -> bytes:
    """The stored bytes, checked against the hash. Raises FileDamaged when they are gone or changed."""
    try:
        with default_storage.open(evidence.storage_key) as stored:
            content = stored.read()
    except OSError as error:
        raise FileDamaged(
            _("文件“%(name)s”不在存储里，不能下载。") % {"name": evidence.name}, remedy=_("请联系管理员从备份恢复。")
        ) from error
    if sha256(content).hexdigest() != evidence.sha256:
        raise FileDamaged(
            _("文件“%(name)s”与上传时的校验值不符，不能下载。") % {"name": evidence.name}, remedy=_("请联系管理员从备份恢复。")
        )
    return content


@transaction.atomic
def evidence_hand_out(*, evidence: Evidence, by: "User") -> bytes:
    """The file's bytes for download, logged. Raises FileDamaged."""
    content = evidence_content(evidence)
    district = evidence.district or (evidence.company.district if evidence.company else None)
    record("evidence.downloaded", actor=by, target=evidence, company=evidence.company, district=district, after={"name": evidence.name})
    return content
