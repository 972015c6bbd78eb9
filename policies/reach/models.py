"""接近: one row per firm and title within reach, so that lists of a whole city are read and never computed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.figures.models import OfCompanyQuerySet

UNMEASURED = 1_000_000  # the size of a gap that has no measure: it stands behind all that have


class Reach(models.Model):
    """A firm that lacks few criteria of a title, as of its last evaluation; written with it and as current as it is.

    The first half is the sheet of today, the second the next filing that still counts this year (年底倒推). Codes and facts are
    written between blanks, so that one of them is found whole. A row out of reach again stays, marked.
    """

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="reaches", db_index=False)
    title = models.ForeignKey("companies.Title", on_delete=models.PROTECT, related_name="reaches", db_index=False)
    is_within = models.BooleanField(_("接近"), default=True)
    is_near = models.BooleanField(_("差一点"), default=False, help_text=_("还差一两项，且下一批次前都还能补上"))

    open_count = models.PositiveSmallIntegerField(_("还差"))
    open_codes = models.CharField(_("还差的条件"), max_length=300, blank=True)
    missing_facts = models.CharField(_("还缺的指标"), max_length=300, blank=True)
    open_permille = models.PositiveIntegerField(_("差距"), help_text=_("还差最多的一项占门槛的千分数，不能计量的排在最后"))
    nearest_text = models.CharField(_("最近的差距"), max_length=200, blank=True)
    earliest_year = models.PositiveSmallIntegerField(_("最早可申报"))

    application_year = models.PositiveSmallIntegerField(_("下一批次"))
    filing_on = models.DateField(_("计划填报"), null=True, blank=True)
    todo_count = models.PositiveSmallIntegerField(_("还须完成"))
    target_count = models.PositiveSmallIntegerField(_("今年还没有数"))
    missing_count = models.PositiveSmallIntegerField(_("缺数据"))
    blocked_count = models.PositiveSmallIntegerField(_("已关账或待时间"))
    gap_permille = models.PositiveIntegerField(_("最大差距"), help_text=_("还须完成最多的一项占门槛的千分数"))
    words = models.CharField(_("最要紧的一条"), max_length=300, blank=True)
    next_earliest_year = models.PositiveSmallIntegerField(_("最早可申报（年底倒推）"))

    IS_COMPUTED = True  # nobody entered it: it keeps no firm from being withdrawn
    objects = OfCompanyQuerySet.as_manager()

    class Meta:
        ordering = ["company", "title"]
        constraints = [models.UniqueConstraint(fields=["company", "title"], name="one_reach_per_company_and_title")]
        indexes = [
            models.Index(fields=["title", "open_count", "open_permille", "company"], condition=Q(is_near=True), name="reach_near"),
            models.Index(fields=["open_count", "open_permille", "id"], condition=Q(is_near=True), name="reach_near_all"),
            models.Index(fields=["title", "blocked_count", "gap_permille", "company"], condition=Q(is_within=True), name="reach_year_end"),
            models.Index(fields=["blocked_count", "gap_permille", "id"], condition=Q(is_within=True), name="reach_year_end_all"),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} {self.title_id}"
