"""称号, 申报批次 and 认定: what a firm can be recognised as, the dated rounds, and the events."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.scope import district_q
from core.states import StateQuerySet

if TYPE_CHECKING:
    from accounts.users.models import User


class CountingBasis(models.TextChoices):
    """Which date of a recognition counts for the year."""

    ANNOUNCED = "announced", _("公告日")
    CERTIFIED = "certified", _("证书日")
    BATCH_YEAR = "batch_year", _("批次年度")


class TitleKind(models.TextChoices):
    """How a title comes about."""

    GRANTED = "granted", _("按标准认定")
    NOMINATED = "nominated", _("清单确定")  # no published number: a list of an office decides
    RATING = "rating", _("分类评价")  # a class or a score of a year, never recognised


class TitleQuerySet(models.QuerySet["Title"]):
    """Titles by how they come about."""

    def recognisable(self) -> "TitleQuerySet":
        """Titles a firm can hold: every one but the ratings."""
        return self.exclude(kind=TitleKind.RATING)


class Title(models.Model):
    """称号; a catalogue seeded from recognitions/titles.yaml."""

    code = models.CharField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    short_name = models.CharField(_("简称"), max_length=30)
    name_en = models.CharField(_("英文名称"), max_length=80)
    level = models.CharField(_("级别"), max_length=20)
    kind = models.CharField(_("确定方式"), max_length=10, choices=TitleKind.choices, default=TitleKind.GRANTED)
    validity_years = models.PositiveSmallIntegerField(_("有效期（年）"), null=True, blank=True, help_text=_("空表示长期"))
    counting_basis = models.CharField(_("计入口径"), max_length=12, choices=CountingBasis.choices, default=CountingBasis.ANNOUNCED)
    is_tracked = models.BooleanField(_("设培育库"), default=False)
    is_list_decided = models.BooleanField(_("按清单审批"), default=False)
    grade = models.CharField(_("依据等级"), max_length=10, blank=True)
    position = models.PositiveSmallIntegerField(_("次序"), default=0)

    objects = TitleQuerySet.as_manager()

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name

    @property
    def short(self) -> str:
        """简称 in tables; the English name in English."""
        return self.name_en if get_language() == "en" else self.short_name


class Step(models.TextChoices):
    """Steps of a batch, in order."""

    INTENT = "intent", _("意向")
    FILLING = "filling", _("企业填报")
    DISTRICT_REVIEW = "district_review", _("区县初审")
    CITY_REVIEW = "city_review", _("市审")
    PROVINCE = "province", _("省推荐")
    PUBLICITY = "publicity", _("公示")
    ANNOUNCED = "announced", _("认定")


class Batch(models.Model):
    """申报批次: one round of one title in one year."""

    title = models.ForeignKey(Title, on_delete=models.PROTECT, related_name="batches")
    year = models.PositiveSmallIntegerField(_("年度"))
    name = models.CharField(_("批次"), max_length=60)
    document_number = models.CharField(_("文号"), max_length=100, blank=True)
    is_local = models.BooleanField(_("本地设定"), default=False)
    grade = models.CharField(_("依据等级"), max_length=10, blank=True)

    class Meta:
        ordering = ["title", "year", "name"]
        constraints = [models.UniqueConstraint(fields=["title", "year", "name"], name="one_batch_per_title_year_and_name")]

    def __str__(self) -> str:
        return f"{self.year} {self.name}"


class BatchStep(models.Model):
    """One step of a batch: planned from–to and the actual day."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(_("环节"), max_length=20, choices=Step.choices)
    planned_from = models.DateField(_("计划起"), null=True, blank=True)
    planned_to = models.DateField(_("计划止"), null=True, blank=True)
    actual_on = models.DateField(_("实际日"), null=True, blank=True)

    class Meta:
        ordering = ["batch", "pk"]
        constraints = [models.UniqueConstraint(fields=["batch", "step"], name="one_step_per_batch")]

    def __str__(self) -> str:
        return str(Step(self.step).label)


class RecognitionState(models.TextChoices):
    """待确认 → 已确认 | 已驳回, later 已取消 or 被新名单替代. 有效, 待复核, 已到期 are computed."""

    RECORDED = "recorded", _("待确认")
    CONFIRMED = "confirmed", _("已确认")
    REJECTED = "rejected", _("已驳回")
    REVOKED = "revoked", _("已取消")
    VOIDED = "voided", _("被新名单替代")


class ApplicationType(models.TextChoices):
    """申请类型."""

    NEW = "认定", _("认定")
    REVIEW = "复核", _("复核")
    RENEWAL = "重新认定", _("重新认定")


# states of what was confirmed once; whether it still counts is a question of dates
EVER_CONFIRMED: tuple[RecognitionState, ...] = (RecognitionState.CONFIRMED, RecognitionState.REVOKED, RecognitionState.VOIDED)
REVIEW_NOTICE_DAYS = 180


class RecognitionQuerySet(StateQuerySet):
    """Scope and the two readings of a past day."""

    def visible_to(self, user: "User") -> "RecognitionQuerySet":
        """Events of the user's district then, or of firms that are there now."""
        return self.filter(district_q(user, "district", "company__district"), withdrawn_on__isnull=True)

    def counted(self, *, on: date, known: date) -> "RecognitionQuerySet":
        """Confirmed with a document, happened by `on` as known by `known`; a revoked one stops from its date."""
        ended = Q(ended_on__lte=on, end_known_on__lte=known)
        return self.filter(
            state__in=EVER_CONFIRMED,
            happened_on__lte=on,
            known_on__lte=known,
            withdrawn_on__isnull=True,
        ).exclude(ended & Q(ended_on__isnull=False))

    def new(self, *, on: date, known: date) -> "RecognitionQuerySet":
        """Of `counted`, the first recognition of a title by its firm: no review, no 重新认定, no regained title.

        An earlier one entered afterwards takes the place of this one from the day it is known, not before.
        """
        earlier = Recognition.objects.filter(
            Q(happened_on__lt=OuterRef("happened_on")) | Q(happened_on=OuterRef("happened_on"), pk__lt=OuterRef("pk")),
            company=OuterRef("company"),
            title=OuterRef("title"),
            state__in=EVER_CONFIRMED,
            known_on__lte=known,
            withdrawn_on__isnull=True,
        )
        return self.counted(on=on, known=known).filter(Q(is_first=True), ~Exists(earlier))

    def valid(self, *, on: date, known: date) -> "RecognitionQuerySet":
        """Of `counted`, those in force on the day."""
        return self.counted(on=on, known=known).filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on), valid_from__lte=on)


# in one index, so that a year of a city is counted without reading its rows
ASKED_BY_COUNTING = ["title", "happened_on", "district", "company", "known_on", "state", "application_type",
                     "withdrawn_on", "ended_on", "end_known_on", "valid_from", "valid_until"]  # fmt: skip


class Recognition(models.Model):
    """认定: an event. `happened_on` is the counting date of its title; a review `follows` the one before."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="recognitions")
    title = models.ForeignKey(Title, on_delete=models.PROTECT, related_name="recognitions")
    application_type = models.CharField(_("申请类型"), max_length=10, choices=ApplicationType.choices, default=ApplicationType.NEW)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, blank=True, related_name="recognitions")
    state = FSMField(_("状态"), max_length=12, choices=RecognitionState.choices, default=RecognitionState.RECORDED, protected=True)
    district = models.ForeignKey("accounts.District", on_delete=models.PROTECT, related_name="+", verbose_name=_("认定时属地"))
    document_number = models.CharField(_("文号"), max_length=100)
    announced_on = models.DateField(_("公告日"))
    certified_on = models.DateField(_("证书日"), null=True, blank=True)
    happened_on = models.DateField(_("计入日"))
    known_on = models.DateField(_("知悉日"))
    valid_from = models.DateField(_("有效期起"))
    valid_until = models.DateField(_("有效期至"), null=True, blank=True)
    follows = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by")
    document = models.ForeignKey("companies.Evidence", on_delete=models.PROTECT, null=True, blank=True, related_name="recognitions")
    decision = models.ForeignKey("accounts.Decision", on_delete=models.PROTECT, null=True, blank=True, related_name="recognitions")
    is_first = models.BooleanField(_("首次认定"), default=False, help_text=_("计入新增的只有首次认定"))
    is_outside_sprint = models.BooleanField(_("未经冲刺库"), default=False)
    ended_on = models.DateField(_("终止日"), null=True, blank=True)
    end_known_on = models.DateField(_("终止知悉日"), null=True, blank=True)
    end_document_number = models.CharField(_("终止文号"), max_length=100, blank=True)
    import_run = models.ForeignKey(
        "companies.ImportRun", on_delete=models.PROTECT, null=True, blank=True, related_name="added_recognitions"
    )
    withdrawn_on = models.DateField(_("撤回日"), null=True, blank=True)
    stamp = models.CharField(_("期初 / 演示"), max_length=10, blank=True)

    objects = RecognitionQuerySet.as_manager()
    AUDITED = ("company_id", "title_id", "application_type", "batch_id", "state", "district_id", "document_number", "announced_on",
               "certified_on", "happened_on", "known_on", "valid_from", "valid_until", "document_id", "decision_id", "is_first", "ended_on",
               "end_known_on", "withdrawn_on")  # fmt: skip

    class Meta:
        ordering = ["-happened_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "title", "document_number", "application_type"],
                condition=Q(withdrawn_on__isnull=True) & ~Q(state="rejected"),
                name="one_recognition_per_document",
            ),
            models.CheckConstraint(condition=~Q(state="confirmed") | ~Q(document_number=""), name="confirmed_recognition_has_a_document"),
        ]
        indexes = [
            models.Index(fields=ASKED_BY_COUNTING, name="recognition_counted"),
            models.Index(fields=["company", "title", "happened_on"], name="recognition_company"),
            models.Index(fields=["district", "-happened_on", "-id"], name="recognition_district"),
            models.Index(fields=["-happened_on", "-id"], condition=Q(withdrawn_on__isnull=True), name="recognition_day"),
            models.Index(fields=["state", "-happened_on", "-id"], name="recognition_state"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.document_number}"

    @transition(field=state, source=RecognitionState.RECORDED, target=RecognitionState.CONFIRMED)
    def confirm(self, *, known_on: date) -> None:
        """A second person of the city confirmed it; it is known from the day of that signature."""
        self.known_on = known_on

    @transition(field=state, source=RecognitionState.RECORDED, target=RecognitionState.REJECTED)
    def reject(self) -> None:
        """The second person refused it."""

    @transition(field=state, source=RecognitionState.CONFIRMED, target=RecognitionState.REVOKED)
    def revoke(self, *, ended_on: date, known_on: date, document_number: str) -> None:
        """取消: stops counting from `ended_on`, as known from `known_on`."""
        self.ended_on, self.end_known_on, self.end_document_number = ended_on, known_on, document_number

    @transition(field=state, source=RecognitionState.CONFIRMED, target=RecognitionState.VOIDED)
    def void(self, *, ended_on: date, known_on: date, document_number: str) -> None:
        """被新名单替代: a new list ended it on the day of publication."""
        self.ended_on, self.end_known_on, self.end_document_number = ended_on, known_on, document_number

    def status_on(self, day: date) -> str:
        """待确认, 已驳回, 已取消, 被新名单替代, or 有效 / 待复核 / 已到期 from the dates."""
        if self.state in {RecognitionState.RECORDED, RecognitionState.REJECTED}:
            return self.state
        if self.ended_on and self.ended_on <= day:
            return self.state
        if self.valid_until is None or self.valid_until >= day:
            review_due = self.valid_until is not None and (self.valid_until - day).days <= REVIEW_NOTICE_DAYS
            return "review_due" if review_due else "valid"
        return "expired"


class RevocationQuerySet(models.QuerySet["Revocation"]):
    """Scope by the firm."""

    def visible_to(self, user: "User") -> "RevocationQuerySet":
        """Revocations of recognitions the user may see."""
        return self.filter(district_q(user, "recognition__district", "recognition__company__district"))


class Revocation(models.Model):
    """取消: the proposed end of one recognition, carried by its Decision; `is_open` holds while it waits."""

    recognition = models.ForeignKey(Recognition, on_delete=models.PROTECT, related_name="revocations")
    ended_on = models.DateField(_("终止日"))
    document_number = models.CharField(_("终止文号"), max_length=100)
    document = models.ForeignKey("companies.Evidence", on_delete=models.PROTECT, related_name="+")
    decision = models.OneToOneField("accounts.Decision", on_delete=models.PROTECT, related_name="revocation")
    is_open = models.BooleanField(default=True)

    objects = RevocationQuerySet.as_manager()
    AUDITED = ("recognition_id", "ended_on", "document_number", "document_id", "decision_id", "is_open")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["recognition"], condition=Q(is_open=True), name="one_open_revocation_per_recognition")
        ]

    def __str__(self) -> str:
        return self.document_number
