"""What axe finds wrong with a page that is open in a browser, by levels A and AA of WCAG 2.0 to 2.2.

The driver evaluates axe in the page: no policy of the page's is loosened or passed by for it.
"""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT

SCHEMES = ("light", "dark")
LEVELS = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
#: What another scheme can change of a page that was looked at in the first.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
FOUND = """async (rules) => {
  const found = await axe.run({ runOnly: rules, resultTypes: ["violations"] });
  return found.violations.flatMap((each) => each.nodes.map((node) =>
    `${each.id}: ${node.target.join(" ")}: ${node.any.concat(node.all, node.none).map((one) => one.message).join("; ")}`));
}"""  # noqa: E501


def violations(page: Any, scheme: str = SCHEMES[0]) -> list[str]:
    """Each as its rule, its place and what is wrong there."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return list(page.evaluate(FOUND, LEVELS if scheme == SCHEMES[0] else COLOURS))
