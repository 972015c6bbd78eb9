"""What an undo does, line by line, as a second person reads it."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from accounts.decisions.kinds import Change
from companies.figures.catalogue import CATALOGUE, SOURCE_LABELS, Source
from companies.figures.checks import shown
from companies.figures.models import YearFigures
from companies.imports.models import ImportRow
from companies.imports.undoing import UndoPlan
from companies.imports.words import field_label, field_text
from companies.imports.workbooks.rows import figure_from_json
from companies.recognitions.models import Recognition
from companies.register.models import Company
from core.units import count

Replaced = dict[tuple[str, int, str], tuple[dict[str, Any], dict[str, Any]]]


def undo_lines(plan: UndoPlan, most: int) -> list[Change]:
    """Recognitions and what is kept first, then fields put back, figures and firms; at most `most`, the rest counted in a last line."""
    shown_figures = plan.figures[:most]
    replaced = _replaced(plan, {version.company.uscc for version in shown_figures})
    items: list[Iterable[Change]] = [
        *(_recognition(row) for row in plan.recognitions[:most]),
        *(_kept(item) for item in plan.kept[:most]),
        *(_fields(company, row) for company, row in plan.changed[:most]),
        *(_figures(version, replaced) for version in shown_figures),
        *(_company(company) for company in plan.companies[:most]),
    ]
    lines: list[Change] = []
    told = 0
    for item in items:
        if len(lines) >= most:
            break
        lines += item
        told += 1
    left = sum(plan.counts.values()) + len(plan.kept) - told
    return [*lines, Change(_("其余"), "", _("还有 %(n)s 处，见导入页的行清单") % {"n": count(left)})] if left else lines


def _recognition(row: Recognition) -> Iterator[Change]:
    words = f"{row.title.name} {row.application_type} {row.document_number}"
    yield Change(f"{row.company.name} · {_('认定')}", words, _("撤回"))


def _kept(item: dict[str, str]) -> Iterator[Change]:
    after = _("保留（%(who)s 之后有改动）") % {"who": item["who"]} if item["who"] else _("保留")
    yield Change(f"{item['name']} · {item['what']}", "", after)


def _fields(company: Company, row: ImportRow) -> Iterator[Change]:
    for field, old in row.before["company"].items():
        given = row.values["company"].get(field)
        yield Change(f"{company.name} · {field_label(field)}", field_text(field, given), field_text(field, old))


def _figures(version: YearFigures, replaced: Replaced) -> Iterator[Change]:
    """Each value the run had replaced goes back to what it was; a version that replaced nothing is withdrawn whole."""
    name, source = version.company.name, SOURCE_LABELS[Source(version.source)]
    before, given = replaced.get((version.company.uscc, version.year, version.source), ({}, {}))
    for code, old in before.items():
        fact = CATALOGUE[code]
        words = shown(fact, figure_from_json(code, given.get(code))), shown(fact, figure_from_json(code, old))
        yield Change(f"{name} · {version.year} {_(fact.label)}（{source}）", *words)
    if not before:
        yield Change(f"{name} · {version.year} {_('年度指标')}（{source}）", _("本次导入"), _("撤回"))


def _company(company: Company) -> Iterator[Change]:
    yield Change(f"{company.name} · {_('企业')}", _("本次导入"), _("撤回"))


def _replaced(plan: UndoPlan, codes: set[str]) -> Replaced:
    """(code of the firm, year, source) → the values before and those the run gave, of the firms asked for."""
    found: Replaced = {}
    for row in ImportRow.objects.filter(run=plan.run, uscc__in=codes, before__has_key="figures"):
        given = {(part["year"], part["source"]): part["values"] for part in row.values["figures"]}
        for part in row.before["figures"]:
            place = (part["year"], part["source"])
            found[row.uscc, *place] = (part["values"], given.get(place, {}))
    return found
