"""What figures hand to the register and the log."""

from django.utils.translation import gettext_lazy as _

from accounts.audit.words import register_actions
from companies.figures import panels
from companies.register import slots


def connect() -> None:
    """The strip of incidents, their history, and words of the log."""
    slots.add_panel(slots.Panel("incidents", "strip", "companies/figures/strip.html", panels.incidents_in_force))
    slots.add_panel(slots.Panel("incident-history", "history", "companies/figures/incidents.html", panels.incident_history, order=90))
    slots.add_merge_relation(slots.MergeRelation("companies.YearFigures", "company", "keep_both"))
    slots.add_merge_relation(slots.MergeRelation("companies.Incident", "company", "keep_both"))
    register_actions({"figures.added": _("录入年度指标"), "incident.added": _("登记负面信息"), "incident.ended": _("结束负面信息")})
