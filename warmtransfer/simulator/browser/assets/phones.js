// The page: its telephones, and which of them is in the hand.

import { Audio } from "/phones/assets/audio.js";
import { Telephone } from "/phones/assets/telephone.js";

const byId = (id) => document.getElementById(id);
const SEEN = "telephones-seen";
// A browser may be told to keep nothing; then every visit is the first.
const remembered = () => { try { return localStorage.getItem(SEEN); } catch { return null; } };
const remember = () => { try { localStorage.setItem(SEEN, "yes"); } catch { /* as it likes */ } };
// The recogniser's list has small letters alone.
const sentence = (text) => (text[0].toUpperCase() + text.slice(1)).replace(/\bi\b/g, "I");

class Page {
  constructor(about) {
    this.about = about;
    this.app = about.app;
    const who = decodeURIComponent(location.pathname.split("/")[2] ?? "");
    const alone = about.people.find((each) => [each.number, each.name.toLowerCase()].includes(who.toLowerCase()));
    this.alone = Boolean(who);
    this.shop = about.company || about.number;
    this.people = !who ? about.people : [alone ?? { name: who, number: who, calls: false }];
    this.telephones = [];
    this.held = null;
    this.audio = new Audio();
    this.audio.onFrame = (bytes, loud) => this.spoken(bytes, loud);
    this.audio.onChange = () => this.sounding();
  }

  begin() {
    document.body.classList.toggle("alone", this.alone);
    this.title = this.alone ? `${this.people[0].name} · telephone` : `Telephones · ${this.shop}`;
    document.title = this.title;
    byId("title").textContent = this.alone ? `${this.people[0].name}’s telephone` : "Telephones";
    this.telephones = this.people.map((person) => new Telephone(this, person, byId("telephone")));
    byId("row").append(...this.telephones.map((each) => each.element));
    if (this.about.speed !== 1) {
      this.trouble(`People talk at speed 1; this network runs at ${this.about.speed}. Start it without --speed.`);
    }
    this.tabs();
    this.hold(this.telephones[0]);
    this.welcome();
    this.explain();
    this.answering();
    // Digits go to the telephone in the hand, wherever on the page the keyboard is.
    document.addEventListener("keydown", (event) => {
      if (!event.target.closest?.(".telephone")) this.held?.typed(event);
    });
    byId("sound").addEventListener("click", () => this.audio.start());
    this.sounding();
    setInterval(() => document.hidden || this.telephones.forEach((each) => each.tick()), 100);
  }

  // Whether the app can be called: its caller waits for one that is being started, and is told of one that is away.
  answering() {
    const { answers, starting, says } = this.app;
    byId("app").textContent = says;
    byId("app").hidden = answers;
    byId("begin").disabled = starting;
    this.telephones.forEach((each) => each.show());
    setTimeout(() => this.ask(), answers ? 5000 : 1000);
  }

  async ask() {
    try {
      this.app = await (await fetch("/phones/app.json")).json();
      this.telephones.forEach((each) => each.others(this.app.held));
    } catch { // the telephones say that the network is away
      this.telephones.forEach((each) => each.others(null));
    }
    this.answering();
  }

  tabs() {
    const tabs = byId("tabs");
    tabs.hidden = this.alone;
    for (const telephone of this.telephones) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", textContent: telephone.person.name });
      button.addEventListener("click", () => this.look(telephone));
      telephone.tab = button;
      tabs.append(button);
    }
    this.look(this.telephones[0]);
  }

  // On a small screen one telephone is seen at a time.
  look(telephone) {
    for (const each of this.telephones) {
      each.element.classList.toggle("looked-at", each === telephone);
      each.tab?.setAttribute("aria-pressed", each === telephone);
    }
  }

  welcome() {
    const caller = this.telephones.find((each) => each.person.calls);
    const first = Boolean(caller) && !this.alone && !remembered();
    byId("welcome").hidden = !first;
    byId("begin").textContent = this.about.company ? "Call the shop" : `Call ${this.about.number}`;
    const humans = this.people.filter((each) => !each.calls).map((each) => each.name);
    byId("people").textContent = humans.join(" and ");
    byId("begin").addEventListener("click", () => {
      remember();
      byId("welcome").hidden = true;
      caller.do("call");
      caller.keep();
    });
  }

  explain() {
    const { model, understood, console: link } = this.about;
    byId("book").hidden = model !== "local";
    byId("book-about").textContent = "No real model is running: a rule book answers. Typed words are understood to the letter; " +
      "a real voice goes through a small recogniser that knows sentences like these.";
    for (const entry of understood) {
      const row = byId("book-table").tBodies[0].insertRow();
      const says = entry.says.map(sentence);
      row.insertCell().textContent = says.map((text) => `“${text}”`).join(" · ");
      byId("sentences").append(...says.map((text) => new Option(text, text)));
      row.insertCell().textContent = entry.answer + (entry.transfers ? " (And it rings a person.)" : "");
    }
    const real = { real: "A real model answers: say what you like.", other: "The application’s own model answers." };
    byId("real").hidden = !(model in real);
    byId("real").textContent = real[model] ?? "";
    byId("console").hidden = !link;
    if (link) byId("console").querySelector("a").href = link;
    byId("entered").hidden = !link.startsWith("/"); // the network logs in there
  }

  name(number) {
    if (number === this.about.number) return this.shop;
    return this.about.people.find((each) => each.number === number)?.name ?? number;
  }

  hold(telephone) {
    if (this.held === telephone) return;
    this.held = telephone;
    this.audio.clear();
    this.telephones.forEach((each) => each.show());
    this.rings();
  }

  spoken(bytes, loud) {
    this.held?.meter(loud);
    this.held?.speak(bytes);
  }

  changed(telephone) {
    if (telephone.tab) {
      telephone.tab.textContent = telephone.person.name + ({ ringing: " · rings", talking: " · in a call" }[telephone.state.at] ?? "");
      telephone.tab.dataset.at = telephone.state.at;
    }
    if (telephone === this.held && telephone.state.at !== "talking") this.audio.clear();
    const ringing = this.telephones.find((each) => each.state.at === "ringing");
    document.title = ringing ? `☎ ${ringing.person.name} rings` : this.title;
    if (ringing === telephone) navigator.vibrate?.([300, 200, 300]);
    this.rings();
  }

  rings() {
    for (const each of this.telephones) {
      const { at, behaviour } = each.state;
      const bell = at === "ringing" && behaviour !== "ring out" ? "bell" : "";
      this.audio.repeat(each, at === "calling" && each === this.held ? "ring" : bell);
    }
  }

  sounding() {
    const { audio } = this;
    byId("sound").hidden = audio.on;
    byId("sound-state").textContent = audio.trouble || (audio.microphone && audio.on ? "Microphone and sound are on." : "");
    document.body.classList.toggle("typing-only", Boolean(audio.trouble));
    this.rings();
  }

  trouble(text) {
    byId("trouble").textContent = text;
    byId("trouble").hidden = !text;
  }
}

const page = new Page(await (await fetch("/phones/about.json")).json());
page.begin();
window.telephones = page;
