"""How many statements each page may send: one line per address a person can open, with the reason where it is more than the usual.

The usual: 8 for a list, 12 for everything else. A download is logged, which locks the head of the log and adds an entry. An approver's
menu also counts the decisions that wait, so that every page with a frame costs them one more.
"""

LIST, PAGE, LOGGED = 8, 12, 12
COUNTED_IN_THE_MENU = {"city": 1}

BUDGETS: dict[str, int] = {
    # own account
    "accounts:settings": PAGE,
    "accounts:password-change": PAGE,
    "accounts:notification-list": LIST,
    "accounts:job-detail": PAGE,
    "accounts:job-file": LOGGED,
    # accounts of others
    "accounts:office-list": PAGE,
    "accounts:people-list": LIST,
    "accounts:person-create": PAGE,
    "accounts:person-detail": PAGE,
    "accounts:person-change": PAGE,
    "accounts:person-deactivate": PAGE,
    "accounts:person-activate": PAGE,
    "accounts:person-password": PAGE,
    "accounts:person-unlock": PAGE,
    "accounts:person-sessions-end": PAGE,
    # the log
    "accounts:audit-list": LIST,
    "accounts:audit-detail": PAGE,
    # decisions
    "accounts:decision-list": LIST,
    # who may sign sees what changed since: the whole sheet and its digest are worked out anew, as signing will
    "accounts:decision-detail": 18,
    # the register
    "companies:company-list": LIST,
    "companies:company-search": 3,
    "companies:company-new": PAGE,
    # the gap sheet reads four kinds of facts, the standards and the windows beside the panels of the firm
    "companies:company-detail": 15,
    "companies:company-history": PAGE,
    "companies:company-audit": PAGE,
    "companies:company-figures": PAGE,
    "companies:figures-new": PAGE,
    "companies:incident-new": PAGE,
    "companies:incident-end": PAGE,
    "companies:company-evidence": PAGE,
    "companies:evidence-new": PAGE,
    "companies:evidence-download": LOGGED,
    # imports
    "companies:import-list": LIST,
    "companies:import-new": PAGE,
    "companies:import-template": PAGE,
    "companies:import-detail": PAGE,
    "companies:import-progress": PAGE,
    "companies:import-row-list": LIST,
    "companies:import-refused": LOGGED,
    "companies:import-file": LOGGED,
    "companies:import-official-list": PAGE,
    # recognitions
    "companies:recognition-list": LIST,
    "companies:recognition-new": PAGE,
    "companies:recognition-detail": PAGE,
    "companies:recognition-revoke": PAGE,
    # standards
    "policies:standard-list": PAGE,
    "policies:standard-detail": PAGE,
    "policies:standard-compare": PAGE,
    "policies:standard-draft-list": PAGE,
    "policies:standard-draft-new": PAGE,
    "policies:standard-draft-detail": PAGE,
    "policies:standard-draft-change": PAGE,
    "policies:standard-try": PAGE,
    "policies:standard-trial": PAGE,
    "policies:standard-trial-firms": LIST,
    # the sheet's facts, standards and windows, and every judgement of the firm
    "policies:sheet": 14,
    "policies:judgement-make": PAGE,
    # the same facts, standards and windows
    "policies:year-end": PAGE,
    # the facts, standards and windows, whether the officer keeps the firm, and its plans
    "policies:what-if": 14,
    "policies:plan-new": PAGE,
    "policies:plan-detail": 14,
    # firms near each title are counted above the list
    "policies:near-miss-list": LIST + 2,
    "policies:year-end-list": LIST,
    # cultivation
    # an approver's page lists what waits, what was decided and how long it took
    "cultivation:workbench": 13,
    "cultivation:track-list": LIST,
    # the sheet and the gate of the move, and the batches and papers to choose from
    "cultivation:move-new": 20,
    "cultivation:gate-list": PAGE,
    "cultivation:gate-detail": PAGE,
    "cultivation:gate-change": PAGE,
    "cultivation:quota-overview": PAGE,
    # the firm's own side
    "portal:home": PAGE,
}

_ALL_COLUMNS = "name,uscc,district,town,park,industry,size,is_above_scale,founded_on,titles,track,open,officer"

# more ways to open a page that cost something of their own: address name → query → budget
MORE: dict[str, dict[str, int]] = {
    # the word index is asked first; the titles held are a column more
    "companies:company-list": {"q=gongsi&per_page=200": LIST + 1, f"cols={_ALL_COLUMNS}&per_page=200": LIST + 1},
    "companies:company-search": {"q=gongsi": 3},
    "companies:company-figures": {"cell=2025,revenue": PAGE},
    "cultivation:track-list": {"q=公司&per_page=200": LIST, "waiting=1&per_page=200": LIST},
    # of a chosen title: per district what most of them lack, by the words of its standard
    "policies:near-miss-list": {
        "title=single_champion&per_page=200": LIST + 5,
        "title=single_champion&criterion=C-4&fact=main_revenue&officer=me&per_page=200": LIST + 5,
    },
    "policies:what-if": {"year=2027&revenue.2025.audit=15000": 14},
    "policies:year-end-list": {"title=single_champion&state=reachable&officer=me&per_page=200": LIST + 1},
    # an opened figure names its title and district, and counts and lists its firms
    "cultivation:quota-overview": {
        "year=2026&cell=330602,little_giant&figure=achieved": PAGE + 4,
        "year=2026&cell=330602,little_giant&figure=sprint": PAGE + 4,
        "year=2026&figure=late": PAGE + 1,
    },
}
