"""标准发布 as a decision of the city: what is frozen, what is compared, what is carried out."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit.chain import canonical, sha256
from accounts.decisions.kinds import Change, DecisionKind, Proposal
from accounts.decisions.models import Decision, Level
from accounts.jobs.services import job_start
from companies.recognitions.models import Title
from core.locking import locked
from core.stored import in_product_language
from policies import engine
from policies.publishing import checking
from policies.publishing.comparing import Comparison, compare
from policies.publishing.models import StandardDraft
from policies.publishing.refusals import DraftClosed, DraftRefused
from policies.publishing.trials import trial_start
from policies.standards import library
from policies.standards.library import Published
from policies.standards.models import Evaluation, Standard

if TYPE_CHECKING:
    from accounts.users.models import User

DRAFT_IN_FULL = ("title", "follows__title", "prepared_by__person", "changed_by__person", "decision")


def lock_library() -> None:
    """One version is published at a time: whoever publishes holds the titles, so that the library read is the library added to."""
    list(Title.objects.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


class StandardKind(DecisionKind):
    """A second person of the city signs a new version; its row is made by the signature."""

    code: ClassVar[str] = "standard"
    label = gettext_lazy("标准发布")
    template = "policies/publishing/_decision.html"
    level = Level.CITY

    def lock_subject(self, decision: Decision) -> StandardDraft:
        """The draft, found by what was frozen, and the library with it."""
        lock_library()
        return locked(StandardDraft.objects.select_related(*DRAFT_IN_FULL), decision.frozen["standard"]["draft"])

    def current(self, subject: StandardDraft, decision: Decision) -> Proposal:
        """As `proposal`, from the draft and the library of now."""
        return self.proposal(subject)

    @in_product_language
    def proposal(self, draft: StandardDraft) -> Proposal:
        """The text against the version it follows, line by line; the digest stands for both and for the title's whole library."""
        standard = engine.load_standard(draft.text, name="")
        rows = library.library()
        before = checking.replaced_by(standard, rows)
        same_title = sorted((one for one in rows if one.compiled.title == standard.title), key=lambda one: one.row.sha256)
        facts = {
            "text": standard.sha256,
            "before": before.row.sha256 if before else "",
            "library": [one.row.sha256 for one in same_title],
        }
        begins = standard.in_force_from.isoformat()
        words = {"title": Title.objects.get(code=standard.title).short, "type": standard.application, "day": begins}
        return Proposal(
            digest=sha256(canonical(facts)),
            summary=_("发布%(title)s%(type)s标准，%(day)s 起施行") % words,
            changes=_changes(compare(before.row.text if before else "", standard.text)),
            basis=[
                Change(_("对照的版本"), "", _version(before)),
                Change(_("该称号已入库的版本"), "", _("%(n)s 个：%(list)s") % {"n": len(same_title), "list": _names(same_title)}),
            ],
            effect=_("%(day)s 起，%(title)s按本版本评估") % words,
            content={
                "standard": {
                    "draft": draft.pk,
                    "id": standard.id,
                    "sha256": standard.sha256,
                    "before": before.row.pk if before else None,
                    "text": standard.text,
                }
            },
        )

    def carry_out(self, subject: StandardDraft, decision: Decision, *, signer: "User", on: date) -> Iterable[models.Model]:
        """Add the version to the library; those it is in force for today are evaluated anew, one to come is tried out."""
        if not subject.is_open:
            raise DraftClosed(_("这份草稿已发布或已撤下。"))
        checked = checking.check(subject.text)
        if checked.standard is None or checked.problems:
            raise DraftRefused(checked.problems)
        row = publish(checked.standard, on=on)
        subject.standard = row
        subject.save(update_fields=["standard"])
        if row.in_force_from > localdate():
            trial_start(standard=row, by=None, on=localdate())
        return [row, subject]


def publish(standard: engine.Standard, *, on: date) -> Standard:
    """The row of a new version; where it is the one in force today, kept evaluations of the title are stale from here on."""
    title = Title.objects.get(code=standard.title)
    row = Standard.objects.create(
        title=title,
        application_type=standard.application,
        jurisdiction=standard.jurisdiction,
        in_force_from=standard.in_force_from,
        in_force_until=standard.in_force_until,
        document_number=standard.document.number,
        annex=standard.document.annex,
        text=standard.text,
        sha256=standard.sha256,
        published_on=on,
    )
    today = localdate()
    current = library.in_force(on=today).get(standard.title)
    if current is not None and current.row.pk == row.pk:
        count = Evaluation.objects.filter(title=title).update(is_stale=True)
        job_start(kind="evaluate", by=None, payload={"on": today.isoformat()}, total=count)
    return row


def _version(published: Published | None) -> str:
    return f"{published.row}（{published.compiled.id}）" if published else _("无（第一个版本）")


def _names(rows: list[Published]) -> str:
    return "、".join(sorted(one.compiled.id for one in rows)) or _("无")


def _changes(comparison: Comparison) -> list[Change]:
    """Every field that differs: dates of force first, then the criteria in the order of the new text."""
    head = sorted(comparison.head_changed, key=lambda line: not line.key.startswith("in_force"))
    lines = [Change(line.label, line.before_text, line.after_text) for line in head]
    kinds: dict[str, Any] = {"added": _("新增"), "removed": _("取消"), "changed": ""}
    for one in comparison.changed:
        mark = f"（{kinds[one.kind]}）" if kinds[one.kind] else ""
        lines += [Change(f"{one.code}{mark} · {line.label}", line.before_text, line.after_text) for line in one.changed]
    return lines


STANDARD = StandardKind()
