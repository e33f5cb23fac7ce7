// One telephone: its socket, its screen, its buttons.

import { decode, level } from "/phones/assets/sound.js";

const SECONDS = 20, PER_SECOND = 10, FRAMES = 5; // of the line that shows what is heard
const KEYS = "123456789*0#";
const ENDED = {
  you: "You hung up.", they: "The other side hung up.", missed: "It stopped ringing.", declined: "Declined.",
  mailbox: "The mailbox took a call.", completed: "The call is over.", busy: "Engaged.",
  failed: "The call could not be connected.", "no-answer": "Nobody answered.", canceled: "The call was given up.",
};
const BUTTONS = { idle: ["call"], calling: ["hang up"], ringing: ["answer", "decline"], talking: ["hang up"], mailbox: [] };

// dBFS as 0 to 1: what is fainter than -60 is nothing.
const height = (loud) => Math.max(0, Math.min(1, (loud + 60) / 50));

export class Telephone {
  constructor(page, person, template) {
    Object.assign(this, { page, person });
    this.state = { at: "lost", why: "", seconds: 0, behaviour: "answer" };
    this.heard = new Array(SECONDS * PER_SECOND).fill(0);
    this.loudest = -96;
    this.frames = 0;
    this.element = template.content.cloneNode(true).querySelector("article");
    this.find = (selector) => this.element.querySelector(selector);
    this.build();
    this.connect();
  }

  build() {
    const { person, element } = this;
    element.id = `telephone-${person.name.toLowerCase()}`;
    element.setAttribute("aria-label", `${person.name}’s telephone`);
    this.find("h2").textContent = person.name;
    this.find(".number").textContent = person.number;
    this.find(".behaviour").hidden = person.calls;
    for (const button of element.querySelectorAll("[data-do]")) {
      button.addEventListener("click", () => this.do(button.dataset.do));
    }
    for (const key of KEYS) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", textContent: key });
      button.setAttribute("aria-label", { "*": "star", "#": "hash" }[key] ?? key);
      button.addEventListener("click", () => this.press(key));
      this.find(".keypad").append(button);
    }
    this.find("input").placeholder = person.calls ? "A person, please" : `Hello, this is ${person.name}.`;
    if (person.calls) this.find("input").setAttribute("list", "sentences");
    this.find(".take").addEventListener("click", () => this.page.hold(this));
    this.find("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.type(this.find("input"));
    });
    this.find("select").addEventListener("change", ({ target }) => this.send({ do: "behave", as: target.value }));
    element.addEventListener("keydown", (event) => this.typed(event));
    this.links();
  }

  links() {
    const { page, person } = this;
    this.find(".alone").href = `/phones/${person.number}`;
    this.find(".elsewhere").hidden = page.alone;
    const device = this.find(".device");
    const about = document.createElement("p");
    if (!page.about.elsewhere) {
      about.textContent = page.about.how;
      device.append(about);
      return;
    }
    const code = new Image(168, 168);
    code.loading = "lazy";
    code.src = `/phones/${person.number}/code.svg`;
    code.alt = `QR code: ${person.name}’s telephone on another device`;
    about.textContent = page.about.elsewhere.startsWith("https:")
      ? "Scan it with a device on the same network. Its browser does not know this machine’s certificate and warns: go on."
      : "Scan it with a device on the same network. Without https its browser gives no microphone: there you hear, and type.";
    device.append(code, about);
  }

  connect() {
    const address = new URL(`/phones/${this.person.number}/line`, location);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(address);
    this.socket.binaryType = "arraybuffer";
    this.socket.onmessage = ({ data }) => typeof data === "string" ? this.told(JSON.parse(data)) : this.hear(data);
    this.socket.onclose = ({ code }) => {
      const taken = code === 1008;
      this.elsewhere = taken && /^Another page/.test(this.why ?? "");
      if (taken) this.page.trouble(""); // the telephone itself says why
      this.become({ ...this.state, at: taken ? "taken" : "lost" });
      if (!taken) setTimeout(() => this.connect(), 1000);
    };
  }

  // Who holds telephones elsewhere, as the network says; null where it says nothing. One that was taken comes
  // back by itself once the page that took it is gone.
  others(held) {
    if (!this.elsewhere) return;
    const at = held ? "taken" : "lost";
    if (held && !held.includes(this.person.number)) {
      this.elsewhere = false;
      this.connect();
    } else if (this.state.at !== at) this.become({ ...this.state, at });
  }

  send(what) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(what));
  }

  do(what) {
    if (what === "call" && this.state.at === "taken") {
      this.elsewhere = false;
      this.connect();
      return;
    }
    if (what === "call" || what === "answer") {
      this.page.hold(this);
      this.page.audio.start();
    }
    this.send(what === "call" ? { do: "call", to: "" } : { do: what });
  }

  press(key) {
    if (this.state.at !== "talking") return;
    this.page.audio.key(key);
    this.send({ do: "press", keys: key });
  }

  type(field) {
    const text = field.value.trim();
    if (!text || !["talking", "calling"].includes(this.state.at)) return;
    if (!/[\p{L}\p{N}]/u.test(text)) {
      this.find(".said").textContent = "Nothing was said: there is no word in it.";
      return;
    }
    this.send({ do: "say", text });
    this.find(".said").textContent = `Said: ${text}`;
    field.value = "";
  }

  // Keys of the keyboard, where nobody is typing words.
  typed(event) {
    const busy = event.target.matches("input, select") || event.ctrlKey || event.metaKey || event.altKey;
    if (!busy && KEYS.includes(event.key)) this.press(event.key);
  }

  speak(bytes) {
    if (this.state.at === "talking" && this.socket.bufferedAmount < 8000) this.socket.send(bytes);
  }

  hear(data) {
    const bytes = new Uint8Array(data);
    this.loudest = Math.max(this.loudest, level(decode(bytes)));
    if (++this.frames >= FRAMES) this.step();
    if (this.page.held === this) this.page.audio.play(bytes);
  }

  // One more point of the line; the page asks for one too where no frame has come.
  step() {
    this.heard.push(height(this.loudest));
    this.heard.shift();
    this.loudest = -96;
    this.frames = 0;
    this.stepped = true;
  }

  tick() {
    if (!this.stepped) this.step();
    this.stepped = false;
    this.draw();
    const { at, seconds } = this.state;
    const passed = Math.floor(seconds + (performance.now() - this.toldAt) / 1000);
    this.find(".time").textContent = at === "talking" || at === "mailbox"
      ? `${Math.floor(passed / 60)}:${String(passed % 60).padStart(2, "0")}` : "";
  }

  draw() {
    const canvas = this.find(".hears");
    const scale = window.devicePixelRatio || 1;
    const [width, tall] = [canvas.clientWidth * scale, canvas.clientHeight * scale];
    if (!width) return;
    if (canvas.width !== width || canvas.height !== tall) Object.assign(canvas, { width, height: tall });
    const pen = canvas.getContext("2d");
    pen.clearRect(0, 0, width, tall);
    pen.strokeStyle = getComputedStyle(canvas).color;
    pen.lineWidth = 1.5 * scale;
    pen.beginPath();
    this.heard.forEach((value, index) => {
      const x = (index / (this.heard.length - 1)) * width;
      const y = tall - scale - value * (tall - 2 * scale);
      index ? pen.lineTo(x, y) : pen.moveTo(x, y);
    });
    pen.stroke();
  }

  meter(loud) {
    const value = Math.round(height(loud) * 100);
    const meter = this.find(".microphone");
    meter.setAttribute("aria-valuenow", value);
    meter.firstElementChild.style.width = `${value}%`;
  }

  told(message) {
    if (message.state) {
      this.toldAt = performance.now();
      this.become(message.state);
    } else if (message.texts) {
      this.read(message.texts);
    } else if (message.error) {
      this.why = `${message.error[0].toUpperCase()}${message.error.slice(1)}.`;
      this.page.trouble(`${this.person.name}: ${message.error}`);
    }
  }

  // Text messages; what begins with http is a link, as on any telephone. The first leads to where its host really is.
  read(texts) {
    const list = this.find(".texts");
    list.hidden = false;
    list.replaceChildren(...texts.map(({ from, body, at }) => {
      let place = at;
      const item = document.createElement("li"), by = document.createElement("b");
      by.textContent = this.page.name(from);
      item.append(by, ": ");
      for (const part of body.split(/(https?:\/\/\S+)/)) {
        if (!/^https?:/.test(part)) { item.append(part); continue; }
        const link = document.createElement("a");
        Object.assign(link, { href: place || part, textContent: part, target: "_blank", rel: "noopener noreferrer" });
        item.append(link);
        place = "";
      }
      return item;
    }));
  }

  become(state) {
    const before = this.state.at;
    this.state = state;
    if (before !== state.at && state.at !== "talking") this.find(".said").textContent = "";
    this.show();
    this.page.changed(this);
  }

  words() {
    const { at, why } = this.state;
    const other = this.page.name(this.state.with);
    switch (at) {
      case "calling": return `Calling ${other} …`;
      case "ringing": return `Ringing: ${other} calls`;
      case "talking": return "In a call";
      case "mailbox": return "The mailbox is answering";
      case "taken": return this.why ?? "Another page has this telephone.";
      case "lost": return "No connection to the phone network; trying again …";
    }
    if (this.person.calls && this.page.app.starting) return this.page.app.says;
    return ENDED[why] ?? (this.person.calls ? `Ready to call ${this.page.shop}` : "Waiting for a call");
  }

  show() {
    const { at, behaviour } = this.state;
    const active = this.element.contains(document.activeElement) ? document.activeElement : null;
    this.element.dataset.at = at;
    this.find(".state").textContent = this.words();
    const resting = this.person.calls ? "call" : "answer"; // what is there, and of no use yet
    const shown = at === "taken" ? ["call"] : at === "idle" && !this.person.calls ? [] : BUTTONS[at] ?? [];
    for (const button of this.element.querySelectorAll("[data-do]")) {
      const use = shown.includes(button.dataset.do);
      button.hidden = !use && (shown.length > 0 || button.dataset.do !== resting);
      button.disabled = !use || (at === "idle" && this.page.app.starting);
    }
    this.find("[data-do=call]").textContent = at === "taken" ? "Use it here" : "Call";
    const held = this.page.held === this && !this.page.alone;
    this.find(".take").hidden = held || this.page.alone || at !== "talking";
    this.find(".held").hidden = !held;
    this.element.classList.toggle("in-hand", held);
    for (const part of this.element.querySelectorAll(".keypad button")) part.disabled = at !== "talking";
    for (const part of this.element.querySelectorAll("form input, form button")) part.disabled = !["talking", "calling"].includes(at);
    this.find("select").value = behaviour;
    if (this.page.held !== this) this.meter(-96);
    if (active && (active.hidden || active.disabled)) this.keep();
  }

  // The keyboard stays with this telephone: in a call at its keypad, where Enter, pressed once more, does nothing.
  keep() {
    const use = [...this.element.querySelectorAll("[data-do]")].find((each) => !each.hidden && !each.disabled);
    const next = !["calling", "talking"].includes(this.state.at) && use;
    (next || this.find(".keypad")).focus({ preventScroll: true });
  }
}
