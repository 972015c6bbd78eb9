"""What the standards show on the firm's page: the gap sheet, and the titles an incident stands against."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from companies.figures.models import Incident
from companies.recognitions.models import TitleKind
from companies.register.slots import PanelRequest
from policies import engine
from policies.standards import library, services
from policies.standards.library import Published


def gap_panel(request: PanelRequest) -> dict[str, Any] | None:
    """The sheet of the title asked for (`?title=`), else of the firm's main track or the first title with a standard; None without one."""
    standards = _in_force(request)
    if not standards:
        return None
    ordered = sorted(standards.values(), key=lambda one: (one.row.title.position, one.row.title.code))
    asked = request.query.get("title", "")
    main = request.told.get("main_title", "")
    chosen = standards.get(asked) or standards.get(main) or standards.get("little_giant") or ordered[0]
    title = chosen.row.title
    # a title named by a list has nothing published to stand against: it is shown where it is asked for
    shown = [one.row.title for one in ordered if one.row.title.kind == TitleKind.GRANTED or one is chosen]
    is_keeper = request.told.get("is_keeper")
    keeper = services.is_keeper(request.user, request.company) if is_keeper is None else is_keeper
    return {
        "sheet": services.sheet_for(company=request.company, title=title, on=request.on, published=chosen),
        "title": title,
        "titles": shown,
        "page_url": f"/companies/{request.company.uscc}/",
        "sheet_url": f"/companies/{request.company.uscc}/sheets/{title.code}/",
        "what_if_url": f"/companies/{request.company.uscc}/sheets/{title.code}/what-if/",
        "year_end_url": f"/companies/{request.company.uscc}/year-end/{title.code}/",
        "judge_url": f"/companies/{request.company.uscc}/sheets/{title.code}/judge/" if keeper else "",
    }


def _in_force(request: PanelRequest) -> dict[str, Published]:
    """The standards in force, read once for all panels of a page."""
    if "standards" not in request.told:
        request.told["standards"] = library.in_force(on=request.on)
    found: dict[str, Published] = request.told["standards"]
    return found


def titles_against(request: PanelRequest, incidents: Sequence[Incident]) -> dict[int, list[str]]:
    """Short names of the titles whose published standard has a veto that an incident alone sets off, by incident id; one query."""
    on = request.on
    published = [one for one in _in_force(request).values() if one.row.title.kind == TitleKind.GRANTED]
    ordered = sorted(published, key=lambda one: (one.row.title.position, one.row.title.code))
    found: dict[int, list[str]] = {}
    for one in ordered:
        clean = _vetoes(one.compiled, on)
        for row in incidents:
            fact = engine.IncidentFact(row.kind, row.severity, row.starts_on, row.ends_on, row.pk)
            if _vetoes(one.compiled, on, fact) - clean:
                found.setdefault(row.pk, []).append(one.row.title.short)
    return found


def _vetoes(standard: engine.Standard, on: date, *incidents: engine.IncidentFact) -> set[str]:
    """Vetoes in force for a firm of which nothing but these incidents is known."""
    snapshot = engine.Snapshot(uscc="", on=on, district="", incidents=incidents)
    return set(engine.evaluate_summary(standard, snapshot, on=on).veto_codes)
