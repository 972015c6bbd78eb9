"""What assignments hand to the register."""

from django.utils.translation import gettext_lazy as _

from accounts.audit.words import register_actions
from companies.assignments import panels
from companies.register import slots


def connect() -> None:
    """The officer on the firm's page, as a column and as a filter."""
    slots.add_panel(slots.Panel("officer", "fact", "companies/assignments/fact.html", panels.officer_fact, order=10))
    slots.add_column(slots.SlotColumn("officer", _("专管员"), annotation=panels.officer_name, is_shown=True, order=80))
    slots.add_filter(slots.SlotFilter("officer", panels.officer_filter, order=80))
    slots.add_merge_relation(slots.MergeRelation("companies.Assignment", "company"))
    register_actions({"assignment.started": _("挂钩"), "assignment.ended": _("解除挂钩")})
