// What is checked of every page in the browser tests: `contrast` and `names`, each a list of faults.
window.checks = {
  // Every text that can be read stands out from what is behind it (WCAG 2.2, 1.4.3).
  contrast: () => {
    const linear = (v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    const light = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
    const read = (text) => (text.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number);
    const behind = (each) => {
      for (let e = each; e; e = e.parentElement) {
        const colour = read(getComputedStyle(e).backgroundColor);
        if (colour.length < 4 || colour[3] > 0.99) return colour;
      }
      return [255, 255, 255];
    };
    const faint = [];
    for (const each of document.querySelectorAll("body *")) {
      const own = [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
      if (!own || each.closest("svg, .unseen, .skip, [disabled], [hidden]") || !each.getClientRects().length) continue;
      const pair = [light(read(getComputedStyle(each).color)), light(behind(each))].sort((x, y) => y - x);
      if ((pair[0] + 0.05) / (pair[1] + 0.05) < 4.5) faint.push(`faint: ${each.className} ${each.textContent.trim().slice(0, 40)}`);
    }
    return faint;
  },
  // What a screen reader, or a keyboard, would miss.
  names: () => {
    const missing = [];
    const miss = (selector, wrong) => {
      for (const each of document.querySelectorAll(selector)) if (wrong(each)) missing.push(`no name: ${each.outerHTML.slice(0, 80)}`);
    };
    const name = (e) => (e.getAttribute("aria-label") || e.title || e.textContent || "").trim();
    miss("a, button, summary", (each) => !name(each));
    miss("input:not([type=hidden]), select, textarea", (each) => !each.labels.length);
    miss("img", (each) => !each.hasAttribute("alt"));
    miss("svg:not([aria-hidden])", (each) => each.getAttribute("role") !== "img" || !each.getAttribute("aria-label"));
    miss("[aria-labelledby]", (each) => !document.getElementById(each.getAttribute("aria-labelledby")));
    miss("[id]", (each) => document.querySelectorAll(`#${CSS.escape(each.id)}`).length !== 1);
    if (document.querySelectorAll("h1").length !== 1) missing.push("not one h1");
    if (!document.documentElement.lang || !document.title || !document.querySelector("main")) missing.push("no language, title or main");
    return missing;
  },
};
