import { powerOfTwo, realFourier } from "./fourier";

/**
 * How values between the channels are found. `"linear"`: between two neighbours; smooths peaks and noise (half a channel
 * away half the variance of the noise is left), never leaves the range of the data. `"cubic"`: the cubic through four
 * neighbours (Lagrange); keeps peaks of three channels and more, and two thirds of the noise's variance, may dip below
 * zero beside a steep flank. `"fourier"`: the phase of the Fourier transform; keeps all frequencies and the whole
 * noise, and rings about spikes and steps; a spectrum with a NaN is lost.
 */
export type Interpolation = "linear" | "cubic" | "fourier";

/** Reads `values` at i + shift for each channel i into `into`; NaN where that lies outside of the channels. */
export type Shifter = (values: Float32Array, shift: number, into: Float32Array) => void;

/** What moves spectra of `channels` channels by parts of a channel. */
export function createShifter(channels: number, interpolation: Interpolation): Shifter {
  const between = interpolation === "fourier" ? fourierShift(channels) : interpolation === "cubic" ? cubic : linear;
  return (values, shift, into) => {
    if (Number.isInteger(shift)) whole(values, shift, into);
    else between(values, shift, into);
  };
}

function whole(values: Float32Array, shift: number, into: Float32Array): void {
  for (let i = 0; i < into.length; i++) {
    const from = i + shift;
    into[i] = from >= 0 && from < values.length ? values[from] : Number.NaN;
  }
}

const linear: Shifter = (values, shift, into) => {
  const step = Math.floor(shift);
  const t = shift - step;
  for (let i = 0; i < into.length; i++) {
    const from = i + step;
    into[i] = from >= 0 && from + 1 < values.length ? (1 - t) * values[from] + t * values[from + 1] : Number.NaN;
  }
};

const cubic: Shifter = (values, shift, into) => {
  const step = Math.floor(shift);
  const t = shift - step;
  const [a, b, c, d] = cubicWeights(t);
  const n = values.length;
  for (let i = 0; i < into.length; i++) {
    const from = i + step;
    if (from < 0 || from + 1 >= n) into[i] = Number.NaN;
    else if (from === 0 || from + 2 >= n) into[i] = (1 - t) * values[from] + t * values[from + 1];
    else into[i] = a * values[from - 1] + b * values[from] + c * values[from + 1] + d * values[from + 2];
  }
};

/** Weights of the values at -1, 0, 1 and 2 of the cubic through them, at t from 0 to 1. */
export function cubicWeights(t: number): readonly [number, number, number, number] {
  return [
    (-t * (t - 1) * (t - 2)) / 6,
    ((t + 1) * (t - 1) * (t - 2)) / 2,
    (-(t + 1) * t * (t - 2)) / 2,
    ((t + 1) * t * (t - 1)) / 6,
  ];
}

function fourierShift(channels: number): Shifter {
  // Room on both sides, so that what rings beyond one end does not come back at the other.
  const fourier = realFourier(powerOfTwo(2 * channels));
  const { size } = fourier;
  const real = new Float64Array(size);
  const spectrum = new Float64Array(2 * size);
  return (values, shift, into) => {
    // Without the line through its ends the spectrum begins and ends at zero: no step to ring about.
    const first = values[0];
    const slope = (values[channels - 1] - first) / (channels - 1);
    real.fill(0);
    for (let i = 0; i < channels; i++) real[i] = values[i] - first - slope * i;
    fourier.forward(real, spectrum);
    for (let k = 0; k < size; k++) {
      const frequency = k <= size / 2 ? k : k - size;
      const phase = (2 * Math.PI * frequency * shift) / size;
      // The highest frequency has no sign: only the cosine keeps the values real.
      const [c, s] = k === size / 2 ? [Math.cos(phase), 0] : [Math.cos(phase), Math.sin(phase)];
      const [re, im] = [spectrum[2 * k], spectrum[2 * k + 1]];
      spectrum[2 * k] = re * c - im * s;
      spectrum[2 * k + 1] = re * s + im * c;
    }
    fourier.inverse(spectrum, real);
    for (let i = 0; i < into.length; i++) {
      const from = i + shift;
      const inside = from >= 0 && from <= channels - 1;
      into[i] = inside ? real[i] + first + slope * from : Number.NaN;
    }
  };
}
