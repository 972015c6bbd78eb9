"""The door table: one line per URL name. Every address of the product must stand here; `test_door_matrix` reads it cell by cell.

`(200, 422)` reads: GET answers 200, an empty POST 422; a third number is the answer to every other method. People who are not named
get 404, nobody signed in is sent to the sign-in page.
"""

from typing import Any

from django.urls import reverse

from tests.access.world import NO_SUCH_CODE, NO_SUCH_ID, World
from tests.rigs.matrix import Door

OK = (200, 405)
GOES = (302, 405)
LIST = (200, 400)
FORM = (200, 422)
REFUSED = (403, 403)
DONE = (405, 302)
FORBIDDEN = (405, 403)

OFFICERS = "officer other_officer"
APPROVERS = "approver city"
CLERKS = "clerk city_clerk"
STAFF = f"{OFFICERS} {APPROVERS} {CLERKS} auditor"
EVERYBODY = f"{STAFF} enterprise administrator"

DOORS: dict[str, Door] = {
    # the frame
    "set-language": Door("any", {f"anonymous {EVERYBODY}": (302, 302)}),
    "accounts:sign-in": Door("form", {"anonymous": FORM, EVERYBODY: (302, 302, 302)}),
    "accounts:go-on": Door("page", {EVERYBODY: GOES}),
    "accounts:sign-out": Door("action", {f"anonymous {EVERYBODY}": DONE}),
    # own account
    "accounts:settings": Door("form", {EVERYBODY: FORM}),
    "accounts:password-change": Door("form", {EVERYBODY: FORM}),
    "accounts:session-end": Door("action", {EVERYBODY: DONE}, about="session"),
    "accounts:notification-list": Door("rows", {EVERYBODY: LIST}),
    "accounts:notification-read-all": Door("action", {EVERYBODY: DONE}),
    "accounts:notification-read": Door("action", {EVERYBODY: DONE}, about="notice"),
    "accounts:job-detail": Door("page", {EVERYBODY: OK}, about="job"),
    "accounts:job-file": Door("page", {EVERYBODY: OK}, about="job", logged=True),
    "accounts:job-cancel": Door("action", {EVERYBODY: DONE}, about="job"),
    # accounts of others
    "accounts:office-list": Door("page", {"administrator": OK}),
    "accounts:people-list": Door("rows", {"administrator": LIST}),
    "accounts:person-create": Door("form", {"administrator": FORM}),
    "accounts:person-detail": Door("page", {"administrator": OK}, about="person"),
    "accounts:person-change": Door("form", {"administrator": FORM}, about="person"),
    "accounts:person-deactivate": Door("form", {"administrator": FORM}, about="person"),
    "accounts:person-activate": Door("form", {"administrator": FORM}, about="person"),
    "accounts:person-password": Door("form", {"administrator": FORM}, about="person"),
    "accounts:person-unlock": Door("form", {"administrator": FORM}, about="person"),
    "accounts:person-sessions-end": Door("form", {"administrator": FORM}, about="person"),
    # the log
    "accounts:audit-list": Door("rows", {STAFF: LIST}),
    "accounts:audit-verify": Door("action", {f"{APPROVERS} auditor": DONE}),
    "accounts:audit-detail": Door("page", {f"{OFFICERS} {APPROVERS} auditor": OK}, about="entry"),
    # decisions: of the officers' own hand, and by scope for approvers and auditors; this one is of the district
    "accounts:decision-list": Door("rows", {STAFF: LIST}),
    "accounts:decision-detail": Door("page", {f"{OFFICERS} {APPROVERS} auditor": OK}, about="decision"),
    "accounts:decision-sign": Door("action", {APPROVERS: DONE, f"{OFFICERS} auditor": FORBIDDEN}, about="decision"),
    "accounts:decision-reject": Door("action", {APPROVERS: (405, 422), f"{OFFICERS} auditor": FORBIDDEN}, about="decision"),
    "accounts:decision-withdraw": Door("action", {OFFICERS: DONE, f"{APPROVERS} auditor": FORBIDDEN}, about="decision"),
    # the register
    "companies:company-list": Door("rows", {STAFF: LIST}),
    "companies:company-search": Door("page", {STAFF: OK}),
    "companies:company-new": Door("form", {CLERKS: FORM, f"{OFFICERS} {APPROVERS} auditor": (403, 403, 403)}),
    "companies:company-detail": Door("page", {STAFF: OK}, about="firm"),
    "companies:company-history": Door("page", {STAFF: OK}, about="firm"),
    "companies:company-audit": Door("page", {STAFF: OK}, about="firm"),
    "companies:company-neighbour": Door("page", {STAFF: GOES}, about="firm-side"),
    "companies:company-figures": Door("page", {STAFF: OK}, about="firm"),
    "companies:figures-new": Door("form", {f"{OFFICERS} {CLERKS}": FORM, f"{APPROVERS} auditor": REFUSED}, about="firm"),
    "companies:incident-new": Door("form", {f"{OFFICERS} {CLERKS}": FORM, f"{APPROVERS} auditor": REFUSED}, about="firm"),
    "companies:incident-end": Door("form", {f"{OFFICERS} {CLERKS}": FORM, f"{APPROVERS} auditor": REFUSED}, about="incident"),
    "companies:company-evidence": Door("page", {STAFF: OK}, about="firm"),
    "companies:evidence-new": Door("form", {f"{OFFICERS} {APPROVERS} {CLERKS}": FORM, "auditor": REFUSED}, about="firm"),
    "companies:evidence-download": Door("page", {STAFF: OK}, about="paper", logged=True),
    # imports: officers see their own runs, clerks and approvers those of their scope
    "companies:import-list": Door("rows", {f"{OFFICERS} {APPROVERS} {CLERKS}": LIST}),
    "companies:import-new": Door("form", {f"{OFFICERS} {CLERKS}": FORM}),
    "companies:import-template": Door("page", {f"{OFFICERS} {CLERKS}": OK}),
    "companies:import-detail": Door("page", {f"{OFFICERS} {APPROVERS} {CLERKS}": OK}, about="run"),
    "companies:import-progress": Door("page", {f"{OFFICERS} {APPROVERS} {CLERKS}": OK}, about="run"),
    "companies:import-row-list": Door("rows", {f"{OFFICERS} {APPROVERS} {CLERKS}": LIST}, about="run"),
    "companies:import-refused": Door("page", {f"{OFFICERS} {APPROVERS} {CLERKS}": OK}, about="run", logged=True),
    "companies:import-file": Door("page", {f"{OFFICERS} {APPROVERS} {CLERKS}": OK}, about="run", logged=True),
    "companies:import-official-list": Door("form", {f"{OFFICERS} {CLERKS}": FORM}, about="run"),
    "companies:import-check": Door("action", {f"{OFFICERS} {CLERKS}": DONE}, about="run"),
    "companies:import-submit": Door("action", {f"{OFFICERS} {CLERKS}": DONE}, about="run"),
    "companies:import-apply": Door("action", {f"{OFFICERS} {CLERKS}": DONE}, about="run"),
    "companies:import-restart": Door("action", {f"{OFFICERS} {CLERKS}": (405, 409)}, about="run"),  # nothing was interrupted
    "companies:import-undo": Door("form", {f"{OFFICERS} {CLERKS}": (302, 409)}, about="run"),  # nothing was applied yet
    # recognitions
    "companies:recognition-list": Door("rows", {STAFF: LIST}),
    "companies:recognition-new": Door("form", {f"{OFFICERS} {APPROVERS} {CLERKS}": FORM}),
    "companies:recognition-detail": Door("page", {STAFF: OK}, about="recognition"),
    "companies:recognition-revoke": Door("form", {f"{OFFICERS} {APPROVERS} {CLERKS}": FORM}, about="recognition"),
    # standards, sheets, judgements
    "policies:standard-list": Door("page", {STAFF: OK}),
    "policies:standard-detail": Door("page", {STAFF: OK}, about="standard"),
    # drafts are the city's; what a published version would change is for all staff, by their scope
    "policies:standard-compare": Door("page", {STAFF: OK}, about="title"),
    "policies:standard-draft-list": Door("page", {"city city_clerk": OK}),
    "policies:standard-draft-new": Door("form", {"city_clerk": FORM}),
    "policies:standard-draft-detail": Door("page", {"city city_clerk": OK}, about="draft"),
    "policies:standard-draft-change": Door("form", {"city_clerk": FORM}, about="draft"),
    "policies:standard-draft-submit": Door("action", {"city_clerk": DONE}, about="draft"),
    "policies:standard-draft-withdraw": Door("action", {"city_clerk": DONE}, about="draft"),
    "policies:standard-draft-try": Door("action", {"city city_clerk": DONE}, about="draft"),
    "policies:standard-try": Door("form", {f"{APPROVERS} {CLERKS}": FORM}, about="standard"),
    "policies:standard-trial-of": Door("form", {f"{APPROVERS} {CLERKS}": (302, 302), f"{OFFICERS} auditor": (302, 403)}, about="standard"),
    "policies:standard-trial": Door("page", {STAFF: OK}, about="trial"),
    "policies:standard-trial-firms": Door("rows", {STAFF: LIST}, about="trial"),
    "policies:sheet": Door("page", {STAFF: OK}, about="firm-title"),
    "policies:judgement-make": Door("form", {OFFICERS: FORM}, about="firm-title"),
    "policies:judgement-withdraw": Door("action", {OFFICERS: DONE}, about="judgement"),
    # what a firm must still do, and the papers it takes away
    "policies:near-miss-list": Door("rows", {STAFF: LIST}),
    "policies:year-end-list": Door("rows", {STAFF: LIST}),
    "policies:year-end": Door("page", {STAFF: OK}, about="firm-title"),
    "policies:what-if": Door("page", {STAFF: OK}, about="firm-title"),
    "policies:plan-new": Door("form", {OFFICERS: FORM}, about="firm-title"),
    "policies:plan-detail": Door("page", {STAFF: OK}, about="plan"),
    "policies:plan-close": Door("action", {OFFICERS: DONE}, about="plan"),
    "policies:plan-step-done": Door("action", {OFFICERS: DONE}, about="step"),
    "policies:sheet-pdf": Door("action", {STAFF: (405, 200)}, about="firm-title"),
    "policies:year-end-pdf": Door("action", {STAFF: (405, 200)}, about="firm-title"),
    # cultivation
    "cultivation:workbench": Door("page", {STAFF: OK, "enterprise administrator": GOES}),
    "cultivation:track-list": Door("rows", {STAFF: LIST}),
    "cultivation:track-new": Door("action", {OFFICERS: (405, 404)}, about="firm"),  # an empty POST names no title
    "cultivation:track-main": Door("action", {OFFICERS: DONE}, about="track"),
    "cultivation:move-new": Door("form", {OFFICERS: (200, 422)}, about="track"),
    "cultivation:gate-list": Door("page", {STAFF: OK}),
    "cultivation:gate-detail": Door("page", {STAFF: OK}, about="title"),
    "cultivation:gate-change": Door("form", {"city city_clerk": FORM}, about="title"),
    "cultivation:quota-overview": Door("page", {f"{OFFICERS} {APPROVERS} auditor": OK}),
    "cultivation:quota-report": Door("action", {f"{OFFICERS} {APPROVERS} auditor": (405, 200)}),
    # the firm's own side
    "portal:home": Door("page", {"enterprise": OK}),
}

# addresses whose object belongs to a person, not to a district
PERSONAL = ("session", "notice", "job")
# everybody who may come in sees all of them
SHARED = ("", "person", "standard", "title", "draft", "trial")


def arguments(world: World, about: str, person: str, side: str) -> dict[str, Any]:
    """What the address is made with: `side` is own, foreign or missing."""
    if about in PERSONAL:
        return {"pk": _personal(world, about, person, side)}
    if about in SHARED:
        return _shared(world, about, side)
    one = None if side == "missing" else {"own": world.own, "foreign": world.foreign}[side]
    uscc = one.company.uscc if one else NO_SUCH_CODE
    match about:
        case "firm":
            return {"uscc": uscc}
        case "firm-side":
            return {"uscc": uscc, "side": "next"}
        case "firm-title":
            return {"uscc": uscc, "title": "little_giant"}
        case "incident":
            return {"uscc": uscc, "pk": one.incident.pk if one else NO_SUCH_ID}
        case "entry":
            return {"number": one.entry.number if one else NO_SUCH_ID}
    return {"pk": getattr(one, about).pk if one else NO_SUCH_ID}


def _personal(world: World, about: str, person: str, side: str) -> int:
    if side == "missing":
        return NO_SUCH_ID
    holder = "clerk" if person == "anonymous" else person
    if side == "foreign":
        holder = "officer" if holder == "other_officer" else "other_officer"
    return {"session": world.sign_ins, "notice": world.notices, "job": world.jobs}[about][holder].pk


def _shared(world: World, about: str, side: str) -> dict[str, Any]:
    if about == "person":
        return {"pk": NO_SUCH_ID if side == "missing" else world.users["officer" if side == "own" else "other_officer"].pk}
    if about == "standard":
        standard = world.own.judgement.standard_id
        return {"title": "little_giant", "version": NO_SUCH_ID if side == "missing" else standard}
    if about == "title":
        return {"title": "no_such_title" if side == "missing" else "little_giant"}
    if about in {"draft", "trial"}:
        rows: list[Any] = world.drafts if about == "draft" else world.trials
        return {"pk": NO_SUCH_ID if side == "missing" else rows[0].pk}
    return {}


def sides_of(door: Door) -> tuple[str, ...]:
    """The objects an address is tried with."""
    return ("own", "foreign", "missing") if door.about else ("own",)


def is_there(door: Door, person: str, side: str) -> bool:
    """Whether the object exists and lies within the person's sight."""
    if side == "missing":
        return False
    if door.about in SHARED:
        return True
    if door.about in PERSONAL:
        return side == "own" or (door.about == "session" and person == "administrator")
    return person in {"city", "city_clerk"} or (person == "other_officer") == (side == "foreign")


def address(world: World, name: str, person: str, side: str) -> str:
    """The address of a door for a person."""
    return reverse(name, kwargs=arguments(world, DOORS[name].about, person, side))
