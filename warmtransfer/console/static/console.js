"use strict";
// What is new comes as server-sent events (streams.py); the server has made and escaped the HTML.
(() => {
  const page = document.querySelector("[data-now]");
  const byId = (id) => document.getElementById(id);
  let ahead = page ? Number(page.dataset.now) - Date.now() / 1000 : 0; // the server's clock before ours
  let pointed = null; // the row under the pointer, which does not move
  let heard = Date.now();
  let source = null, over = false;
  let owed = null; // what can be done by now, while somebody's hands are on what could be

  // Time that goes on -------------------------------------------------------------------------------
  const lasting = (seconds) => {
    const all = Math.max(0, Math.round(seconds));
    const two = (n) => String(n).padStart(2, "0");
    const hours = Math.floor(all / 3600), minutes = Math.floor(all / 60) % 60;
    return hours ? `${hours}:${two(minutes)}:${two(all % 60)}` : `${minutes}:${two(all % 60)}`;
  };
  const tick = () => {
    const now = Date.now() / 1000 + ahead;
    for (const each of document.querySelectorAll("time[data-since]")) {
      const text = lasting(now - Number(each.dataset.since));
      if (each.textContent !== text) each.textContent = text;
    }
  };

  // A part is made anew; what was unfolded stays so, and the keyboard stays where it was.
  const FOCUS = "a[href], button, summary, input, select, textarea, [tabindex]";
  const spots = (part, selector) => {
    const found = new Map(), count = {};
    for (const each of part.querySelectorAll(selector)) {
      const box = each.closest("[data-key]"), key = box && part.contains(box) ? box.dataset.key : "";
      count[key] = (count[key] || 0) + 1;
      found.set(`${key} ${count[key]}`, each);
    }
    return found;
  };
  const anew = (part, html) => {
    const here = [...spots(part, FOCUS)].find(([, each]) => each === document.activeElement);
    const open = [...spots(part, "details")].filter(([, each]) => each.open).map(([spot]) => spot);
    part.innerHTML = html;
    const folds = spots(part, "details");
    for (const spot of open) if (folds.has(spot)) folds.get(spot).open = true;
    const there = here && (spots(part, FOCUS).get(here[0]) || part.closest("[tabindex]"));
    if (there) there.focus({ preventScroll: true });
  };

  // The rows of what goes on now --------------------------------------------------------------------
  const place = (row, list) => {
    const after = [...list.children].find((each) => each !== row && each.dataset.order > row.dataset.order);
    if (row.parentElement !== list || row.nextElementSibling !== (after || null)) list.insertBefore(row, after || null);
  };
  const settle = () => {
    for (const row of document.querySelectorAll(".row")) {
      if (row === pointed) continue;
      if (row.dataset.gone) row.remove();
      else if (row.dataset.list) {
        const focused = row.contains(document.activeElement);
        place(row, byId(row.dataset.list));
        delete row.dataset.list;
        if (focused) row.querySelector("a").focus();
      }
    }
    byId("needs-box").classList.toggle("none", !byId("needs").children.length);
  };
  const tellRow = ({ id, order, needs, html }) => {
    let row = byId(`call-${id}`);
    const list = needs ? "needs" : "calm";
    const urgent = needs && (!row || row.parentElement.id !== "needs");
    if (!row) {
      row = document.createElement("li");
      row.id = `call-${id}`;
      row.className = "row fresh";
    }
    const focused = row.contains(document.activeElement);
    row.innerHTML = html;
    if (focused) row.querySelector("a").focus();
    delete row.dataset.gone;
    if (row.dataset.order !== order || !row.parentElement) {
      row.dataset.order = order;
      row.dataset.list = list;
      if (!row.parentElement) byId(list).append(row);
    } else if (row.parentElement.id !== list) row.dataset.list = list;
    const text = (name) => (row.querySelector(name) || { textContent: "" }).textContent;
    if (urgent) byId("said").textContent = `${text(".who")}: ${text(".why")}`;
  };
  // What can be done has changed: not under the hands of somebody who is about to do it; but what cannot be
  // done any more is off at once, and says why.
  const offer = () => {
    const acts = byId("acts");
    if (owed === null) return;
    const written = [...acts.querySelectorAll("textarea")].some((each) => each.value !== each.defaultValue);
    const asked = acts.querySelector("details[open]:not(.notnow)");
    if (!written && !asked && !acts.contains(document.activeElement) && !acts.matches(":hover")) {
      anew(acts, owed);
      owed = null;
      return;
    }
    const then = new DOMParser().parseFromString(owed, "text/html");
    for (const act of acts.querySelectorAll("[data-act]")) {
      const next = then.querySelector(`[data-act="${act.dataset.act}"]`), off = next && next.querySelector("[data-off]");
      const about = (form) => (form.querySelector("[name=attempt],[name=seen]") || { value: "" }).value;
      const some = act.querySelectorAll("[name=role]"), then_ = next ? next.querySelectorAll("[name=role]") : [];
      if (some.length && then_.length) some.forEach((each, n) => { if ("off" in then_[n].dataset) { each.disabled = true; each.dataset.off = ""; } });
      if (next && (!off || (some.length && then_.length)) && about(next) === about(act)) continue;
      for (const each of act.querySelectorAll("button")) { each.disabled = true; each.dataset.off = ""; }
      const why = off ? next.querySelector(".hint") : act.dataset.act === "handoff" && then.querySelector("#no-handoff");
      act.querySelector(".hint").textContent = why ? why.textContent : "The call has moved on.";
    }
  };
  const handlers = {
    here: (ids) => {
      const there = new Set(ids.map((id) => `call-${id}`));
      for (const row of document.querySelectorAll(".row")) if (!there.has(row.id)) row.dataset.gone = "1";
      settle();
    },
    row: (told) => { tellRow(told); settle(); },
    today: (html) => { anew(byId("today"), html); },
    // The parts of a call's page
    part: ({ id, html }) => {
      const part = byId(id), box = part.querySelector(".scroll");
      // Nothing is taken out of the hands of somebody who writes.
      if ([...part.querySelectorAll("input")].some((each) => each.value !== each.defaultValue)) return;
      const left = box && box.scrollLeft, end = box && left + box.clientWidth >= box.scrollWidth - 40;
      anew(part, html);
      if (box) part.querySelector(".scroll").scrollLeft = end ? 1e6 : left;
    },
    talk: (items) => {
      const talk = byId("talk");
      const end = talk.scrollTop + talk.clientHeight >= talk.scrollHeight - 60;
      for (const { key, html } of items) if (!byId(`i-${key}`)) talk.insertAdjacentHTML("beforeend", html);
      if (end) talk.scrollTop = talk.scrollHeight;
    },
    ear: (why) => { document.dispatchEvent(new CustomEvent("ear", { detail: why })); },
    acts: (html) => { owed = html; offer(); },
    gone: () => { location.reload(); },
    ended: () => { location.reload(); },
    over: () => { over = true; source.close(); lost("", "over"); },
    trouble: (text) => { lost(text); },
    beat: (now) => { ahead = now - Date.now() / 1000; },
  };

  // The line ----------------------------------------------------------------------------------------
  const lost = (text, word = "live") => {
    const bar = byId("stale"), live = byId("live");
    bar.hidden = !text;
    if (text && bar.textContent !== text) bar.textContent = text;
    live.textContent = text ? "not live" : word;
    live.classList.toggle("lost", Boolean(text));
    for (const each of document.querySelectorAll("main button:not([aria-pressed=true])")) each.disabled = Boolean(text) || "off" in each.dataset;
  };
  const listen = () => {
    source = new EventSource(page.dataset.news);
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, (event) => {
        heard = Date.now();
        if (name !== "trouble") lost("");
        handle(JSON.parse(event.data));
      });
    }
  };
  const watch = () => {
    if (over) return;
    if (source.readyState === EventSource.CLOSED) {
      // Refused: perhaps because this session is over.
      fetch(location.href, { redirect: "manual" }).then((got) => { if (got.type === "opaqueredirect") location.reload(); }, () => {});
      listen();
    }
    if (Date.now() - heard > 6000) {
      lost(`The connection is lost; what stands here is of ${new Date(heard).toLocaleTimeString()}. Trying again.`);
      if (Date.now() - heard > 20000) { source.close(); listen(); heard = Date.now() - 7000; }
    }
  };

  // A cookie of the host app's that is gone, in another tab perhaps, is known to the browser alone.
  const ask = () => {
    const head = document.querySelector("[data-still]");
    if (!head || document.hidden) return;
    fetch(head.dataset.still, { redirect: "manual" }).then((got) => {
      if (got.type === "opaqueredirect" || got.status === 401 || got.status === 403) location.reload();
    }, () => {});
  };

  // The host app's own part, which may be slow: the rest of the page does not wait for it.
  const fill = (part) => {
    const fail = (why) => {
      part.innerHTML = `<p class="muted">Your app’s part is not shown: ${why}.</p><button type="button">Ask again</button>`;
      part.querySelector("button").addEventListener("click", () => fill(part));
    };
    const wait = Number(part.dataset.wait);
    fetch(part.dataset.panel, { signal: AbortSignal.timeout(wait), redirect: "manual" })
      .then((got) => (got.ok ? got.text() : Promise.reject(new Error())))
      .then((html) => { part.hidden = !html; part.innerHTML = html; })
      .catch((fault) => fail(fault.name === "TimeoutError" ? `it did not come within ${wait / 1000} s` : "it could not be had"));
  };

  if (!page) return;
  if (byId("panel")) fill(byId("panel"));
  setInterval(tick, 1000);
  const talk = byId("talk"), lanes = document.querySelector("#lanes .scroll");
  if (talk && page.dataset.news) talk.scrollTop = talk.scrollHeight;
  // What was done is said once, and not again when the page is loaded again.
  const at = page.dataset.at || location.pathname;
  if (/[?&](done|late)=/.test(location.search) || at !== location.pathname) history.replaceState(null, "", at);
  if (lanes && page.dataset.news) lanes.scrollLeft = lanes.scrollWidth;
  if (!page.dataset.news) return;
  const rowOf = (event) => (event.target.closest ? event.target.closest(".row") : null);
  document.addEventListener("pointerover", (event) => { pointed = rowOf(event); });
  document.addEventListener("pointerout", (event) => { if (rowOf(event) === pointed) { pointed = null; if (byId("needs")) settle(); } });
  setInterval(() => { watch(); if (byId("acts")) offer(); }, 1000);
  document.addEventListener("keydown", (event) => {
    const asked = event.key === "Escape" && event.target.closest && event.target.closest(".act details[open]");
    if (asked) { asked.open = false; asked.querySelector("summary").focus(); }
  });
  setInterval(ask, 10000);
  document.addEventListener("visibilitychange", ask);
  listen();
})();
