// Telephone sound in the browser's audio thread: mu-law, resampling, and a jitter buffer.
// Loaded as a worklet; the page imports the codec alone.

const BIAS = 132, CLIP = 32635, RATE = 8000, SAMPLES = 160;
const DECODE = Float32Array.from({ length: 256 }, (_, index) => {
  const code = ~index & 0xff;
  const size = ((((code & 0x0f) << 3) + BIAS) << ((code & 0x70) >> 4)) - BIAS;
  return (code & 0x80 ? -size : size) / 32768;
});

export function decode(bytes) {
  return Float32Array.from(bytes, (code) => DECODE[code]);
}

export function encode(samples) {
  return Uint8Array.from(samples, (sample) => {
    const value = Math.round(sample * 32768);
    const size = Math.min(Math.abs(value), CLIP) + BIAS;
    const segment = 31 - Math.clz32(size) - 7;
    const code = (segment << 4) | ((size >> (segment + 3)) & 0x0f) | (value < 0 ? 0x80 : 0);
    return ~code & 0xff;
  });
}

// The level of some samples in dBFS, by which meters move; -96 is silence.
export function level(samples) {
  let power = 0;
  for (const sample of samples) power += sample * sample;
  return power ? Math.max(-96, 10 * Math.log10(power / samples.length)) : -96;
}

// Another sample rate, by a windowed sinc: samples are pushed in and pulled out as they come.
export class Resampler {
  constructor(from, to) {
    this.step = from / to;
    const cutoff = 0.46 * Math.min(1, to / from);
    this.half = Math.ceil(8 / (2 * cutoff));
    this.phases = 480;
    this.table = new Float32Array((this.phases + 1) * 2 * this.half);
    for (let phase = 0; phase <= this.phases; phase++) {
      for (let tap = 0; tap < 2 * this.half; tap++) {
        const distance = tap - this.half + 1 - phase / this.phases;
        const angle = 2 * Math.PI * cutoff * distance;
        const sinc = distance === 0 ? 1 : Math.sin(angle) / angle;
        const window = 0.5 + 0.5 * Math.cos((Math.PI * Math.max(-this.half, Math.min(this.half, distance))) / this.half);
        this.table[phase * 2 * this.half + tap] = 2 * cutoff * sinc * window;
      }
    }
    this.buffer = new Float32Array(2 * this.half);
    this.place = this.half - 1;
  }

  push(samples) {
    const done = Math.max(0, Math.floor(this.place) - this.half + 1);
    const kept = this.buffer.subarray(done);
    const next = new Float32Array(kept.length + samples.length);
    next.set(kept);
    next.set(samples, kept.length);
    this.buffer = next;
    this.place -= done;
  }

  // As many samples as are ready, at most `most`.
  pull(most) {
    const out = new Float32Array(most);
    let count = 0;
    while (count < most) {
      const whole = Math.floor(this.place);
      if (whole + this.half >= this.buffer.length) break;
      const row = Math.round((this.place - whole) * this.phases) * 2 * this.half;
      let sum = 0;
      for (let tap = 0; tap < 2 * this.half; tap++) sum += this.buffer[whole - this.half + 1 + tap] * this.table[row + tap];
      out[count++] = sum;
      this.place += this.step;
    }
    return out.subarray(0, count);
  }
}

// Waits for a few frames, then gives them as they are asked for; waits for more when it has run dry.
export class Jitter {
  constructor() {
    this.frames = [];
    this.depth = 3;
    this.flowing = false;
    this.calm = 0;
  }

  put(frame) {
    this.frames.push(frame);
    while (this.frames.length > this.depth + 5) this.frames.shift();
    if (this.frames.length >= this.depth) this.flowing = true;
  }

  take() {
    if (!this.flowing) return null;
    if (!this.frames.length) {
      this.flowing = false;
      this.calm = 0;
      this.depth = Math.min(15, this.depth + 1);
      return null;
    }
    if (++this.calm >= 500) {
      this.depth = Math.max(2, this.depth - 1);
      this.calm = 0;
    }
    return this.frames.shift();
  }

  clear() {
    this.frames = [];
    this.flowing = false;
  }
}

if (typeof AudioWorkletProcessor !== "undefined") {
  // The microphone: frames of 20 ms of mu-law go to the page.
  registerProcessor("microphone", class extends AudioWorkletProcessor {
    constructor() {
      super();
      this.resampler = new Resampler(sampleRate, RATE);
      this.frame = new Float32Array(SAMPLES);
      this.filled = 0;
    }

    process([input]) {
      if (!input.length) return true;
      this.resampler.push(input[0]);
      let ready = this.resampler.pull(SAMPLES - this.filled);
      while (ready.length) {
        this.frame.set(ready, this.filled);
        this.filled += ready.length;
        if (this.filled === SAMPLES) {
          const bytes = encode(this.frame);
          this.port.postMessage({ bytes, level: level(this.frame) }, [bytes.buffer]);
          this.filled = 0;
        }
        ready = this.resampler.pull(SAMPLES - this.filled);
      }
      return true;
    }
  });

  // The earpiece: frames of mu-law come from the page.
  registerProcessor("earpiece", class extends AudioWorkletProcessor {
    constructor() {
      super();
      this.resampler = new Resampler(RATE, sampleRate);
      this.jitter = new Jitter();
      this.silence = new Float32Array(SAMPLES);
      this.port.onmessage = ({ data }) => data === "clear" ? this.jitter.clear() : this.jitter.put(decode(data));
    }

    process(_, [output]) {
      const wanted = output[0].length;
      let filled = 0;
      while (filled < wanted) {
        const ready = this.resampler.pull(wanted - filled);
        if (ready.length) {
          output[0].set(ready, filled);
          filled += ready.length;
        } else {
          this.resampler.push(this.jitter.take() ?? this.silence);
        }
      }
      for (const other of output.slice(1)) other.set(output[0]);
      return true;
    }
  });
}
