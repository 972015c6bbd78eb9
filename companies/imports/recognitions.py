"""Judges rows that bring a recognition: paper, dates, batch, and whether it is recorded already."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from companies.imports.models import ImportRun, RowVerdict
from companies.imports.workbooks.headers import YEAR_MARK
from companies.imports.workbooks.rows import Row, to_json
from companies.recognitions.counting import districts_on
from companies.recognitions.models import ApplicationType, Batch, Recognition, RecognitionState, Title
from companies.recognitions.services import Entry
from companies.register.models import Company
from core.errors import Refusal

if TYPE_CHECKING:
    from companies.imports.judging import Judged

DAYS = ("announced_on", "certified_on", "valid_from", "valid_until")


class RecognitionJudge:
    """Knows titles and batches; loads the recognitions of a batch of rows at once."""

    def __init__(self, run: ImportRun, *, on: date) -> None:
        self.run, self.on = run, on
        self.titles = Title.objects.in_bulk()
        self.batches: dict[tuple[int, str], Batch] = {}
        for batch in Batch.objects.select_related("title").order_by("year"):
            self.batches[batch.title_id, batch.name] = batch
            self.batches[batch.title_id, f"{batch.year}{batch.name}"] = self.batches[batch.title_id, f"{batch.year} {batch.name}"] = batch
            self.batches[batch.title_id, f"{batch.year}{YEAR_MARK}{batch.name}"] = batch
        self.seen: dict[tuple[str, int, str, str], tuple[str, int]] = {}
        self.known: dict[tuple[int, int, str, str], Recognition] = {}
        self.districts: dict[tuple[int, date], int] = {}

    def load(self, rows: Sequence[Row], stored: Mapping[str, Company]) -> None:
        """What is recorded for the firms of these rows, and where they belonged on the days named."""
        ids = {stored[row.uscc].pk for row in rows if row.uscc in stored}
        self.known = {}
        if not ids:
            return
        found = Recognition.objects.filter(company_id__in=ids, withdrawn_on__isnull=True).exclude(state=RecognitionState.REJECTED)
        for row in found:
            self.known[row.company_id, row.title_id, row.document_number, row.application_type] = row
        asked = [(stored[r.uscc], r.recognition["announced_on"]) for r in rows if r.uscc in stored and r.recognition.get("announced_on")]
        self.districts = districts_on(asked)

    def judge(self, judged: "Judged", company: Company) -> None:
        """Add what the row brings, or every reason against it."""
        row, given = judged.row, dict(judged.row.recognition)
        title = self.titles.get(given.get("title", 0))
        if title is None:
            if not row.is_refused_at("title"):
                row.refuse("title", _("缺称号，请从下拉框选择。"))
            return
        given.setdefault("application_type", ApplicationType.NEW.value)
        self._add_paper(row, given)
        batch = self._batch(row, title, given.get("batch"))
        if row.errors:
            return
        if not self._is_only_one(row, given):
            return
        entry = entry_of(company, title, batch, given)
        try:
            recognition = entry.recognition(on=self.on)
        except Refusal as refusal:
            row.refuse("announced_on", refusal.message)
            return
        self._compare(judged, company, recognition, given)
        where = self.districts.get((company.pk or 0, given["announced_on"]))
        if given.get("district") and where and given["district"] != where:
            judged.notes.append(_("所填区县与认定当日属地不同，按当日属地记录。"))

    def _add_paper(self, row: Row, given: dict[str, Any]) -> None:
        given["document_number"] = given.get("document_number") or self.run.document_number
        given["announced_on"] = given.get("announced_on") or self.run.document_on
        if not given["document_number"] and not row.is_refused_at("document_number"):
            row.refuse("document_number", _("缺公告文号，请补上，或在上传时填写公告文号。"))
        if not given["announced_on"] and not row.is_refused_at("announced_on"):
            row.refuse("announced_on", _("缺公告日期，请补上，或在上传时填写公告日期。"))

    def _batch(self, row: Row, title: Title, name: str | None) -> Batch | None:
        if not name:
            return None
        batch = self.batches.get((title.pk, name))
        if batch is None:
            row.refuse("batch", _("“%(title)s”没有这一批次，请核对批次名称，或留空。") % {"title": title.short_name})
        return batch

    def _is_only_one(self, row: Row, given: dict[str, Any]) -> bool:
        key = (row.uscc, given["title"], given["document_number"], given["application_type"])
        if key in self.seen:
            sheet, number = self.seen[key]
            row.refuse("uscc", _("与“%(sheet)s”第 %(number)s 行是同一条认定，请只留一行。") % {"sheet": sheet, "number": number})
            return False
        self.seen[key] = (row.sheet, row.number)
        return True

    def _compare(self, judged: "Judged", company: Company, recognition: Recognition, given: dict[str, Any]) -> None:
        key = (company.pk or 0, recognition.title_id, recognition.document_number, recognition.application_type)
        known = self.known.get(key)
        if known is None:
            kept = {name: to_json(value) for name, value in given.items() if name != "district"}
            judged.values["recognition"] = kept | {"batch": recognition.batch_id}
            judged.parts.add(RowVerdict.NEW)
            return
        differing = [name for name in DAYS if name in judged.row.recognition and getattr(known, name) != judged.row.recognition[name]]
        for name in differing:
            judged.row.refuse(name, _("该认定已登记，库内为 %(day)s。更正请在“认定”里办理。") % {"day": getattr(known, name) or _("空")})
        if known.state == RecognitionState.RECORDED:
            judged.notes.append(_("该认定已登记，待确认。"))


def entry_of(company: Company, title: Title, batch: Batch | None, given: Mapping[str, Any]) -> Entry:
    """The entry of an official list for one row; days may be dates or ISO text."""
    announced = _day(given["announced_on"])
    if announced is None:
        raise ValueError("an entry of an official list has its announcement's day")
    return Entry(
        company,
        title,
        given["document_number"],
        announced,
        application_type=given["application_type"],
        certified_on=_day(given.get("certified_on")),
        valid_from=_day(given.get("valid_from")),
        valid_until=_day(given.get("valid_until")),
        batch=batch,
    )


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
