"""Small pieces every page is made of, drawn as they stand in pages."""

import pytest
from django.template.loader import render_to_string

from core import tables
from core.templatetags import tidu

DASH = '<span class="dash">—</span>'


class Firms(tables.Table):
    name = tables.Column()
    park = tables.Column()
    note = tables.Column(empty_values=())

    def render_note(self, value: str) -> str:
        return value or "—"


def test_what_does_not_apply_is_one_dash_that_a_stacked_row_can_leave_out() -> None:
    body = str(Firms([{"name": "绍兴恒砺", "park": None, "note": ""}, {"name": "诸暨浣江", "park": "滨海", "note": "—"}]).body())
    assert body.count(DASH) == 3
    assert body.count("—") == 3
    assert tidu.or_dash("") == tidu.pool(None) == tidu.dash() == DASH


@pytest.mark.parametrize(("number", "folded"), [(0, 0), (30, 0), (31, 1), (200, 170)])
def test_a_long_diff_folds_after_thirty_lines_and_keeps_every_one(number: int, folded: int) -> None:
    lines = [{"label": f"第{n}条", "before": "", "after": "高新技术企业"} for n in range(number)]
    shown, _fold, rest = render_to_string("components/diff.html", {"lines": lines}).partition("<details")
    assert [shown.count("<ins>"), rest.count("<ins>")] == [number - folded, folded]
    assert (f"还有 {folded} 行" in rest) is bool(folded)
    assert "<script" not in rest
