"""The gap sheet on the firm's page."""

from typing import Any

from companies.register.slots import PanelRequest
from policies.standards import library, services


def gap_panel(request: PanelRequest) -> dict[str, Any] | None:
    """The sheet of the title asked for (`?title=`), else of the firm's main track or the first title with a standard; None without one."""
    standards = library.in_force(on=request.on)
    if not standards:
        return None
    ordered = sorted(standards.values(), key=lambda one: (one.row.title.position, one.row.title.code))
    asked = request.query.get("title", "")
    main = request.company.__dict__.get("main_title_code", "")
    chosen = standards.get(asked) or standards.get(main) or standards.get("little_giant") or ordered[0]
    title = chosen.row.title
    is_kept = request.company.__dict__.get("is_kept")  # the ladder above has asked
    keeper = services.is_keeper(request.user, request.company) if is_kept is None else is_kept
    return {
        "sheet": services.sheet_for(company=request.company, title=title, on=request.on, published=chosen),
        "title": title,
        "titles": [one.row.title for one in ordered],
        "page_url": f"/companies/{request.company.uscc}/",
        "sheet_url": f"/companies/{request.company.uscc}/sheets/{title.code}/",
        "judge_url": f"/companies/{request.company.uscc}/sheets/{title.code}/judge/" if keeper else "",
    }
