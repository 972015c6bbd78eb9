"""Prepare a text, put it to a second person, take it back."""

import re
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts import opening
from accounts.audit.services import record
from accounts.decisions.authority import possible_signers
from accounts.decisions.models import Decision, DecisionState, Level
from accounts.decisions.services import decision_submit, decision_submitted
from accounts.roles import Role
from companies.recognitions.models import Title
from core.errors import NotPermitted
from core.locking import locked
from core.stored import in_product_language
from policies.engine.standard import canonical_text, sha256_of
from policies.publishing import checking
from policies.publishing.kinds import DRAFT_IN_FULL, STANDARD, lock_library
from policies.publishing.models import StandardDraft
from policies.publishing.refusals import DraftClosed, DraftRefused, SavedMeanwhile

if TYPE_CHECKING:
    from accounts.users.models import User
    from policies.standards.models import Standard

_NAME = re.compile(r"^name:[ \t]*(\S.*)$", re.MULTILINE)
_TITLE = re.compile(r"^title:[ \t]*([a-z_]+)[ \t]*$", re.MULTILINE)


def may_prepare(user: "User") -> bool:
    """Whether the user is a clerk of the city."""
    return user.is_active and user.role == Role.CLERK and user.district_id is None


def require_preparer(user: "User") -> None:
    """Raise NotPermitted unless the user is a clerk of the city."""
    if not may_prepare(user):
        raise NotPermitted(_("认定标准由市级数据员起草。"))


def _locked(draft_id: int) -> StandardDraft:
    return locked(StandardDraft.objects.select_related(*DRAFT_IN_FULL), draft_id)


def _require_open(draft: StandardDraft) -> None:
    if not draft.is_open:
        raise DraftClosed(_("这份草稿已发布或已撤下，不能再改。请另起草稿。"))
    if draft.is_waiting:
        raise DraftClosed(_("这份草稿待审批，不能改动。请先撤回申请。"))


@in_product_language
def _read(draft: StandardDraft, text: str) -> None:
    """Text with what can be told of it before it is right: name and title."""
    draft.text = canonical_text(text)
    draft.sha256 = sha256_of(draft.text)
    named, titled = _NAME.search(draft.text), _TITLE.search(draft.text)
    draft.name = named[1].strip().strip("'\"")[:200] if named else _("未命名的草稿")
    draft.title = Title.objects.filter(code=titled[1]).first() if titled else None


@transaction.atomic
def draft_create(*, text: str, by: "User", on: date, follows: "Standard | None" = None) -> StandardDraft:
    """Keep a text as it is, right or wrong. Raises NotPermitted or NotToday."""
    opening.check_on(on)
    require_preparer(by)
    draft = StandardDraft(prepared_by=by, changed_by=by, created_on=on, follows=follows)
    _read(draft, text)
    draft.save()
    draft.editors.add(by)
    record("standard.drafted", actor=by, target=draft, after=_shown(draft), on=on)
    return draft


@transaction.atomic
def draft_change(*, draft_id: int, text: str, version: int, by: "User", on: date) -> StandardDraft:
    """Save another text over the one that was read (`version`). Raises NotPermitted, DraftClosed, SavedMeanwhile or NotToday."""
    opening.check_on(on)
    require_preparer(by)
    draft = _locked(draft_id)
    _require_open(draft)
    if draft.version != version:
        words = {"who": draft.changed_by.name, "when": f"{localtime(draft.changed_at):%m-%d %H:%M}"}
        raise SavedMeanwhile(_("%(who)s 已于 %(when)s 保存过这份草稿。您的文字还在，请对照后再保存。") % words)
    before = _shown(draft)
    _read(draft, text)
    draft.version += 1
    draft.changed_by = by
    draft.save()
    draft.editors.add(by)
    record("standard.draft_changed", actor=by, target=draft, before=before, after=_shown(draft), on=on)
    return draft


@transaction.atomic
def draft_submit(*, draft_id: int, by: "User", on: date, reason: str = "") -> Decision:
    """Put the text to a second person of the city; everybody who wrote at it has a hand in the question.

    Raises NotPermitted, DraftClosed, DraftRefused or NotToday.
    """
    opening.check_on(on)
    require_preparer(by)
    lock_library()
    draft = _locked(draft_id)
    _require_open(draft)
    checked = checking.check(draft.text)
    if checked.standard is None or checked.problems:
        raise DraftRefused(checked.problems)
    decision = decision_submit(
        kind=STANDARD,
        proposal=STANDARD.proposal(draft),
        proposer=by,
        on=on,
        level=Level.CITY,
        reason=reason.strip(),
        document_number=checked.standard.document.number[:100],
        edited_by=_editors(draft),
    )
    draft.decision = decision
    draft.save(update_fields=["decision"])
    decision_submitted(decision, items=[draft])
    return decision


def _editors(draft: StandardDraft) -> "Iterable[User]":
    return draft.editors.select_related("person", "office").order_by("pk")


@transaction.atomic
def draft_withdraw(*, draft_id: int, by: "User", on: date, reason: str = "") -> StandardDraft:
    """Lay a draft aside; it stays with its text, day and person. Raises NotPermitted, DraftClosed or NotToday."""
    opening.check_on(on)
    require_preparer(by)
    draft = _locked(draft_id)
    if draft.withdrawn_on is not None:
        return draft
    _require_open(draft)
    draft.withdrawn_on, draft.withdrawn_by = on, by
    draft.save(update_fields=["withdrawn_on", "withdrawn_by"])
    record("standard.draft_withdrawn", actor=by, target=draft, after=_shown(draft), reason=reason.strip(), on=on)
    return draft


def signers_of(draft: StandardDraft, user: "User") -> "list[User]":
    """谁能批, before it is submitted."""
    asked = Decision(kind=STANDARD.code, state=DecisionState.DRAFT, level=Level.CITY, proposer=user)
    barred = {user.person_id, *draft.editors.values_list("person_id", flat=True)}
    return list(possible_signers(asked, barred=barred))


def _shown(draft: StandardDraft) -> dict[str, Any]:
    return {"name": draft.name, "sha256": draft.sha256, "version": draft.version}
