"""Why a recognition is refused; each a whole sentence that says what to do."""

from datetime import date

from django.utils.translation import gettext as _

from core.errors import Refusal


class DocumentMissing(Refusal):
    """A recognition or its end needs number, date and file."""

    code = "document_missing"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("登记认定需要文号、公告日期和文件，请补齐后再提交。"))


class DocumentOfAnotherCompany(Refusal):
    """The file belongs to another firm or was withdrawn."""

    code = "document_of_another_firm"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("所选文件不属于该企业或已撤回，请上传本次公告文件。"))


class CertificateDateMissing(Refusal):
    """The title counts by the certificate's day."""

    code = "certificate_date_missing"
    status = 422

    def __init__(self, title: object) -> None:
        super().__init__(_("“%(title)s”按证书日计入年度，请填写证书日期。") % {"title": title})


class DatesDisagree(Refusal):
    """A day in the future, or a period that ends before it begins."""

    code = "dates_disagree"
    status = 422

    def __init__(self, label: str, day: date, limit: date) -> None:
        super().__init__(
            _("%(label)s %(day)s 不能晚于 %(limit)s，请核对日期。") % {"label": label, "day": day.isoformat(), "limit": limit.isoformat()}
        )


class BatchOfAnotherTitle(Refusal):
    """The batch belongs to another title."""

    code = "batch_of_another_title"
    status = 422

    def __init__(self, batch: object, title: object) -> None:
        super().__init__(_("批次“%(batch)s”不属于“%(title)s”，请重新选择批次。") % {"batch": batch, "title": title})


class AlreadyRecorded(Refusal):
    """One recognition per firm, title, document and application type."""

    code = "already_recorded"

    def __init__(self, *, document_number: str, state: object) -> None:
        super().__init__(_("文号 %(number)s 的认定已经登记（%(state)s），不能重复登记。") % {"number": document_number, "state": state})


class NotInForce(Refusal):
    """Only a confirmed recognition can be revoked."""

    code = "not_in_force"

    def __init__(self, state: object) -> None:
        super().__init__(_("该认定当前为“%(state)s”，只有已确认的认定可以取消。") % {"state": state})


class RevocationWaiting(Refusal):
    """Somebody proposed the end already."""

    code = "revocation_waiting"

    def __init__(self, who: str) -> None:
        super().__init__(_("%(who)s 已提请取消该认定，正在等待审批。") % {"who": who})
