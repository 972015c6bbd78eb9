"""Judges parsed rows against what is stored: new, changed, unchanged, or refused with every reason. Reads only.

Rows come in batches; firms, figures and recognitions are looked up once per batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.roles import Role
from accounts.scope import covers
from companies.assignments.models import Assignment
from companies.figures.catalogue import CATALOGUE, Kind
from companies.figures.checks import contradictions, in_year, unit_doubts
from companies.figures.selectors import CurrentFigures, figures_for
from companies.imports.models import ImportRun, RowVerdict
from companies.imports.recognitions import RecognitionJudge
from companies.imports.workbooks.rows import Row, YearPart, error, to_json
from companies.register.models import Company, CompanyName

PLACES = ("town", "park")
PLAIN_FIELDS = ("name", "industry", "size", "is_above_scale", "founded_on")
SISTERS = {"sales_revenue": "revenue", "main_revenue": "revenue", "revenue": "sales_revenue"}


@dataclass(slots=True)
class Judged:
    """What a row would do. `before` holds what it replaces; `replaces` counts stored values that would change."""

    row: Row
    values: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    parts: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    replaces: int = 0

    @property
    def verdict(self) -> RowVerdict:
        """Refused by any reason; changed before new before unchanged."""
        if self.row.errors:
            return RowVerdict.REFUSED
        for verdict in (RowVerdict.CHANGED, RowVerdict.NEW):
            if verdict in self.parts:
                return verdict
        return RowVerdict.UNCHANGED


class Judge:
    """Judges the rows of one run in file order and remembers what earlier rows of the file bring."""

    def __init__(self, run: ImportRun, *, on: date) -> None:
        self.run, self.user, self.on = run, run.uploaded_by, on
        self.is_officer = Role(self.user.role) is Role.OFFICER
        own = Assignment.objects.filter(officer=self.user, ends_on__isnull=True).values_list("company_id", flat=True)
        self.own = set(own) if self.is_officer else set()
        self.brought: dict[str, Company] = {}
        self.refused_firms: dict[str, tuple[str, int]] = {}
        self.firm_rows: dict[str, tuple[str, int]] = {}
        self.year_rows: dict[tuple[str, int, str], tuple[str, int]] = {}
        self.recent: tuple[str, dict[tuple[str, int], dict[str, Any]]] = ("", {})
        self.recognitions = RecognitionJudge(run, on=on)

    def judge(self, rows: Sequence[Row]) -> list[Judged]:
        """Verdicts of a batch, in its order."""
        codes = {row.uscc for row in rows if row.uscc}
        self.stored = {
            company.uscc: company for company in Company.objects.filter(uscc__in=codes).select_related("district").defer("search_tokens")
        }
        in_reach = {company.pk for company in self.stored.values() if company.withdrawn_on is None}
        with_years = {self.stored[row.uscc].pk for row in rows if row.years and row.uscc in self.stored} & in_reach
        self.figures = self._figures(rows, with_years) if with_years else {}
        self._load_names(rows, in_reach)
        self.recognitions.load([row for row in rows if row.recognition], self.stored)
        return [self._judge(row) for row in rows]

    def _figures(self, rows: Sequence[Row], ids: set[int]) -> dict[int, list[CurrentFigures]]:
        """What is stored of the facts and sources these rows name, wholes and parts included, for every year."""
        parts = [part for row in rows for part in row.years]
        named = {code for part in parts for code in part.values}
        related = {CATALOGUE[code].part_of for code in named} | {part for code in named for part in _PARTS.get(code, ())}
        related |= {SISTERS[code] for code in named if code in SISTERS}
        facts = [code for code in CATALOGUE if code in named or code in related]
        return figures_for(ids, on=self.on, facts=facts, sources={part.source for part in parts})

    def _load_names(self, rows: Sequence[Row], in_reach: set[int]) -> None:
        names = {row.company["name"] for row in rows if row.brings_company and row.company.get("name")}
        self.same_named: dict[str, list[str]] = {}
        if names:
            found = Company.objects.visible_to(self.user).filter(name__in=names).values_list("name", "uscc")
            for name, code in found:
                self.same_named.setdefault(name, []).append(code)
        with_former = {self.stored[row.uscc].pk for row in rows if row.company.get("former_name") and row.uscc in self.stored}
        former = CompanyName.objects.filter(company_id__in=with_former & in_reach, withdrawn_on__isnull=True)
        self.former: dict[int, set[str]] = {}
        for company_id, name in former.values_list("company_id", "name"):
            self.former.setdefault(company_id, set()).add(name)

    def _judge(self, row: Row) -> Judged:
        judged = Judged(row)
        if row.is_refused_at("uscc"):
            return judged
        company = self._company(judged)
        if company is None:
            self.refused_firms.setdefault(row.uscc, (row.sheet, row.number))
            return judged
        judged.values["name"] = company.name or row.company.get("name", "")
        for part in sorted(row.years, key=lambda part: part.year):
            self._year(judged, company, part)
        if row.recognition:
            self.recognitions.judge(judged, company)
        if row.errors and row.brings_company and self.brought.get(row.uscc) is company:
            self.brought.pop(row.uscc, None)
            self.refused_firms[row.uscc] = (row.sheet, row.number)
        return judged

    # who the firm is

    def _company(self, judged: Judged) -> Company | None:
        """The firm the row speaks about, stored or brought by this file; None with a reason when it may not be written."""
        row = judged.row
        stored = self.stored.get(row.uscc)
        if stored is not None and stored.withdrawn_on is None:
            if not covers(self.user, stored.district_id):
                row.refuse("uscc", _("该信用代码已在库，请联系市级数据员"))
                return None
            if self.is_officer and stored.pk not in self.own:
                row.refuse("uscc", _("不是您挂钩的企业，不能导入。请联系该企业的专管员，或请数据员导入。"))
                return None
            if row.brings_company:
                self._change(judged, stored)
            elif (name := row.company.get("name")) and name != stored.name:
                judged.notes.append(_("库内名称为“%(name)s”，未改动。") % {"name": stored.name})
            return stored
        if row.brings_company:
            return self._new(judged)
        if row.uscc in self.brought:
            return self.brought[row.uscc]
        if row.uscc in self.refused_firms:
            sheet, number = self.refused_firms[row.uscc]
            row.refuse("uscc", _("该企业在“%(sheet)s”第 %(number)s 行被拒绝，请先改正那一行。") % {"sheet": sheet, "number": number})
        elif self.is_officer:
            row.refuse("uscc", _("信用代码不在您可导入的企业中。新企业请联系数据员建库。"))
        else:
            row.refuse("uscc", _("信用代码不在库，请在“企业”表补上这家企业后再导入。"))
        return None

    def _new(self, judged: Judged) -> Company | None:
        row = judged.row
        if self.is_officer:
            row.refuse("uscc", _("专管员不能新建企业，请联系数据员。"))
            return None
        if row.uscc in self.firm_rows:
            sheet, number = self.firm_rows[row.uscc]
            row.refuse("uscc", _("与“%(sheet)s”第 %(number)s 行是同一家企业，请只留一行。") % {"sheet": sheet, "number": number})
            return self.brought.get(row.uscc)
        self.firm_rows[row.uscc] = (row.sheet, row.number)
        given = dict(row.company)
        if not given.get("name") and not row.is_refused_at("name"):
            row.refuse("name", _("新企业缺企业名称，请按营业执照补上。"))
        district = given.get("district") or self.user.district_id
        if district is None and not row.is_refused_at("district"):
            row.refuse("district", _("新企业缺区县，请从下拉框选择。"))
        elif district is not None and not covers(self.user, district):
            row.refuse("district", _("只能新建本区县的企业，请联系该区县或市级数据员。"))
        places = self._places(row, district)
        self._check_founded(row)
        if row.errors:
            return None
        for code in self.same_named.get(given["name"], ()):
            judged.notes.append(_("同名企业已在库（%(uscc)s），按信用代码作为另一家新增，请核对。") % {"uscc": code})
        values = {name: to_json(given[name]) for name in (*PLAIN_FIELDS, "former_name") if name in given}
        judged.values["company"] = values | places | {"district": district}
        judged.parts.add(RowVerdict.NEW)
        company = Company(uscc=row.uscc, name=given["name"], district_id=int(district or 0))
        self.brought[row.uscc] = company
        return company

    def _places(self, row: Row, district: int | None) -> dict[str, int]:
        """Ids of town and park by name, within the district."""
        found = {}
        for name in PLACES:
            choices = row.company.get(name)
            if not choices:
                continue
            key = next((key for where, key in choices if where == district), None)
            if key is None and district is not None:
                row.refuse(name, _("不在所填区县，请从下拉框重新选择。"))
            elif key is not None:
                found[name] = key
        return found

    def _check_founded(self, row: Row) -> None:
        founded = row.company.get("founded_on")
        if founded is not None and founded > self.on:
            row.refuse("founded_on", _("成立日期 %(day)s 还没有到，请核对。") % {"day": founded.isoformat()})

    def _change(self, judged: Judged, company: Company) -> None:
        row, given = judged.row, judged.row.company
        if row.uscc in self.firm_rows:
            sheet, number = self.firm_rows[row.uscc]
            row.refuse("uscc", _("与“%(sheet)s”第 %(number)s 行是同一家企业，请只留一行。") % {"sheet": sheet, "number": number})
            return
        self.firm_rows[row.uscc] = (row.sheet, row.number)
        if given.get("district") not in (None, company.district_id):
            row.refuse(
                "district", _("库内属地为%(district)s。属地变更不在导入里办理，请联系市级数据员。") % {"district": company.district.name}
            )
        self._check_founded(row)
        wanted = {name: given[name] for name in PLAIN_FIELDS if name in given}
        wanted |= {f"{name}_id": key for name, key in self._places(row, company.district_id).items()}
        changes = {name: value for name, value in wanted.items() if getattr(company, name) != value}
        former = given.get("former_name")
        adds_former = bool(former) and former != company.name and former not in self.former.get(company.pk, ())
        if self.is_officer and (changes or adds_former):
            for name in changes:
                row.refuse(name.removesuffix("_id"), _("企业资料由数据员维护，请联系数据员修改；留空则不改。"))
            if adds_former:
                row.refuse("former_name", _("企业资料由数据员维护，请联系数据员修改；留空则不改。"))
            return
        if changes:
            judged.values["company"] = {name.removesuffix("_id"): to_json(value) for name, value in changes.items()}
            old = {name.removesuffix("_id"): to_json(getattr(company, name)) for name in changes}
            judged.before["company"] = old
            judged.replaces += sum(value not in (None, "") for value in old.values())
            judged.parts.add(RowVerdict.CHANGED)
            if "name" in changes:
                judged.notes.append(_("改名，原名“%(name)s”记为曾用名。") % {"name": company.name})
        if adds_former:
            judged.values.setdefault("company", {})["former_name"] = former
            judged.parts.add(RowVerdict.CHANGED)

    # figures

    def _year(self, judged: Judged, company: Company, part: YearPart) -> None:
        row = judged.row
        key = (row.uscc, part.year, part.source)
        if key in self.year_rows:
            sheet, number = self.year_rows[key]
            row.refuse("uscc", _("与“%(sheet)s”第 %(number)s 行的企业、年度、口径相同，请只留一行。") % {"sheet": sheet, "number": number})
            return
        self.year_rows[key] = (row.sheet, row.number)
        if part.year > self.on.year:
            row.refuse("year", _("%(year)s 年还没有开始，请核对年度。") % {"year": part.year})
            return
        standing = self.figures.get(company.pk or 0, [])
        current = next((version for version in reversed(standing) if (version.year, version.source) == (part.year, part.source)), None)
        held = current.values if current else {}
        if current and not current.is_estimate and part.is_estimate and part.values:
            row.refuse("is_estimate", _("%(year)s 年已有正式数，不能再导入预计数。") % {"year": part.year})
            return
        self._check_values(judged, part, held, standing)
        changed = {code: value for code, value in part.values.items() if held.get(code) != value}
        turns_final = current is not None and current.is_estimate and not part.is_estimate and bool(part.values)
        self._remember(row.uscc, part)
        if row.errors or not (changed or turns_final):
            return
        kept = {
            "year": part.year,
            "source": part.source,
            "estimate": part.is_estimate,
            "values": {c: to_json(v) for c, v in changed.items()},
        }
        judged.values.setdefault("figures", []).append(kept)
        old = {code: to_json(held[code]) for code in changed if held.get(code) is not None}
        if old:
            judged.before.setdefault("figures", []).append({"year": part.year, "source": part.source, "values": old})
            judged.replaces += len(old)
        judged.parts.add(RowVerdict.NEW if current is None else RowVerdict.CHANGED)

    def _check_values(self, judged: Judged, part: YearPart, held: dict[str, Any], standing: list[CurrentFigures]) -> None:
        whole = {**held, **part.values}
        for code in part.values:
            for related in (code, *_PARTS.get(code, ())):
                fact = CATALOGUE[related]
                total, amount = whole.get(fact.part_of), whole.get(related)
                if fact.part_of and total is not None and amount is not None and amount > total and code in (related, fact.part_of):
                    if code != related and related in part.values:
                        continue  # named at the part already
                    for reason in contradictions({related: amount, fact.part_of: total}):
                        judged.row.errors.append(error(part.columns[code], judged_value(part, code), reason))
        if self.run.confirm_jumps or judged.row.is_checked_by_hand:
            return
        year, beside = self._beside(judged.row.uscc, part, standing)
        for code, value in part.values.items():
            for against, other in ((_("库内"), held.get(code)), (year, beside.get(code))):
                doubts = unit_doubts({code: value}, {code: other}, against=against) if other and held.get(code) != value else []
                if doubts:
                    break
            else:
                doubts = self._sister_doubts(code, value, whole) if held.get(code) != value else []
            for doubt in doubts:
                reason = _("%(doubt)s请改正；核对无误的，在“已核对数量级”列填“是”。") % {"doubt": doubt}
                judged.row.errors.append(error(part.columns[code], judged_value(part, code), reason))

    def _sister_doubts(self, code: str, value: Any, whole: dict[str, Any]) -> list[str]:
        sister = SISTERS.get(code)
        other = whole.get(sister) if sister else None
        if other and unit_doubts({code: value}, {code: other}, against=""):
            words = {"label": CATALOGUE[code].label, "sister": CATALOGUE[sister].label} if sister else {}
            return [_("%(label)s与同年%(sister)s相差约一万倍：万元还是元？") % words]
        return []

    def _beside(self, uscc: str, part: YearPart, standing: list[CurrentFigures]) -> tuple[str, dict[str, Any]]:
        """The same source's nearest other year in words, and its figures: earlier before later, this file's before what is stored."""
        in_file = self.recent[1] if self.recent[0] == uscc else {}
        years = {version.year: version.values for version in standing if version.source == part.source and version.year != part.year}
        years |= {year: values for (source, year), values in in_file.items() if source == part.source and year != part.year}
        before = [year for year in years if year < part.year]
        if not years:
            return "", {}
        nearest = max(before) if before else min(years)
        return in_year(nearest), years[nearest]

    def _remember(self, uscc: str, part: YearPart) -> None:
        if self.recent[0] != uscc:
            self.recent = (uscc, {})
        self.recent[1][part.source, part.year] = part.values


def judged_value(part: YearPart, code: str) -> str:
    """A parsed figure as it stands in the product, for the list of bad cells."""
    value = part.values.get(code)
    fact = CATALOGUE[code]
    if fact.kind is not Kind.MONEY or value is None:
        return str(value)
    return _("%(number)s 万元") % {"number": f"{(value / 10_000).normalize():f}"}


_PARTS: dict[str, tuple[str, ...]] = {}
for _fact in CATALOGUE.values():
    if _fact.part_of:
        _PARTS[_fact.part_of] = (*_PARTS.get(_fact.part_of, ()), _fact.code)
