"""The form of a title's gates: simple controls per pool, no text to write."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.recognitions.models import Title
from core.forms import DateField, NormalTextField, StrictIntegerField
from cultivation.tracks.gates import pool_label
from cultivation.tracks.models import POOLS, TrackState
from cultivation.tracks.pools import Rule, Scheme

FLAGS: dict[str, Any] = {
    "above_scale": _("规上企业"),
    "no_veto": _("没有在有效期内的一票否决事项"),
    "curable_before_batch": _("还差的在所选批次前都可补"),
    "manual_listed": _("人工核实条件已判断，或列明由审批人签认"),
}
# a batch is only named, and people's answers only count, on the way into the sprint pool
OF_SPRINT = ("curable_before_batch", "manual_listed")
MOST_OPEN = 99


class GateForm(forms.Form):
    """Shape of the input; the service checks the rules. Fields of a pool are named `sprint-no_veto`."""

    begins = DateField(label=_("施行日"), help_text=_("今天或以后；已作出的审批仍按当时的版本"))
    reason = NormalTextField(label=_("理由"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 3}))
    document_number = NormalTextField(label=_("文号"), max_length=100, required=False)

    def __init__(self, *args: Any, title: Title, scheme: Scheme | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Title.objects.recognisable().exclude(pk=title.pk)
        choices = [(one.code, one.short) for one in others]
        for pool in POOLS:
            rules = {rule.rule: rule for rule in scheme.gate(pool)} if scheme else {}
            self._add(pool, "open_at_most", StrictIntegerField(
                label=_("未达标与缺数据合计不超过（项）"), min_value=0, max_value=MOST_OPEN, required=False, help_text=_("不填即不限")
            ), rules["open_at_most"].most if "open_at_most" in rules else None)  # fmt: skip
            self._add(pool, "holds_any", forms.MultipleChoiceField(
                label=_("须持有其一"), choices=choices, required=False, widget=forms.CheckboxSelectMultiple
            ), list(rules["holds_any"].titles) if "holds_any" in rules else [])  # fmt: skip
            for name, label in FLAGS.items():
                if name not in OF_SPRINT or pool == TrackState.SPRINT:
                    self._add(pool, name, forms.BooleanField(label=label, required=False), name in rules)

    def _add(self, pool: str, name: str, field: forms.Field, initial: Any) -> None:
        field.initial = initial
        self.fields[f"{pool}-{name}"] = field

    def own_fields(self) -> list[forms.BoundField]:
        """What is asked once."""
        return [self[name] for name in ("begins", "reason", "document_number")]

    def pools(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """(pool's name, its fields)."""
        for pool in POOLS:
            yield pool_label(pool), [self[name] for name in self.fields if name.startswith(f"{pool}-")]

    def clean(self) -> dict[str, Any]:
        """At least one pool has a gate: a title without any has no ladder."""
        facts = super().clean() or {}
        if not self.errors and not any(self.rules().values()):
            self.add_error(None, _("至少为一个培育库设一条入库条件。"))
        return facts

    def rules(self) -> dict[str, list[Rule]]:
        """What was chosen, pool by pool, in one order; a pool without lines is not used."""
        return {pool: list(self._rules_of(pool)) for pool in POOLS}

    def _rules_of(self, pool: str) -> Iterator[Rule]:
        facts = self.cleaned_data
        if facts.get(f"{pool}-above_scale"):
            yield Rule("above_scale")
        if (most := facts.get(f"{pool}-open_at_most")) is not None:
            yield Rule("open_at_most", most=most)
        if titles := facts.get(f"{pool}-holds_any"):
            yield Rule("holds_any", titles=tuple(titles))
        for name in ("curable_before_batch", "manual_listed", "no_veto"):
            if facts.get(f"{pool}-{name}"):
                yield Rule(name)
