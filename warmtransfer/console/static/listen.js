"use strict";
// A call is heard in its page: the button, its words, and the line on which the sound comes (console/listening.py).
(() => {
  const box = document.getElementById("ear");
  if (!box) return;
  const form = box.querySelector("form"), button = form.querySelector("button");
  const state = box.querySelector(".state"), levels = box.querySelector(".levels");
  const meters = [...box.querySelectorAll("meter")];
  const IDLE = "Caller and AI, in this page; neither of them notices.";
  const QUIET = 2000;     // milliseconds without a piece after which it is not heard any more
  const AGAIN = [500, 1000, 2000, 4000];  // before the line is asked for anew
  let why = box.dataset.why;
  let on = false, context = null, ear = null, line = null;
  let came = 0, tries = 0, later = 0;

  const say = (text) => { if (state.textContent !== text) state.textContent = text; };
  const show = () => {
    button.textContent = on ? "Stop" : "Listen";
    button.setAttribute("aria-pressed", String(on));
    const off = Boolean(why) && !on;
    if (off) button.dataset.off = ""; else delete button.dataset.off;
    button.disabled = !on && (off || document.getElementById("live").classList.contains("lost"));
    box.dataset.state = on ? (Date.now() - came < QUIET ? "listening" : "connecting") : "off";
    levels.hidden = !on;
    if (on) say(box.dataset.state === "listening" ? "Listening: you hear caller and AI; nobody hears you." : "Connecting …");
    else if (why || state.dataset.why) say(why || IDLE);
    state.dataset.why = on ? "" : why;
  };

  // The sound ---------------------------------------------------------------------------------------
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const sound = async () => {
    if (context) return context.resume();
    if (!window.AudioContext || !("audioWorklet" in AudioContext.prototype)) {
      throw new Error("This browser plays no sound here: that takes https.");
    }
    context = new AudioContext({ sampleRate: 8000, latencyHint: "interactive" });
    await context.audioWorklet.addModule(box.dataset.worklet);
    ear = new AudioWorkletNode(context, "ear", { numberOfInputs: 0, outputChannelCount: [1] });
    ear.port.onmessage = ({ data }) => { meters[0].value = data.caller; meters[1].value = data.ai; };
    ear.connect(context.destination);
  };

  // The line ----------------------------------------------------------------------------------------
  const open = async () => {
    clearTimeout(later);
    const got = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    if (!on) return;
    if (got.status === 401 || got.redirected) return location.reload();
    if (got.status === 409) return stop((await got.json()).why);
    if (!got.ok) throw new Error(String(got.status));
    const there = new URL((await got.json()).sound, location.href);
    there.protocol = there.protocol.replace("http", "ws");
    if (!on) return;
    const mine = line = new WebSocket(there);
    mine.onmessage = ({ data }) => {
      if (line !== mine) return;
      if (data === "?") return mine.send("here");
      came = Date.now();
      tries = 0;
      ear.port.postMessage(data.split(" ").map(bytes));
      show();
    };
    mine.onclose = () => { if (line === mine) { line = null; retry(); } };
  };
  const retry = () => {
    if (!on) return;
    if (tries >= AGAIN.length) return stop("The sound does not come: this page is not connected to the call. Try again.");
    clearTimeout(later);
    later = setTimeout(() => open().catch(retry), AGAIN[tries]);
    tries += 1;
  };
  const start = async () => {
    on = true;
    came = tries = 0;
    show();
    try {
      await sound();
    } catch (fault) {
      return stop(fault.message);
    }
    open().catch(retry);
  };
  const stop = (text) => {
    on = false;
    clearTimeout(later);
    const gone = line;
    line = null;
    if (gone) gone.close();
    if (context) { context.close(); context = ear = null; }
    show();
    say(text || why || IDLE);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (on) stop(""); else start();
  });
  setInterval(() => { if (on) show(); }, 500);
  // What the call has come to (console.js). What is on its way to the ear is heard to its end.
  document.addEventListener("ear", ({ detail }) => {
    why = detail;
    if (on && why) setTimeout(() => { if (on && why) stop(why); }, 1000); else show();
  });
  // Something is done about the call meanwhile: the page stays, and with it the sound.
  document.getElementById("acts").addEventListener("submit", async (event) => {
    if (!on) return;
    event.preventDefault();
    const asked = event.target, given = new FormData(asked, event.submitter);
    const got = await fetch(asked.action, { method: "POST", body: given }).catch(() => null);
    if (!got) return;
    const page = new DOMParser().parseFromString(await got.text(), "text/html");
    const parts = got.ok || got.status === 409 ? ["notices", "acts"].filter((id) => page.getElementById(id)) : [];
    for (const id of parts) document.getElementById(id).innerHTML = page.getElementById(id).innerHTML;
    if (parts.length) return;
    const fault = document.createElement("p");
    fault.className = "card fault";
    fault.role = "alert";
    fault.textContent = page.querySelector("main").innerText.trim();
    document.getElementById("notices").replaceChildren(fault);
  });
  show();
})();
