"""培育库: the list, 设为目标, 主培育称号 and 提请调库."""

from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.decisions.authority import possible_signers
from accounts.decisions.models import Decision, Level
from accounts.roles import Role, RolesRequiredMixin, StaffRequiredMixin, roles_required
from companies.recognitions.kinds import officers_of
from companies.recognitions.models import Batch, Title
from companies.register.models import Company
from core.errors import Refusal
from core.htmx import done
from core.views import FormPage, ListPage
from cultivation.tracks import moves, selectors, services
from cultivation.tracks.forms import MoveForm
from cultivation.tracks.kinds import TIER_MOVE
from cultivation.tracks.models import Track, TrackState
from cultivation.tracks.refusals import JumpNotAllowed, NotYourCompany, OpenMoveExists
from cultivation.tracks.tables import TrackFilterSet, TrackTable


class TrackListView(StaffRequiredMixin, ListPage):
    """培育库: one row per track."""

    table_class = TrackTable
    filterset_class = TrackFilterSet
    sorts = {"company": ("company__name_key",), "entered_pool_on": ("entered_pool_on",)}
    default_sort = "company"
    keys_first = True  # the order comes from the firm, the columns from four other tables
    heading = _("培育库")
    sub = _("一行一条培育进程；企业数只按主培育称号计。入库条件为本地设定。")
    count_text = _("共 %(count)s 条")
    empty_text = _("还没有培育进程。在企业页把称号设为目标后，会出现在这里。")
    filtered_empty_text = _("没有符合筛选的培育进程。")

    def get_queryset(self) -> QuerySet[Track]:
        """Tracks of the user's scope."""
        return selectors.tracks_for_list(self.request.user).fetch_mode(models.FETCH_RAISE)  # type: ignore[arg-type]


@require_POST
@roles_required(Role.OFFICER)
def track_set_target(request: HttpRequest, uscc: str) -> HttpResponse:
    """设为目标."""
    company = get_object_or_404(Company.objects.visible_to(request.user), uscc=uscc)  # type: ignore[arg-type]
    title = get_object_or_404(Title.objects.filter(is_tracked=True), code=request.POST.get("title", ""))
    services.track_set_target(company=company, title=title, by=request.user, on=localdate())  # type: ignore[arg-type]
    return done(request, _g("已设为目标。"), to=reverse("companies:company-detail", args=[company.uscc]))


@require_POST
@roles_required(Role.OFFICER)
def track_make_main(request: HttpRequest, pk: int) -> HttpResponse:
    """设为主培育称号."""
    track = get_object_or_404(Track.objects.visible_to(request.user).select_related("company"), pk=pk)  # type: ignore[arg-type]
    services.track_make_main(track=track, by=request.user, on=localdate())  # type: ignore[arg-type]
    return done(request, _g("已设为主培育称号。"), to=reverse("companies:company-detail", args=[track.company.uscc]))


class MoveNewView(RolesRequiredMixin, FormPage):
    """提请调库: from → to, the gate, the sheet as it will be frozen, and who can sign."""

    roles = (Role.OFFICER,)
    form_class = MoveForm
    template_name = "cultivation/tracks/move.html"
    fragment_name = "cultivation/tracks/move.html"
    heading = _("提请调库")
    submit_label = _("提交审批")

    @cached_property
    def track(self) -> Track:
        """The track, in scope."""
        rows = Track.objects.visible_to(self.request.user).select_related("company__district", "title", "target_batch")  # type: ignore[arg-type]
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def to_state(self) -> str:
        """Where to: asked for by `to`, else the usual next step. Raises JumpNotAllowed."""
        asked = self.request.POST.get("to", "") or self.request.GET.get("to", "")
        if asked:
            if asked not in TrackState.values:
                raise JumpNotAllowed(self.track.state, TrackState.CANDIDATE)
            moves.move_kind(self.track.state, asked)
            return asked
        usual = moves.next_target(self.track.state) or next(iter(moves.targets(self.track.state)), None)
        if usual is None:
            raise JumpNotAllowed(self.track.state, self.track.state)
        return usual

    @property
    def is_special(self) -> bool:
        """Asked for as 特批."""
        return (self.request.POST.get("special") or self.request.GET.get("special")) == "1"

    @cached_property
    def batch(self) -> Batch | None:
        """The batch a sprint aims at: asked for, the track's own, or the nearest one open."""
        if self.to_state != TrackState.SPRINT:
            return None
        offered = list(selectors.batches_to_aim_at(self.track.title, localdate()).select_related("title"))
        asked = self.request.POST.get("batch", "") or self.request.GET.get("batch", "")
        chosen = [batch for batch in offered if str(batch.pk) == asked]
        own = [batch for batch in offered if batch.pk == self.track.target_batch_id]
        return next(iter(chosen or own or offered), None)

    def require_hand(self) -> None:
        """Only the firm's officer, and only while nothing waits."""
        if not services.may_propose(self.request.user, self.track.company):  # type: ignore[arg-type]
            raise NotYourCompany
        waiting = selectors.open_move(self.track)
        if waiting is not None:
            raise OpenMoveExists(waiting)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse before something is typed in vain."""
        self.require_hand()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The track must be in scope before anything else is said."""
        self.require_hand()
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """What the form asks depends on the move."""
        return {
            **super().get_form_kwargs(),
            "track": self.track,
            "to_state": self.to_state,
            "is_special": self.is_special,
            "on": localdate(),
        }

    def get_initial(self) -> dict[str, Any]:
        """The batch that is aimed at."""
        return {"batch": self.batch.pk if self.batch else None}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The move, its gate, its sheet, and who can sign."""
        track = self.track
        sheet, gate = services.gate_of(track, to_state=self.to_state, on=localdate(), batch=self.batch)
        here = reverse("cultivation:move-new", args=[track.pk])
        firm = reverse("companies:company-detail", args=[track.company.uscc])
        crumbs = [
            {"label": _g("培育库"), "url": reverse("cultivation:track-list")},
            {"label": track.company.name, "url": firm},
            {"label": _g("提请调库"), "url": ""},
        ]
        choices = [
            {
                "label": f"{moves.PROPOSABLE[track.state, state].label} · {state.label}",
                "url": f"{here}?to={state}",
                "current": state == self.to_state,
            }
            for state in moves.targets(track.state)
        ]
        return super().get_context_data(
            **{
                "crumbs": crumbs,
                "track": track,
                "to_state": self.to_state,
                "kind": moves.move_kind(track.state, self.to_state),
                "goes_down": moves.move_kind(track.state, self.to_state) not in moves.UPWARDS,
                "choices": choices,
                "sheet": sheet,
                "judge_url": reverse("policies:judgement-make", args=[track.company.uscc, track.title.code]),
                "gate": gate,
                "signers": self._signers(),
                "is_special": self.is_special,
                "special_url": f"{here}?to={self.to_state}&special=1"
                if gate is not None and not gate.passed and not self.is_special
                else "",
                "cancel_url": firm,
                **kwargs,
            }
        )

    def _signers(self) -> QuerySet[Any]:
        """谁能批, by name, before anything is submitted."""
        user: Any = self.request.user
        draft = Decision(kind=TIER_MOVE.code, level=Level.DISTRICT, district_id=self.track.company.district_id)
        barred = {user.person_id, *(person.pk for person in officers_of(self.track.company_id))}
        return possible_signers(draft, barred=barred)

    def form_valid(self, form: MoveForm) -> HttpResponse:
        """Propose; a refusal lists each missing item above the form with everything typed."""
        facts = form.cleaned_data
        try:
            move = services.move_propose(
                track=self.track,
                to_state=self.to_state,
                by=self.request.user,  # type: ignore[arg-type]
                on=localdate(),
                reason=facts.get("reason", ""),
                reason_code=facts.get("reason_code", ""),
                batch=facts.get("batch"),
                evidence=list(facts.get("evidence") or ()),
                public_wording=facts.get("public_wording", ""),
                is_special=self.is_special,
                document_number=facts.get("document_number", ""),
            )
        except Refusal as refusal:
            for line in [refusal.message, *refusal.details]:
                form.add_error(None, line)
            return self.form_invalid(form)
        return done(self.request, _g("已提交审批。"), to=reverse("accounts:decision-detail", args=[move.decision_id]))
