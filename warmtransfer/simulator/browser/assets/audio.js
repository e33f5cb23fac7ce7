// The page's one microphone and one loudspeaker, and the tones that a telephone makes by itself.

import { decode } from "/phones/assets/sound.js";

const KEYS = { low: [697, 770, 852, 941], high: [1209, 1336, 1477, 1633], rows: ["123A", "456B", "789C", "*0#D"] };
const LATE = 0.12; // seconds of sound kept in hand where there is no worklet

export class Audio {
  constructor() {
    this.context = null;
    this.earpiece = null;
    this.trouble = "";          // why there is no microphone
    this.microphone = false;
    this.onFrame = () => {};    // a frame of the microphone: bytes, level
    this.onChange = () => {};
    this.next = 0;
    this.tones = new Map();
  }

  get on() {
    return this.context?.state === "running";
  }

  // To be called from a click: browsers give sound and microphone to nobody else.
  start() {
    this.starting ??= this.begin().catch((error) => {
      this.trouble = `There is no sound: ${error.message}`;
    }).finally(() => this.onChange());
    this.context?.resume();
    return this.starting;
  }

  async begin() {
    this.context = new AudioContext({ latencyHint: "interactive" });
    this.context.onstatechange = () => this.onChange();
    if (this.context.audioWorklet) {
      await this.context.audioWorklet.addModule("/phones/assets/sound.js");
      this.earpiece = new AudioWorkletNode(this.context, "earpiece", { numberOfInputs: 0, outputChannelCount: [1] });
      this.earpiece.connect(this.context.destination);
    }
    if (!navigator.mediaDevices?.getUserMedia) {
      this.trouble = "Browsers give the microphone to https pages and to this same machine alone. " +
        "Here you type; what you type is spoken.";
      return;
    }
    await this.listen();
  }

  async listen() {
    const wanted = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: wanted });
    } catch (error) {
      this.trouble = error.name === "NotAllowedError"
        ? "The browser was told to give no microphone. Type instead: the words are spoken."
        : "There is no microphone. Type instead: the words are spoken.";
      return;
    }
    // Its output is silent; some browsers run only what leads to the loudspeaker.
    const node = new AudioWorkletNode(this.context, "microphone", { outputChannelCount: [1] });
    node.connect(this.context.destination);
    node.port.onmessage = ({ data }) => this.onFrame(data.bytes, data.level);
    this.source = this.context.createMediaStreamSource(stream);
    this.source.connect(node);
    stream.getAudioTracks()[0].onended = () => {
      this.microphone = false;
      this.trouble = "The microphone is gone. Type instead: the words are spoken.";
      this.onChange();
    };
    this.microphone = true;
  }

  play(bytes) {
    if (!this.on) return;
    if (this.earpiece) {
      this.earpiece.port.postMessage(bytes);
      return;
    }
    const clip = this.context.createBuffer(1, bytes.length, 8000);
    clip.copyToChannel(decode(bytes), 0);
    const source = new AudioBufferSourceNode(this.context, { buffer: clip });
    source.connect(this.context.destination);
    const now = this.context.currentTime;
    if (this.next < now || this.next > now + 4 * LATE) this.next = now + LATE;
    source.start(this.next);
    this.next += clip.duration;
  }

  clear() {
    this.earpiece?.port.postMessage("clear");
  }

  beep(frequencies, at, seconds, loudness = 0.04) {
    const gain = new GainNode(this.context, { gain: loudness });
    gain.connect(this.context.destination);
    return frequencies.map((frequency) => {
      const tone = new OscillatorNode(this.context, { frequency });
      tone.connect(gain);
      tone.start(at);
      tone.stop(at + seconds);
      return tone;
    });
  }

  key(key) {
    const row = KEYS.rows.findIndex((keys) => keys.includes(key));
    if (this.on && row >= 0) {
      this.beep([KEYS.low[row], KEYS.high[KEYS.rows[row].indexOf(key)]], this.context.currentTime, 0.14);
    }
  }

  // What repeats until it is told to stop: a bell, or the ring that a caller hears.
  repeat(name, kind) {
    const wanted = this.on ? kind : "";
    const now = this.tones.get(name);
    if (now?.kind === wanted || (!now && !wanted)) return;
    clearInterval(now?.timer);
    for (const tone of now?.sounding ?? []) tone.stop();
    this.tones.delete(name);
    if (!wanted) return;
    const entry = { kind: wanted, sounding: [] };
    const once = () => {
      const at = this.context.currentTime;
      entry.sounding = wanted === "ring"
        ? this.beep([440, 480], at, 2)
        : [0, 0.4].flatMap((later) => this.beep([659, 784], at + later, 0.3));
    };
    once();
    entry.timer = setInterval(once, wanted === "ring" ? 6000 : 2500);
    this.tones.set(name, entry);
  }
}
