import FFT from "fft.js";

/** The discrete Fourier transform of real values of one length, a power of two. Complex arrays are (re, im) pairs. */
export interface RealFourier {
  readonly size: number;
  /** Transforms real values [size] into [2 size]. */
  forward(values: Float64Array, into: Float64Array): void;
  /** Transforms the spectrum [2 size] of real values back into them [size]. */
  inverse(spectrum: Float64Array, into: Float64Array): void;
}

/** A transform of the given length, a power of two of at least 4. */
export function realFourier(size: number): RealFourier {
  const fft = new FFT(size);
  const complex = new Float64Array(2 * size);
  return {
    size,
    forward: (values, into) => {
      fft.realTransform(into, values);
      fft.completeSpectrum(into);
    },
    inverse: (spectrum, into) => {
      fft.inverseTransform(complex, spectrum);
      for (let i = 0; i < size; i++) into[i] = complex[2 * i];
    },
  };
}

/** The smallest power of two of at least `length` and 4. */
export function powerOfTwo(length: number): number {
  return 2 ** Math.max(2, Math.ceil(Math.log2(length)));
}
