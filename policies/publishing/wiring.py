"""What publishing registers when the app starts; called by the app's own wiring."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from accounts.audit import checks, words
from accounts.decisions import kinds
from accounts.decisions.models import DecisionState
from accounts.jobs import registry
from policies.engine.standard import sha256_of
from policies.publishing.kinds import STANDARD
from policies.publishing.models import StandardDraft
from policies.publishing.trials import TRIAL_JOB, run_trial_job, trials_forget


def draft_problems() -> Iterator[str]:
    """Drafts whose text is not the one hashed, and published ones whose version nobody signed or says something else."""
    rows = StandardDraft.objects.select_related("decision", "standard")
    for draft in rows.iterator():
        if sha256_of(draft.text) != draft.sha256:
            yield f"standard draft {draft.pk}: the text differs from its SHA-256"
        if draft.standard is None:
            continue
        if draft.decision is None or draft.decision.state != DecisionState.APPROVED:
            yield f"standard draft {draft.pk}: published without an approved decision"
        if draft.standard.sha256 != draft.sha256:
            yield f"standard draft {draft.pk}: the version published is another text"


def connect() -> None:
    """Kind, job, daily tidying, checks and words."""
    kinds.register(STANDARD)
    registry.register(TRIAL_JOB, run_trial_job)
    registry.register_daily(TRIAL_JOB, trials_forget)
    checks.register("standard drafts", draft_problems)
    words.register_actions(
        {
            "standard.drafted": _("起草认定标准"),
            "standard.draft_changed": _("修改标准草稿"),
            "standard.draft_withdrawn": _("撤下标准草稿"),
            "standard.tried": _("试算标准文本"),
        }
    )
