"use strict";
// A call as it is heard, in the browser's audio thread: pieces of mu-law in, two voices mixed out. Its context
// runs at the telephone's rate, 8000 samples a second: the browser itself makes them those of the loudspeaker.

const BIAS = 132;
const SAMPLE = Float32Array.from({ length: 256 }, (_, index) => {
  const code = ~index & 0xff;
  const size = ((((code & 0x0f) << 3) + BIAS) << ((code & 0x70) >> 4)) - BIAS;
  return (code & 0x80 ? -size : size) / 32768;
});
const HAND = 0.35;   // seconds kept in hand before anything is played: pieces come 0.2 s long, and not evenly
const MOST = 1.0;    // more than this in hand is late: what lies before the newest HAND is left out
const TELL = 0.1;    // seconds between two reports of how loud it is

registerProcessor("ear", class extends AudioWorkletProcessor {
  constructor() {
    super();
    this.pieces = [];    // each with the caller's and the AI's samples, of one length
    this.at = 0;         // how far the first is played
    this.ready = 0;      // samples in hand
    this.plays = false;
    this.since = 0;
    this.loud = [0, 0];
    this.port.onmessage = ({ data }) => this.put(data);
  }

  put(tracks) {
    const [caller, ai] = tracks.map((bytes) => Float32Array.from(bytes, (code) => SAMPLE[code]));
    this.pieces.push({ caller, ai });
    this.ready += caller.length;
    if (this.ready > MOST * sampleRate) {
      while (this.pieces.length > 1 && this.ready > HAND * sampleRate) {
        this.ready -= this.pieces.shift().caller.length - this.at;
        this.at = 0;
      }
    }
    if (this.ready >= HAND * sampleRate) this.plays = true;
  }

  process(_, [output]) {
    const out = output[0];
    for (let n = 0; n < out.length && this.plays; n++) {
      const { caller, ai } = this.pieces[0];
      const voices = [caller[this.at], ai[this.at]];
      voices.forEach((value, which) => { this.loud[which] = Math.max(this.loud[which], Math.abs(value)); });
      out[n] = Math.max(-1, Math.min(1, voices[0] + voices[1]));
      this.ready -= 1;
      if (++this.at === caller.length) {
        this.pieces.shift();
        this.at = 0;
        this.plays = this.pieces.length > 0;
      }
    }
    for (const other of output.slice(1)) other.set(out);
    this.since += out.length;
    if (this.since >= TELL * sampleRate) {
      this.port.postMessage({ plays: this.plays, caller: this.loud[0], ai: this.loud[1] });
      this.since = 0;
      this.loud = [0, 0];
    }
    return true;
  }
});
