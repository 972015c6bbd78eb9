"""入库条件调整 as a decision of the city."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit.chain import canonical, sha256
from accounts.decisions.kinds import Change, DecisionKind, Proposal
from accounts.decisions.models import Decision, Level
from companies.recognitions.models import Title
from core.errors import Refusal
from core.locking import locked
from core.stored import in_product_language
from core.units import count
from cultivation.gates.models import GateChange
from cultivation.gates.words import gate_changes
from cultivation.tracks.models import PoolScheme, TierMove
from cultivation.tracks.pools import Scheme, scheme_for, scheme_read, scheme_versions

if TYPE_CHECKING:
    from accounts.users.models import User


class DayTaken(Refusal):
    """Another version begins on that day already."""

    code = "day_taken"


class DayPast(Refusal):
    """A version would begin before the day it is signed on."""

    code = "day_past"


def lock_title(title_id: int) -> None:
    """Whoever adds a version holds the title, so that two of one day cannot both pass."""
    Title.objects.select_for_update(no_key=True).values_list("pk", flat=True).get(pk=title_id)


def title_names() -> dict[str, str]:
    """Short names of all titles by code."""
    return dict(Title.objects.values_list("code", "short_name"))


def require_day(title: Title, begins: date, *, on: date) -> None:
    """Raise DayPast or DayTaken: what was judged yesterday is not judged otherwise tomorrow."""
    if begins < on:
        raise DayPast(_("施行日 %(day)s 已过，入库条件不能追溯。请撤回后改填今天或以后的日期再提请。") % {"day": begins.isoformat()})
    if PoolScheme.objects.filter(title=title, in_force_from=begins).exists():
        raise DayTaken(_("%(title)s已有自 %(day)s 起施行的入库条件，请换一个日期。") % {"title": title.short, "day": begins.isoformat()})


class GateKind(DecisionKind):
    """A second person of the city signs a new version of a title's gates; decisions taken before keep theirs."""

    code: ClassVar[str] = "gate"
    label = gettext_lazy("入库条件")
    template = "cultivation/gates/_decision.html"
    level = Level.CITY

    def lock_subject(self, decision: Decision) -> GateChange:
        """The title first, then the change."""
        change = GateChange.objects.only("title_id").get(decision=decision)
        lock_title(change.title_id)
        return locked(GateChange.objects.select_related("title", "decision"), change.pk)

    def current(self, subject: GateChange, decision: Decision) -> Proposal:
        """As `proposal`, from the stored row and the versions of now."""
        return self.proposal(subject.title, scheme_read(subject.text))

    @in_product_language
    def proposal(self, title: Title, after: Scheme) -> Proposal:
        """The new lines against those in force until then, pool by pool."""
        before = scheme_for(title, after.in_force_from)
        versions = scheme_versions(title)
        waiting = TierMove.objects.filter(track__title=title, is_open=True).count()
        facts = {"title": title.code, "text": after.sha256, "before": before.sha256 if before else "", "versions": versions}
        words = {"title": title.short_name, "day": after.in_force_from.isoformat()}
        return Proposal(
            digest=sha256(canonical(facts)),
            summary=_("调整%(title)s入库条件，%(day)s 起施行") % words,
            changes=gate_changes(before, after, title_names()),
            basis=[Change(_("已有版本"), "", _("%(n)s 个") % {"n": len(versions)}), Change(_("对照的版本"), "", _before(before))],
            effect=_("待审批的调库申请 %(n)s 件将显示数据已变，须重提") % {"n": count(waiting)} if waiting else "",
            content={"gate": {"title": title.code, "sha256": after.sha256}},
        )

    def carry_out(self, subject: GateChange, decision: Decision, *, signer: "User", on: date) -> Iterable[models.Model]:
        """Add the version."""
        require_day(subject.title, subject.in_force_from, on=on)
        scheme = PoolScheme.objects.create(
            title=subject.title, in_force_from=subject.in_force_from, text=subject.text, sha256=subject.sha256, is_local=True
        )
        subject.scheme, subject.is_open = scheme, False
        subject.save(update_fields=["scheme", "is_open"])
        return [scheme, subject]

    def closed(self, subject: GateChange, decision: Decision, *, on: date) -> Iterable[models.Model]:
        """The gates stay as they are; another change may be proposed."""
        subject.is_open = False
        subject.save(update_fields=["is_open"])
        return [subject]


def _before(scheme: Scheme | None) -> str:
    return f"{scheme.in_force_from.isoformat()}（{scheme.sha256[:12]}…）" if scheme else _("无")


GATE = GateKind()
