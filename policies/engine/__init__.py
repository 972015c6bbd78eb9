"""The rules engine: a snapshot of facts and a published standard go in, verdicts come out. No Django, no clock, no database.

standards = load_folder(DATA_FOLDER)                    # all files or StandardError(file, line, reason)
standard = standard_for(standards, title="little_giant", application="认定", on=on)
snapshot = Snapshot(uscc=uscc, on=on, district="330603", attributes={"founded_on": day, "industry": "C34"},
                    figures=[FigureRow(2025, "audit", version.pk, {"revenue": Decimal(136_800_000)})],
                    titles=[HeldTitle("specialised_sme", start, end, recognition.pk)], incidents=[], judgements=[])
sheet = evaluate(standard, snapshot, on=on, windows=[Window(2027, date(2027, 4, 25), date(2027, 5, 25))])
sheet.overall, sheet.counts.open, sheet.open_codes, sheet.earliest_window, sheet.digest, sheet.verdicts[0].gap_text
summary = evaluate_summary(standard, snapshot, on=on)   # the same answer without texts, for whole registers
frozen = sheet.to_dict(); Sheet.from_dict(frozen)       # JSON-safe, stable
evaluate(standard, snapshot, on=on, application_year=2027)  # judged for the batch of another year
"""

from policies.engine.describe import (
    children_of,
    facts_of,
    manual_codes_of,
    manual_criteria_of,
    nearest_text,
    score_table_of,
    threshold_of,
    years_of,
)
from policies.engine.evaluation import evaluate, evaluate_summary
from policies.engine.facts import (
    INCIDENT_LABELS,
    SEVERITY_LABELS,
    FigureRow,
    FigureValue,
    HeldTitle,
    IncidentFact,
    IncidentKind,
    JudgementFact,
    Severity,
    Snapshot,
    Window,
)
from policies.engine.facts_file import FactsError, facts_written, read_facts
from policies.engine.facts_listing import facts_listed, lines_listed
from policies.engine.loader import APPLICATIONS, load_folder, load_standard
from policies.engine.outcomes import GAP_KIND_LABELS, OUTCOME_LABELS, OVERALL_LABELS, GapKind, Outcome, Overall
from policies.engine.scores.tables import Row
from policies.engine.sheet import Counts, Missing, Observed, ScorePart, Sheet, Summary, Verdict
from policies.engine.standard import Criterion, Document, Standard, StandardError, canonical_text, standard_for
from policies.engine.wording import GRADES_READ_IN_THE_ORIGINAL, TITLE_LABELS

__all__ = [
    "APPLICATIONS",
    "GAP_KIND_LABELS",
    "GRADES_READ_IN_THE_ORIGINAL",
    "INCIDENT_LABELS",
    "OUTCOME_LABELS",
    "OVERALL_LABELS",
    "SEVERITY_LABELS",
    "TITLE_LABELS",
    "Counts",
    "Criterion",
    "Document",
    "FactsError",
    "FigureRow",
    "FigureValue",
    "GapKind",
    "HeldTitle",
    "IncidentFact",
    "IncidentKind",
    "JudgementFact",
    "Missing",
    "Observed",
    "Outcome",
    "Overall",
    "Row",
    "ScorePart",
    "Severity",
    "Sheet",
    "Snapshot",
    "Standard",
    "StandardError",
    "Summary",
    "Verdict",
    "Window",
    "canonical_text",
    "children_of",
    "evaluate",
    "evaluate_summary",
    "facts_listed",
    "facts_of",
    "facts_written",
    "lines_listed",
    "load_folder",
    "load_standard",
    "manual_codes_of",
    "manual_criteria_of",
    "nearest_text",
    "read_facts",
    "score_table_of",
    "standard_for",
    "threshold_of",
    "years_of",
]
