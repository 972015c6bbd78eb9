"""认定标准: drafts on their way to a second person."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import Role, RolesRequiredMixin, admit, roles_required
from core.forms import posted_text
from core.htmx import done
from core.views import FormPage
from policies.publishing import checking, selectors, services
from policies.publishing.comparing import Comparison, compare
from policies.publishing.forms import DraftForm, TextForm
from policies.publishing.models import DRAFT_READERS, StandardDraft
from policies.publishing.refusals import SavedMeanwhile
from policies.publishing.trials import TRIERS, may_try, trial_start
from policies.standards.models import Standard
from policies.standards.selectors import criteria_of


def list_crumb() -> dict[str, str]:
    """认定标准."""
    return {"label": _g("认定标准"), "url": reverse("policies:standard-list")}


def _drafts_crumb() -> dict[str, str]:
    return {"label": _g("标准草稿"), "url": reverse("policies:standard-draft-list")}


def _draft(request: HttpRequest, pk: int) -> StandardDraft:
    return get_object_or_404(selectors.draft_in_full(user=request.user), pk=pk)  # type: ignore[arg-type]


def looked_at(text: str, before: str | None = None) -> dict[str, Any]:
    """What a page shows of a text: its errors, or its criteria and what they change."""
    checked = checking.check(text)
    if checked.standard is None:
        return {"checked": checked}
    earlier = before if before is not None else checked.replaces.row.text if checked.replaces else ""
    comparison: Comparison = compare(earlier, checked.standard.text)
    return {
        "checked": checked,
        "standard": checked.standard,
        "criteria": criteria_of(checked.standard),
        "comparison": comparison,
        "replaces": checked.replaces,
        "past_note": checking.past_note(checked.standard, localdate()),
    }


@require_safe
@roles_required(*DRAFT_READERS)
def draft_list(request: HttpRequest) -> HttpResponse:
    """Drafts that are open, and the last that were published or withdrawn; the city's alone."""
    user: Any = request.user
    if user.district_id is not None:
        raise Http404
    context = {
        "open_drafts": selectors.drafts_open(user=user),
        "ended_drafts": selectors.drafts_ended(user=user),
        "may_prepare": services.may_prepare(user),
        "crumbs": [list_crumb(), {"label": _g("标准草稿")}],
    }
    return render(request, "policies/publishing/drafts.html", context)


@require_safe
@roles_required(*DRAFT_READERS)
def draft_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One draft: errors by line, or what it says and what it changes; what can be done next."""
    draft = _draft(request, pk)
    user: Any = request.user
    mine = services.may_prepare(user) and draft.is_open and not draft.is_waiting
    looked = looked_at(draft.text) if draft.is_open else {}
    sound = bool(looked) and looked["checked"].is_sound
    context = {
        "draft": draft,
        "may_change": mine,
        "may_submit": mine and sound,
        "may_try": draft.is_open and sound and may_try(user),
        "signers": services.signers_of(draft, user) if mine and sound else [],
        "trials": draft.trials.select_related("job")[:3],
        "crumbs": [list_crumb(), _drafts_crumb(), {"label": draft.name}],
        **looked,
    }
    return render(request, "policies/publishing/draft.html", context)


class CityClerkMixin(RolesRequiredMixin):
    """Clerks of the city; for everybody else the page does not exist."""

    roles = (Role.CLERK,)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse before anything is read."""
        refused = admit(request, self.roles)
        if refused is None and not services.may_prepare(request.user):  # type: ignore[arg-type]
            raise Http404
        return refused or super().dispatch(request, *args, **kwargs)


class TextPage(FormPage):
    """A page with a text: 检查 shows what is wrong and what would change beside it, and keeps nothing."""

    template_name = "policies/publishing/text.html"
    fragment_name = "policies/publishing/text.html"
    form_class: type[TextForm] = TextForm
    before_text: str | None = None

    def form_valid(self, form: TextForm) -> HttpResponse:
        """检查, or what the page is for."""
        if self.request.POST.get("do") == "check":
            return self.render_to_response(self.get_context_data(form=form, **looked_at(form.cleaned_data["text"], self.before_text)))
        return self.text_sent(form)

    def text_sent(self, form: TextForm) -> HttpResponse:
        """The other button."""
        raise NotImplementedError


class DraftNewView(CityClerkMixin, TextPage):
    """起草, from a version (`?from=`) or from nothing."""

    form_class = DraftForm
    heading = _("起草新版本")
    submit_label = _("保存草稿")

    @cached_property
    def follows(self) -> Standard | None:
        """The version it begins with."""
        given = self.request.GET.get("from", "")
        return (
            get_object_or_404(Standard.objects.select_related("title"), pk=given)
            if given.isascii() and given.isdigit() and len(given) < 10
            else None
        )

    def get_initial(self) -> dict[str, Any]:
        """The text of that version."""
        return {"text": self.follows.text if self.follows else ""}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds crumbs."""
        crumbs = [list_crumb(), _drafts_crumb(), {"label": _g("起草新版本")}]
        return super().get_context_data(**{"crumbs": crumbs, "cancel_url": _drafts_crumb()["url"], "follows": self.follows, **kwargs})

    def text_sent(self, form: TextForm) -> HttpResponse:
        """Keep it, right or wrong."""
        draft = services.draft_create(text=form.cleaned_data["text"], by=self.request.user, on=localdate(), follows=self.follows)  # type: ignore[arg-type]
        return done(self.request, _g("草稿已保存。"), to=reverse("policies:standard-draft-detail", args=[draft.pk]))


class DraftChangeView(CityClerkMixin, TextPage):
    """修改草稿."""

    form_class = DraftForm
    heading = _("修改草稿")
    submit_label = _("保存草稿")

    @cached_property
    def draft(self) -> StandardDraft:
        """The draft of the address."""
        return _draft(self.request, self.kwargs["pk"])

    def get_initial(self) -> dict[str, Any]:
        """The text as saved last, and which version that is."""
        return {"text": self.draft.text, "seen_version": self.draft.version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds crumbs."""
        here = {"label": self.draft.name, "url": reverse("policies:standard-draft-detail", args=[self.draft.pk])}
        crumbs = [list_crumb(), _drafts_crumb(), here, {"label": _g("修改草稿")}]
        return super().get_context_data(**{"crumbs": crumbs, "cancel_url": here["url"], "draft": self.draft, **kwargs})

    def form_valid(self, form: TextForm) -> HttpResponse:
        """A draft of the address first: what is not there is not checked either."""
        self.draft  # noqa: B018
        return super().form_valid(form)

    def form_invalid(self, form: TextForm) -> HttpResponse:
        """As typed, of a draft that is there."""
        self.draft  # noqa: B018
        return super().form_invalid(form)

    def text_sent(self, form: TextForm) -> HttpResponse:
        """Save over the version that was read; of another one, say so and keep what was typed."""
        facts = form.cleaned_data
        user: Any = self.request.user
        try:
            draft = services.draft_change(
                draft_id=self.draft.pk, text=facts["text"], version=facts.get("seen_version") or 0, by=user, on=localdate()
            )
        except SavedMeanwhile as refusal:
            form.add_error(None, refusal.message)
            latest = StandardDraft.objects.get(pk=self.draft.pk)
            form.retype("seen_version", str(latest.version))
            compared = {"comparison_caption": _g("对方保存的版本 → 您的文字"), **self._against(latest, facts["text"])}
            response = self.render_to_response(self.get_context_data(form=form, **compared))
            response.status_code = 422
            return response
        return done(self.request, _g("草稿已保存。"), to=reverse("policies:standard-draft-detail", args=[draft.pk]))

    def _against(self, latest: StandardDraft, text: str) -> dict[str, Any]:
        """Theirs beside ours, where both can be read."""
        if checking.check(latest.text).standard is None:
            return {"other_text": latest.text}
        return {**looked_at(text, latest.text), "other_text": latest.text}


@require_POST
@roles_required(Role.CLERK)
def draft_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """提交审批."""
    draft = _draft(request, pk)
    services.draft_submit(draft_id=draft.pk, by=request.user, on=localdate(), reason=posted_text(request, "reason"))  # type: ignore[arg-type]
    return done(request, _g("已提交审批。"), to=reverse("policies:standard-draft-detail", args=[pk]))


@require_POST
@roles_required(Role.CLERK)
def draft_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """撤下草稿."""
    draft = _draft(request, pk)
    services.draft_withdraw(draft_id=draft.pk, by=request.user, on=localdate(), reason=posted_text(request, "reason"))  # type: ignore[arg-type]
    return done(request, _g("草稿已撤下。"), to=reverse("policies:standard-draft-list"))


@require_POST
@roles_required(*TRIERS)
def draft_try(request: HttpRequest, pk: int) -> HttpResponse:
    """试算影响 of a draft, before anybody signs."""
    draft = _draft(request, pk)
    checked = checking.check(draft.text)
    if checked.standard is None:
        raise Http404
    trial = trial_start(draft=draft, by=request.user, on=localdate())  # type: ignore[arg-type]
    return done(request, _g("已开始试算。"), to=reverse("policies:standard-trial", args=[trial.pk]))
