"""States, verdicts, reasons and contents of rows in words."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.users.models import Park, Town
from companies.figures.catalogue import CATALOGUE, SOURCE_LABELS, Source
from companies.figures.checks import shown
from companies.figures.words import fact_label
from companies.imports.models import ImportRow, ImportState, RowVerdict
from companies.imports.workbooks.rows import figure_from_json
from companies.register.models import Company

# what of a firm can outlast an undo: the models whose rows name a firm, by label
RELATED = {
    "companies.YearFigures": gettext_lazy("年度指标"),
    "companies.Incident": gettext_lazy("负面信息"),
    "companies.Assignment": gettext_lazy("挂钩"),
    "companies.Evidence": gettext_lazy("佐证材料"),
    "companies.Recognition": gettext_lazy("认定"),
    "companies.CompanyMember": gettext_lazy("企业联系人账号"),
    "policies.Judgement": gettext_lazy("人工判断"),
    "policies.CompanyPlan": gettext_lazy("一企一策"),
    "cultivation.Track": gettext_lazy("培育进程"),
}
STATE_TAGS = {
    ImportState.UPLOADED: "line",
    ImportState.CHECKED: "",
    ImportState.APPLYING: "warn",
    ImportState.APPLIED: "ok",
    ImportState.UNDONE: "line",
    ImportState.FAILED: "bad",
    ImportState.INTERRUPTED: "warn",
}
VERDICT_TAGS = {RowVerdict.NEW: "ok", RowVerdict.CHANGED: "warn", RowVerdict.UNCHANGED: "line", RowVerdict.REFUSED: "bad"}


def reason_line(bad: dict[str, str]) -> str:
    """One bad cell: column, header, value, reason."""
    if not bad["column"]:
        return bad["reason"]
    return _("%(column)s 列“%(header)s”（%(value)s）：%(reason)s") % {**bad, "value": bad["value"] or _("空")}


def reason_lines(row: ImportRow) -> list[str]:
    """Every bad cell of a row."""
    return [reason_line(bad) for bad in row.errors]


def brought_by(row: ImportRow) -> list[str]:
    """What an accepted row brings: firm, figures per year, recognition."""
    lines = []
    if firm := row.values.get("company"):
        if "district" in firm:
            lines.append(_("新企业"))
        else:
            names = "、".join(str(field_label(name)) for name in firm)
            lines.append(_("企业资料：%(names)s") % {"names": names})
    for part in row.values.get("figures", ()):
        figures = [
            f"{fact_label(CATALOGUE[code])} {shown(CATALOGUE[code], figure_from_json(code, v))}"
            for code, v in list(part["values"].items())[:6]
        ]
        more = len(part["values"]) - len(figures)
        words = {"year": part["year"], "source": SOURCE_LABELS[Source(part["source"])], "figures": "，".join(figures), "more": more}
        text = _("%(year)s 年（%(source)s）：%(figures)s，另 %(more)s 项") if more > 0 else _("%(year)s 年（%(source)s）：%(figures)s")
        lines.append(text % words)
    if recognition := row.values.get("recognition"):
        lines.append(_("认定：%(type)s，%(number)s") % {"type": recognition["application_type"], "number": recognition["document_number"]})
    return lines


def field_label(name: str) -> str:
    """The label of a firm's field."""
    return _("曾用名") if name == "former_name" else str(getattr(Company._meta.get_field(name), "verbose_name", name))


def field_text(field: str, value: Any) -> str:
    """A kept company field in words."""
    if value in (None, ""):
        return _("空")
    if field in ("town", "park"):
        model = Town if field == "town" else Park
        return str(model.objects.filter(pk=value).first() or "")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    choices = dict(getattr(Company._meta.get_field(field), "flatchoices", ()))
    return str(choices.get(value, value))
