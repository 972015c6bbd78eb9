"""One successful try of every door that changes something: who does it, what is sent, and the entry it leaves in the log.

Used to prove that each leaves its entry, that surplus fields change nothing, and that none works without its token.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.jobs.models import Job
from companies.register.uscc import make
from tests.access import doors
from tests.access import import_actions as imports
from tests.access.world import World
from tests.factories import PASSWORD, AssignmentFactory, CompanyFactory

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
NEW_PASSWORD = "鉴湖越台名士乡-2027"
REASON = {"reason": "工作需要"}
ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Action:
    """`person` sends `payload` to `door` (GET where `payload` is None); the log says `logged` afterwards."""

    door: str
    person: str
    logged: str
    payload: Callable[[World], dict[str, Any]] | None = lambda world: {}
    url: Callable[[World], str] | None = None
    status: tuple[int, ...] = (302,)

    def address(self, world: World) -> str:
        """Where it is sent."""
        return self.url(world) if self.url else doors.address(world, self.door, self.person, "own")

    def send(self, world: World, client: Client, **extra: Any) -> Any:
        """Do it; `extra` fields are added to the form."""
        url = self.address(world)
        if self.payload is None:
            response = client.get(url)
        else:
            response = client.post(url, {**self.payload(world), **extra})
        if response.streaming:
            b"".join(response.streaming_content)
        return response


def _paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("公告.pdf", PDF, content_type="application/pdf")


def _queued(world: World) -> str:
    job = Job.objects.create(kind="export", by=world.users["officer"], payload={"list": "companies:company-list"})
    return reverse("accounts:job-cancel", args=[job.pk])


def _new_person(world: World) -> dict[str, Any]:
    return {"username": "new.clerk", "name": "金立", "role": "clerk", "district": world.own.company.district_id, **REASON}


def _switched_off(world: World) -> str:
    user = world.users["other_officer"]
    user.is_active = False
    user.save(update_fields=["is_active"])
    return reverse("accounts:person-activate", args=[user.pk])


def _new_firm(world: World) -> dict[str, Any]:
    return {
        "uscc": make("91", "330602", 7_654_321),
        "name": "绍兴清川精密仪器厂",
        "district": world.own.company.district_id,
        "industry": "40",
    }


def _recognition(world: World) -> dict[str, Any]:
    return {
        "uscc": world.own.company.uscc,
        "title": "innovative_sme",
        "application_type": "认定",
        "document_number": "浙经信企业〔2026〕8号",
        "announced_on": "2026-11-02",
        "file": _paper(),
    }


def _without_target(world: World) -> str:
    firm = CompanyFactory(uscc=make("91", "330602", 8_888_888), district=world.own.company.district, name="绍兴鉴湖纺织机械有限公司")
    AssignmentFactory(company=firm, officer=world.users["officer"])
    return reverse("cultivation:track-new", args=[firm.uscc])


def _judgement(world: World) -> dict[str, Any]:
    return {"criterion": "G-06", "outcome": "met", "note": "现场核实，企业已接入平台"}


def _plan(world: World) -> dict[str, Any]:
    return {"name": "研发投入达标", "text_1": "补记四季度研发费用", "due_on_1": "2026-12-20", "owner_1": "财务部"}


def _tried(world: World) -> str:
    return f"{reverse('policies:plan-new', args=[world.own.company.uscc, 'little_giant'])}?year=2026&revenue.2025.audit=15000"


_EXPORTS = {name: door for name, door in doors.DOORS.items() if door.kind == "rows" and name != "accounts:notification-list"}

ACTIONS: tuple[Action, ...] = (
    Action(
        "accounts:sign-in", "anonymous", "user.signed_in", lambda world: {"username": world.users["officer"].username, "password": PASSWORD}
    ),
    Action(
        "accounts:sign-in",
        "anonymous",
        "user.sign_in_failed",
        lambda world: {"username": world.users["officer"].username, "password": "不是这个"},
        status=(422,),
    ),
    Action("accounts:sign-out", "officer", "user.signed_out"),
    Action("accounts:settings", "officer", "user.settings_changed", lambda world: {"language": "en", "has_shortcuts": "on"}),
    Action(
        "accounts:password-change",
        "officer",
        "user.password_changed",
        lambda world: {"current": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD},
    ),
    Action("accounts:session-end", "officer", "user.session_ended"),
    Action("accounts:job-cancel", "officer", "export.cancelled", url=_queued),
    Action("accounts:job-file", "officer", "export.downloaded", None, status=(200,)),
    Action("accounts:person-create", ADMINISTRATOR, "user.created", _new_person, status=(200,)),
    Action(
        "accounts:person-change",
        ADMINISTRATOR,
        "user.changed",
        lambda world: {"role": "clerk", "district": world.foreign.company.district_id, **REASON},
    ),
    Action("accounts:person-deactivate", ADMINISTRATOR, "user.deactivated", lambda world: REASON),
    Action("accounts:person-activate", ADMINISTRATOR, "user.activated", lambda world: REASON, url=_switched_off),
    Action("accounts:person-password", ADMINISTRATOR, "user.password_set", lambda world: REASON, status=(200,)),
    Action("accounts:person-unlock", ADMINISTRATOR, "user.unlocked", lambda world: REASON),
    Action("accounts:person-sessions-end", ADMINISTRATOR, "user.sessions_ended", lambda world: REASON),
    Action("accounts:decision-sign", "approver", "decision.approved"),
    Action("accounts:decision-reject", "approver", "decision.rejected", lambda world: {"note": "材料不全"}),
    Action("accounts:decision-withdraw", "officer", "decision.withdrawn"),
    Action("companies:company-new", "clerk", "company.created", _new_firm),
    Action(
        "companies:figures-new",
        "officer",
        "figures.added",
        lambda world: {"year": "2024", "source": "audit", "revenue": "11,000", "employees": "300"},
    ),
    Action(
        "companies:incident-new",
        "clerk",
        "incident.added",
        lambda world: {"kind": "environment", "severity": "general", "starts_on": "2026-11-01"},
    ),
    Action("companies:incident-end", "officer", "incident.ended", lambda world: {"ends_on": "2026-11-20", "reason": "已移出名录"}),
    Action(
        "companies:evidence-new", "officer", "evidence.stored", lambda world: {"file": _paper(), "kind": "audit_report", "period": "2025"}
    ),
    Action("companies:evidence-download", "auditor", "evidence.downloaded", None, status=(200,)),
    Action("companies:recognition-new", "officer", "decision.submitted", _recognition),
    Action(
        "companies:recognition-revoke",
        "officer",
        "decision.submitted",
        lambda world: {"ended_on": "2026-11-20", "document_number": "浙经信企业〔2026〕9号", "file": _paper(), "reason": "企业注销"},
    ),
    Action("companies:import-new", "officer", "import.uploaded", imports.upload),
    Action("companies:import-check", "officer", "import.checked", url=imports.uploaded("import-check")),
    Action(
        "companies:import-official-list",
        "officer",
        "import.list_attached",
        lambda world: imports.official_list(_paper()),
        url=imports.uploaded("import-official-list"),
    ),
    Action("companies:import-submit", "officer", "decision.submitted", url=imports.checked("import-submit", year=2025)),
    Action("companies:import-apply", "officer", "import.ordered", url=imports.checked("import-apply")),
    Action("companies:import-restart", "officer", "import.restarted", url=imports.interrupted("import-restart")),
    Action("companies:import-undo", "officer", "import.undone", url=imports.applied("import-undo")),
    Action("companies:import-undo", "officer", "decision.submitted", url=imports.applied("import-undo", year=2025)),
    Action("companies:import-file", "approver", "evidence.downloaded", None, url=imports.uploaded("import-file"), status=(200,)),
    Action(
        "companies:import-refused",
        "approver",
        "import.refused_downloaded",
        None,
        url=imports.checked("import-refused", "12oo"),
        status=(200,),
    ),
    Action("policies:standard-draft-new", "city_clerk", "standard.drafted", lambda world: {"text": world.drafts[0].text, "do": "send"}),
    Action(
        "policies:standard-draft-change",
        "city_clerk",
        "standard.draft_changed",
        lambda world: {"text": world.drafts[0].text + "# 校对", "seen_version": "1", "do": "send"},
    ),
    Action("policies:standard-draft-submit", "city_clerk", "decision.submitted", lambda world: REASON),
    Action("policies:standard-draft-withdraw", "city_clerk", "standard.draft_withdrawn", lambda world: REASON),
    Action("policies:standard-draft-try", "city", "standard.tried"),
    Action("policies:standard-try", "approver", "standard.tried", lambda world: {"text": world.own.judgement.standard.text, "do": "send"}),
    Action("policies:standard-trial-of", "clerk", "standard.tried"),
    Action("policies:judgement-make", "officer", "judgement.made", _judgement),
    Action("policies:judgement-withdraw", "officer", "judgement.withdrawn", lambda world: REASON),
    Action("cultivation:track-new", "officer", "track.targeted", lambda world: {"title": "little_giant"}, url=_without_target),
    Action(
        "cultivation:track-main", "officer", "track.main", url=lambda world: reverse("cultivation:track-main", args=[_second_track(world)])
    ),
    Action(
        "cultivation:move-new",
        "officer",
        "decision.submitted",
        lambda world: {"to": "removed", "reason_code": "own_wish", "reason": "企业来函退出"},
    ),
    Action(
        "cultivation:gate-change",
        "city_clerk",
        "decision.submitted",
        lambda world: {"begins": "2027-01-01", "sprint-open_at_most": "2", "sprint-no_veto": "on", **REASON},
    ),
    Action("cultivation:quota-report", "auditor", "report.exported", status=(200,)),
    Action("policies:plan-new", "officer", "plan.made", _plan, url=_tried),
    Action("policies:plan-close", "officer", "plan.closed", lambda world: REASON),
    Action("policies:plan-step-done", "officer", "plan.step_done"),
    Action("policies:sheet-pdf", "officer", "report.exported", status=(200,)),
    Action("policies:year-end-pdf", "clerk", "report.exported", status=(200,)),
    *(
        Action(
            name,
            ADMINISTRATOR if name == "accounts:people-list" else "officer",
            "list.exported",
            lambda world: {"export": "csv"},
            status=(200,),
        )
        for name in _EXPORTS
    ),
)

# doors with a POST that have no action above, each with the reason
UNLOGGED = {
    "set-language": "changes a cookie, no row",
    "accounts:notification-list": "chooses columns of the own list only; cannot be exported",
    "accounts:notification-read": "marks an own notice as read, which concerns nobody else",
    "accounts:notification-read-all": "as above",
    "accounts:audit-verify": "reads only",
}


def _second_track(world: World) -> int:
    tracks = world.own.company.tracks.exclude(pk=world.own.track.pk)
    return int(tracks.get().pk)
