"""The rows of a gap sheet say what the verdict says, in the language in force, and let no text of the data become markup."""

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from policies.engine import GapKind, Observed, Outcome, Verdict
from policies.engine.sheet import Judged, Missing
from policies.standards.drawing import rows_drawn
from policies.templatetags.sheets import _row

HOSTILE = "<b>\"'&</b>"
ESCAPED = "&lt;b&gt;&quot;&#x27;&amp;&lt;/b&gt;"
JUDGE = "/judge/"


def _drawn(outcome: Outcome = Outcome.UNMET, *, judge_url: str = "", **facts: Any) -> str:
    verdict = Verdict(**{"code": "G-01", "text": "研发费用占营收比例", "outcome": outcome, **facts})
    return str(rows_drawn([_row(verdict)], judge_url=judge_url))


def test_no_text_of_the_data_becomes_markup() -> None:
    texts = dict.fromkeys(["text", "clause", "dispute", "threshold_text", "gap_text", "gap_note", "closes", "waived_by"], HOSTILE)
    observed = (Observed("", HOSTILE, 2024), Observed(HOSTILE, HOSTILE, 2025, source_label=HOSTILE))
    missing, judged = (Missing("x", "", 2025, (), HOSTILE),), Judged(Outcome.MET, HOSTILE, date(2026, 11, 24), 1)
    child = Verdict("G-02", HOSTILE, Outcome.UNMET, threshold_text=HOSTILE, gap_text=HOSTILE, observed=observed)
    for language in ("zh-hans", "en"):
        with translation.override(language):
            html = _drawn(**texts, observed=observed, missing=missing, judged=judged, children=(child,), judge_url=JUDGE)
        assert "<b>" not in html
        assert html.count(ESCAPED) >= 18


@pytest.mark.parametrize(
    ("facts", "has_dash"),
    [
        pytest.param({"gap_text": "差 0.6 个百分点"}, False, id="a gap in words"),
        pytest.param({"gap_note": "可补，计入 2026 年"}, False, id="its kind in words"),
        pytest.param({"waived_by": "G-09"}, False, id="waived"),
        pytest.param({"missing": (Missing("x", "", 2025, (), "缺 2025 年营业收入"),)}, False, id="a figure missing"),
        pytest.param({"gap_kind": GapKind.CURABLE}, True, id="a kind alone"),
        pytest.param({}, True, id="nothing to say"),
    ],
)
def test_a_dash_stands_where_nothing_says_how_far(facts: dict[str, Any], has_dash: bool) -> None:
    cell = _drawn(**facts).partition('data-l="差距">')[2].partition("</td>")[0]
    assert cell.endswith('<span class="dash">—</span>') is has_dash


def test_a_manual_criterion_leads_to_its_judgement_for_those_who_may() -> None:
    assert '<a href="/judge/?criterion=G-01" data-dialog>作出判断</a>' in _drawn(Outcome.MANUAL, judge_url=JUDGE)
    assert "作出判断" not in _drawn(Outcome.MANUAL)
    assert "作出判断" not in _drawn(Outcome.UNMET, judge_url=JUDGE)


def test_missing_is_told_apart_from_nothing_to_show() -> None:
    assert '<span class="missing">缺数据</span>' in _drawn(Outcome.UNKNOWN)
    assert "缺数据" not in _drawn(Outcome.MANUAL)


def test_the_year_stands_beside_a_value_only_where_there_are_several() -> None:
    one, two = Observed("", "2.4%", 2024), Observed("", "2.7%", 2025, conflict=("2.7%", "2.9%"))
    assert "（2024）" not in _drawn(observed=(one,))
    both = _drawn(observed=(one, two))
    assert "（2024）" in both
    assert both.count("数据冲突") == 1


def test_the_words_of_the_columns_follow_the_language() -> None:
    assert 'data-l="门槛"' in _drawn()
    with translation.override("en"):
        assert 'data-l="Threshold"' in _drawn()
