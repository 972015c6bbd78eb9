"""数据导入: one uploaded workbook from check to undo, and what became of each of its rows."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.roles import Role
from accounts.scope import district_q
from companies.figures.models import SOURCE_CHOICES
from core.states import StateQuerySet

if TYPE_CHECKING:
    from accounts.users.models import User


class ImportState(models.TextChoices):
    """上传 → 校验 → 导入中 → 已导入 → 已撤销; 失败 and 中断 say how to go on."""

    UPLOADED = "uploaded", _("已上传")
    CHECKED = "checked", _("已校验")
    APPLYING = "applying", _("导入中")
    APPLIED = "applied", _("已导入")
    UNDONE = "undone", _("已撤销")
    FAILED = "failed", _("失败")
    INTERRUPTED = "interrupted", _("中断")


class ImportRunQuerySet(StateQuerySet):
    """Officers see their own runs of their district; clerks, approvers and auditors those of their district or the city."""

    def visible_to(self, user: "User") -> "ImportRunQuerySet":
        """Runs within scope."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        within = self.filter(district_q(user, "district"))
        return within.filter(uploaded_by_id=user.pk) if user.role == Role.OFFICER else within


class ImportRun(models.Model):
    """One workbook. `district` is the uploader's scope (None: city). Rows live in ImportRow."""

    file = models.ForeignKey("companies.Evidence", on_delete=models.PROTECT, related_name="import_runs")
    official_list = models.ForeignKey("companies.Evidence", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    document_number = models.CharField(_("公告文号"), max_length=100, blank=True)
    document_on = models.DateField(_("公告日期"), null=True, blank=True)
    source = models.CharField(_("口径"), max_length=20, choices=SOURCE_CHOICES)
    state = FSMField(_("状态"), max_length=12, choices=ImportState.choices, default=ImportState.UPLOADED, protected=True)
    district = models.ForeignKey("accounts.District", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    uploaded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="import_runs")
    uploaded_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    happened_on = models.DateField(_("业务日期"))
    confirm_jumps = models.BooleanField(_("已核对数量级"), default=False)
    totals = models.JSONField(_("合计"), default=dict, blank=True, help_text=_("按工作表：新增、更新、无变化、拒绝"))
    ignored_columns = models.JSONField(_("未识别的列"), default=list, blank=True)
    problems = models.JSONField(_("文件问题"), default=list, blank=True)
    kept = models.JSONField(_("撤销时保留"), default=list, blank=True)
    message = models.CharField(_("说明"), max_length=500, blank=True)
    decision = models.OneToOneField("accounts.Decision", on_delete=models.PROTECT, null=True, blank=True, related_name="import_run")
    # not AUDITED, so that rows the log saw before it existed still match; the check of undone runs holds it
    undo_decision = models.OneToOneField(
        "accounts.Decision", on_delete=models.PROTECT, null=True, blank=True, related_name="undone_import_run"
    )
    job = models.ForeignKey("accounts.Job", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(_("校验时间"), null=True, blank=True)
    applied_on = models.DateField(_("导入日"), null=True, blank=True)
    undone_on = models.DateField(_("撤销日"), null=True, blank=True)
    stamp = models.CharField(_("期初 / 演示"), max_length=10, blank=True)

    objects = ImportRunQuerySet.as_manager()
    AUDITED = (
        "file_id", "official_list_id", "document_number", "source", "state", "district_id", "uploaded_by_id", "totals",
        "decision_id", "applied_on", "undone_on",
    )  # fmt: skip

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["district", "-id"], name="import_run_district"),
            models.Index(fields=["uploaded_by", "-id"], name="import_run_by"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def audit_label(self) -> str:
        """How the log names the run."""
        return self.file.name

    @transition(field=state, source=[ImportState.CHECKED, ImportState.FAILED], target=ImportState.UPLOADED)
    def check_again(self) -> None:
        """Its rows are judged anew; a check that dies on the way leaves a run nobody can apply."""

    @transition(field=state, source=[ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED], target=ImportState.CHECKED)
    def check_done(self) -> None:
        """Every row judged; nothing saved."""

    @transition(field=state, source=[ImportState.CHECKED, ImportState.INTERRUPTED, ImportState.UNDONE], target=ImportState.APPLYING)
    def start(self) -> None:
        """A worker took it."""

    @transition(field=state, source=ImportState.APPLYING, target=ImportState.APPLIED)
    def finish(self, *, on: date) -> None:
        """All rows saved in one transaction."""
        self.applied_on = on

    @transition(field=state, source=ImportState.APPLYING, target=ImportState.INTERRUPTED)
    def interrupt(self) -> None:
        """The worker died; the database is as it was."""

    @transition(field=state, source=[ImportState.UPLOADED, ImportState.CHECKED, ImportState.APPLYING], target=ImportState.FAILED)
    def fail(self) -> None:
        """The file or the apply was refused with a message."""

    @transition(field=state, source=ImportState.APPLIED, target=ImportState.UNDONE)
    def undo(self, *, on: date) -> None:
        """What it added is withdrawn, except what somebody edited since."""
        self.undone_on = on


class RowVerdict(models.TextChoices):
    """What a row would do, or why it may not."""

    NEW = "new", _("新增")
    CHANGED = "changed", _("更新")
    UNCHANGED = "unchanged", _("无变化")
    REFUSED = "refused", _("拒绝")


class ImportRow(models.Model):
    """One row of one sheet: parsed values, what they would change, or every reason against them."""

    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="rows")
    sheet = models.CharField(_("工作表"), max_length=60)
    number = models.PositiveIntegerField(_("行"))
    verdict = models.CharField(_("结论"), max_length=10, choices=RowVerdict.choices)
    uscc = models.CharField(_("统一社会信用代码"), max_length=40, blank=True)
    values = models.JSONField(default=dict)
    before = models.JSONField(default=dict, blank=True)
    errors = models.JSONField(default=list, blank=True, help_text="[{column, header, value, reason}]")
    note = models.CharField(_("提示"), max_length=300, blank=True)
    target_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["run", "sheet", "number"]
        constraints = [models.UniqueConstraint(fields=["run", "sheet", "number"], name="one_row_per_run_sheet_and_number")]
        indexes = [models.Index(fields=["run", "verdict", "id"], name="import_row_verdict")]

    def __str__(self) -> str:
        return f"{self.sheet} {self.number}"
