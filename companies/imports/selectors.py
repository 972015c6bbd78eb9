"""Reads runs, their rows and what a run's page shows."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.decisions.models import DecisionState
from accounts.users.models import District, Park, Town
from companies.imports.checking import needs_decision
from companies.imports.models import ImportRow, ImportRun, ImportState, RowVerdict
from companies.imports.workbooks.template import Lists

if TYPE_CHECKING:
    from accounts.users.models import User

MOST_BAD_ROWS = 30


def runs_for_list(*, user: "User") -> QuerySet[ImportRun]:
    """Runs in scope with file, uploader and district loaded."""
    return ImportRun.objects.visible_to(user).select_related("file", "uploaded_by__person", "district")


def run_in_full(*, user: "User") -> QuerySet[ImportRun]:
    """The same with decision, job and official list."""
    related = ("official_list", "decision__proposer__person", "decision__decider__person", "undo_decision__decider__person", "job")
    return runs_for_list(user=user).select_related(*related)


def rows_of(run: ImportRun) -> QuerySet[ImportRow]:
    """The rows of one run."""
    return ImportRow.objects.filter(run=run)


def bad_rows(run: ImportRun) -> list[ImportRow]:
    """The first refused rows, each with all its reasons."""
    return list(rows_of(run).filter(verdict=RowVerdict.REFUSED).order_by("pk")[:MOST_BAD_ROWS])


@dataclass(frozen=True, slots=True)
class Step:
    """One of the steps on top of the page: `state` is done, now or todo."""

    label: str
    state: str


def steps_of(run: ImportRun) -> list[Step]:
    """上传 → 校验 → (待审批) → 导入 → 撤销."""
    labels = [_("上传"), _("校验"), _("导入"), _("撤销")]
    reached = {
        ImportState.UPLOADED: 1,
        ImportState.CHECKED: 2,
        ImportState.APPLYING: 2,
        ImportState.INTERRUPTED: 2,
        ImportState.APPLIED: 3,
        ImportState.UNDONE: 4,
        ImportState.FAILED: 2 if run.checked_at else 1,
    }[ImportState(run.state)]
    if needs_decision(run) or run.decision_id:
        labels.insert(2, _("待审批"))
        is_signed = run.decision is not None and run.decision.state == DecisionState.APPROVED
        reached += int(reached > 2 or (reached == 2 and is_signed))
    return [Step(label, "done" if n < reached else "now" if n == reached else "todo") for n, label in enumerate(labels)]


def refusal_reasons(run: ImportRun) -> dict[str, dict[int, str]]:
    """Sheet → row → every reason, for the workbook of refused rows."""
    found: dict[str, dict[int, str]] = {}
    rows = rows_of(run).filter(verdict=RowVerdict.REFUSED).order_by("pk").values_list("sheet", "number", "errors")
    for sheet, number, errors in rows.iterator(chunk_size=2_000):
        lines = [f"{bad['column']} {bad['header']}：{bad['reason']}" if bad["column"] else bad["reason"] for bad in errors]
        found.setdefault(sheet, {})[number] = "\n".join(lines)
    return found


def lists_for(user: "User") -> Lists:
    """The places a template offers: those of the user's scope."""
    districts = District.objects.all() if user.district_id is None else District.objects.filter(pk=user.district_id)
    names = list(districts.values_list("name", flat=True))
    towns = Town.objects.filter(district__in=districts).values_list("name", flat=True)
    parks = Park.objects.filter(district__in=districts).values_list("name", flat=True)
    return Lists(names, list(dict.fromkeys(towns)), list(dict.fromkeys(parks)))
