"""What of a page reaches those who do not see it well: names of what has the focus, headings, and contrast."""

from __future__ import annotations

from itertools import pairwise

from playwright.sync_api import Page

MOST = 200  # things that Tab leads to
FAINT = """() => {  // texts whose contrast with what they stand on is below 4.5
  const parts = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = c => c.slice(0, 3).map(x => x / 255).map(x => x <= .04045 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4)
    .reduce((sum, x, i) => sum + x * [.2126, .7152, .0722][i], 0);
  const ground = e => { for (; e; e = e.parentElement) {
    const c = parts(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > .99) return c;
  } return [255, 255, 255]; };
  const own = e => e.matches("input, select, textarea")
    || [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
  const read = e => own(e) && e.checkVisibility() && !e.closest("svg, script, style, noscript, option, .disabled");
  return [...document.querySelectorAll("body *")].filter(e => read(e) && !e.disabled).filter(e => {
    const [a, b] = [light(parts(getComputedStyle(e).color)), light(ground(e))];
    return (Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 4.5;
  }).map(e => `${e.id} ${e.className}: ${e.textContent.trim().slice(0, 40)}`);
}"""
UNMARKED = """() => {  // whether nobody sees that what has the focus has it
  const e = document.activeElement, s = getComputedStyle(e);
  const near = e.nextElementSibling && e.matches("input[type=radio]") ? getComputedStyle(e.nextElementSibling) : s;
  const marks = [s.outlineStyle, near.outlineStyle].some(x => x !== "none") || s.boxShadow.includes("5px");
  return !marks && e.closest(".q-field--focused") === null;
}"""


def faint(page: Page) -> list[str]:
    """Return the texts that are hard to read."""
    found: list[str] = page.evaluate(FAINT)
    return found


def reached(page: Page) -> list[tuple[str, str]]:
    """Return role and name of all that Tab leads to, as a screen reader has them; each is marked while it is there."""
    asked = page.context.new_cdp_session(page)
    found: list[tuple[str, str]] = []
    page.evaluate("document.activeElement.blur(); window.reached = new Set([document.body])")
    for _ in range(MOST):
        page.keyboard.press("Tab")
        if page.evaluate("reached.size === reached.add(document.activeElement).size"):
            break
        it = asked.send("Runtime.evaluate", {"expression": "document.activeElement"})["result"]["objectId"]
        tree = asked.send("Accessibility.getPartialAXTree", {"objectId": it, "fetchRelatives": False})
        role, name = (tree["nodes"][0].get(key, {}).get("value", "") for key in ("role", "name"))
        assert not page.evaluate(UNMARKED), f"nobody sees that {role} {name!r} has the focus"
        found.append((role, name.strip()))
    asked.detach()
    return found


def check(*pages: Page) -> None:
    """See that pages are read in both colour schemes, that what has the focus has a name, and headings their order."""
    for page in pages:
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            assert faint(page) == [], scheme
        assert [each for each in reached(page) if not each[1]] == []
        assert headings(page)


def headings(page: Page) -> list[tuple[int, str]]:
    """Return level and words of the headings that are there: one of the first level, and none left out below it."""
    asked = page.context.new_cdp_session(page)
    nodes = asked.send("Accessibility.getFullAXTree")["nodes"]
    asked.detach()
    found = []
    for node in nodes:
        if not node.get("ignored") and node["role"]["value"] == "heading":
            level = next(int(p["value"]["value"]) for p in node["properties"] if p["name"] == "level")
            found.append((level, str(node["name"]["value"])))
    levels = [level for level, _ in found]
    assert levels[0] == 1 == levels.count(1) and all(b <= a + 1 for a, b in pairwise(levels)), found
    return found
