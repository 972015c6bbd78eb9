"""What a person meets in a browser: console and network errors, axe, words left in the other language, sideways scroll, small targets."""

from collections.abc import Iterable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

# the answer itself is judged by its status
_OF_AN_ANSWER = "Failed to load resource"
# navigation that became a download, or a request that a newer one replaced
_GIVEN_UP = "net::ERR_ABORTED"
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}, "resultTypes": ["violations"]}
LEAST_TARGET = 24  # px, WCAG 2.2 2.5.8

_SIDEWAYS = """() => {
  const root = document.documentElement, over = root.scrollWidth - root.clientWidth;
  if (over <= 0) return [];
  const scrolls = (one) => one && one !== document.body && (getComputedStyle(one).overflowX !== "visible" || scrolls(one.parentElement));
  return [...document.body.querySelectorAll("*")]
    .filter((one) => one.getBoundingClientRect().right > root.clientWidth + 0.5 && !scrolls(one.parentElement))
    .map((one) => [one, `${one.tagName.toLowerCase()}.${one.className} reaches ${Math.round(one.getBoundingClientRect().right)} px`])
    .map(([one, place]) => `${place}: ${one.textContent.trim().slice(0, 40)}`)
    .concat(`${over} px wider than the window`).slice(0, 6);
}"""
# links within a line of text are exempt, and so is a box whose own label can be pressed instead
_TARGETS = """(least) => {
  const isLarge = (one) => { const { width, height } = one.getBoundingClientRect(); return width >= least - 0.5 && height >= least - 0.5; };
  return [...document.querySelectorAll("a[href],button,input:not([type=hidden]),select,textarea,summary")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && getComputedStyle(one).display !== "inline")
    .filter((one) => !one.matches(".skip-link") && ![one, ...(one.labels ?? [])].some(isLarge))
    .map((one) => [one.getBoundingClientRect(), one.outerHTML.slice(0, 120)])
    .map(([box, html]) => `${Math.round(box.width)}×${Math.round(box.height)} px: ${html}`);
}"""
# everything a person can read or hear, but what says by itself that it is in another language
_TEXTS = """(apart) => {
  const own = (one) => !one.closest(`[lang]:not([lang="${document.documentElement.lang}"])`) && !one.closest(`script,style,${apart}`);
  const texts = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (own(walker.currentNode.parentElement)) texts.push(walker.currentNode.data);
  for (const name of ["aria-label", "title", "placeholder", "alt", "data-l", "data-offline", "data-failed", "data-copied", "data-leave"])
    for (const one of document.querySelectorAll(`[${name}]`)) if (own(one)) texts.push(one.getAttribute(name));
  return [...new Set(texts.map((text) => text.replace(/\\s+/g, " ").trim()))].filter(Boolean);
}"""
# what a page is made of between its head and its foot, without its words: what is made of the same has the same violations
_PARTS = """() => {
  const shape = (one) => `${one.tagName}.${one.getAttribute("class") ?? ""}[${[...one.attributes].map((a) => a.name).sort()}]`;
  const pairs = [...document.querySelectorAll("main, main *")].map((one) => `${shape(one.parentElement)}>${shape(one)}`);
  return [...new Set(pairs)];
}"""


class Expected:
    """Answers of 400 and more that belong to a test: (status, beginning of the address) → how often it came."""

    def __init__(self) -> None:
        self._times: dict[tuple[int, str], int] = {}

    def add(self, status: int, path: str) -> None:
        """Name one."""
        self._times[status, path] = 0

    def met(self, status: int, path: str) -> bool:
        """Whether an answer was named; it counts as come."""
        for one in self._times:
            if one[0] == status and path.startswith(one[1]):
                self._times[one] += 1
                return True
        return False

    def in_vain(self) -> list[str]:
        """What was named and never came."""
        return [f"no {status} came from {path}" for (status, path), times in self._times.items() if not times]


class Watch:
    """Everything that goes wrong in a browser context, one line each in `problems`, in the order it came."""

    def __init__(self, context: BrowserContext, site: str, expected: Expected) -> None:
        self.site, self.expected = site, expected
        self.problems: list[str] = []
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"script error: {error.error}"))
        context.on("request", self._request)
        context.on("requestfailed", self._failed)
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(_OF_AN_ANSWER):
            self.problems.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.site}/", "data:", "blob:", "about:")):
            self.problems.append(f"another host was asked: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure != _GIVEN_UP:
            self.problems.append(f"{request.method} {request.url}: {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status < 400:
            return
        path = response.url.removeprefix(self.site)
        if not self.expected.met(response.status, path):
            self.problems.append(f"{response.request.method} {path}: {response.status}")


def axe(page: Page) -> list[str]:
    """Violations of WCAG 2.2 AA on the page as it stands: rule, the place, what is wrong."""
    page.evaluate("scrollTo(0, 0)")  # what has slid half under the bar on top is not small
    found = Axe().run(page, options=WCAG).response["violations"]
    return [
        f"{violation['id']}: {node['target']} {node['html'][:160]} {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"]
    ]


def sideways(page: Page, widths: Iterable[int] = (390, 320)) -> list[str]:
    """What makes the page scroll sideways at each width; the window keeps the last one."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 844})
        found += [f"at {width} px: {line}" for line in page.evaluate(_SIDEWAYS)]
    return found


def small_targets(page: Page) -> list[str]:
    """Whatever can be pressed and is smaller than 24 × 24 px."""
    return list(page.evaluate(_TARGETS, LEAST_TARGET))


def texts(page: Page, *, apart: str = "template") -> list[str]:
    """Each text of the page once: title, text nodes, and what attributes say to the eye or the ear; not what lies `apart` (a selector)."""
    return list(page.evaluate(_TEXTS, apart))


def parts(page: Page) -> set[str]:
    """The kinds of elements of a page's own part, each within its parent, with their classes and the names of their attributes."""
    return set(page.evaluate(_PARTS))
