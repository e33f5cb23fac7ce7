"use strict";
// Pages whose figures have no line of their own ask for themselves again, and say how old they are when they cannot.
(() => {
  const part = document.querySelector("[data-fresh]");
  const every = Number(part.dataset.fresh) * 1000;
  const live = document.getElementById("live"), bar = document.getElementById("stale");
  let heard = Date.now(), failed = 0;

  const say = (text) => {
    bar.hidden = !text;
    if (bar.textContent !== text) bar.textContent = text;
    live.textContent = text ? "not live" : "live";
    live.classList.toggle("lost", Boolean(text));
    for (const each of part.querySelectorAll("button")) each.disabled = Boolean(text);
  };
  // Times go on by themselves: they are no news.
  const told = (element) => {
    const copy = element.cloneNode(true);
    for (const each of copy.querySelectorAll("time[data-since]")) each.textContent = "";
    for (const each of copy.querySelectorAll("button")) each.disabled = false;
    return copy.innerHTML;
  };
  // Nothing is changed under the finger, nor in the hands of somebody who copies or writes.
  const held = () => part.querySelector("button:hover, a:hover, button:focus-visible, a:focus-visible, input:focus");
  const sideways = () => [...part.querySelectorAll(".scroll")];
  const show = (next) => {
    const left = sideways().map((each) => each.scrollLeft);
    part.innerHTML = next.innerHTML;
    sideways().forEach((each, n) => { each.scrollLeft = left[n]; });
  };
  const ask = async () => {
    if (document.hidden) return;
    try {
      const got = await fetch(location.href, { redirect: "manual", signal: AbortSignal.timeout(every + 5000) });
      if (got.type === "opaqueredirect" || got.status === 403) { location.reload(); return; }
      if (!got.ok) throw new Error(got.statusText);
      const next = new DOMParser().parseFromString(await got.text(), "text/html").getElementById(part.id);
      heard = Date.now();
      failed = 0;
      say("");
      if (!held() && told(next) !== told(part)) show(next);
    } catch {
      failed += 1;
      if (failed > 1) { // once may be a hiccup
        say(`The connection is lost; what stands here is of ${new Date(heard).toLocaleTimeString()}. Trying again.`);
      }
    }
  };
  const again = () => ask().finally(() => setTimeout(again, every));
  setTimeout(again, every);
  document.addEventListener("visibilitychange", ask);
  // The newest is at the right.
  for (const each of sideways()) each.scrollLeft = each.scrollWidth;
})();
