import type { Image, SpectrumImage } from "../../src/data";
import type { NanoparticleArrayTruth } from "../../src/simulate";
import { simulationPace } from "../../src/simulate/pace";
import { symmetricEigen } from "../../src/simulate/symmetric-eigen";

/** Mean over the energies at every pixel. */
export function meanMap(spectra: SpectrumImage): Float64Array {
  const channels = spectra.shape[2];
  return Float64Array.from({ length: spectra.data.length / channels }, (_, p) => {
    let sum = 0;
    for (let k = 0; k < channels; k++) sum += spectra.data[p * channels + k];
    return sum / channels;
  });
}

export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const mean = (v: ArrayLike<number>) => Array.from(v).reduce((s, x) => s + x, 0) / v.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += (a[i] - ma) * (b[i] - mb);
    aa += (a[i] - ma) ** 2;
    bb += (b[i] - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

/** Explained variance ratios of the mean-centred spectra, largest first. */
export async function varianceRatios(spectra: SpectrumImage): Promise<number[]> {
  const n = spectra.shape[2];
  const pixels = spectra.data.length / n;
  const mean = new Float64Array(n);
  for (let i = 0; i < spectra.data.length; i++) mean[i % n] += spectra.data[i] / pixels;
  const covariance = new Float64Array(n * n);
  for (let p = 0; p < pixels; p++) {
    const row = Float64Array.from({ length: n }, (_, k) => spectra.data[p * n + k] - mean[k]);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) covariance[i * n + j] += row[i] * row[j];
  }
  const { values } = await symmetricEigen(covariance, n, simulationPace());
  const total = values.reduce((a, b) => a + b);
  return [...values].sort((a, b) => b - a).map((v) => v / total);
}

/** Regions away from their borders: the inside of particles, gaps, the hole, just beyond the edge, far from it. */
export function innerRegions(truth: NanoparticleArrayTruth): Record<string, (pixel: number) => boolean> {
  const { regions, distance } = truth;
  return {
    particle: (p) => distance[p] < -2.8,
    gap: (p) => regions.gap[p] === 1 && distance[p] > 0.3,
    hole: (p) => regions.hole[p] === 1 && distance[p] > 2,
    near: (p) => regions.outside[p] === 1 && distance[p] > 1.5 && distance[p] < 10,
    far: (p) => regions.outside[p] === 1 && distance[p] > 14,
  };
}

export function meanSpectrum(spectra: SpectrumImage, inside: (pixel: number) => boolean): Float64Array {
  const n = spectra.shape[2];
  const sum = new Float64Array(n);
  let count = 0;
  for (let p = 0; p < spectra.data.length / n; p++) {
    if (!inside(p)) continue;
    count++;
    for (let k = 0; k < n; k++) sum[k] += spectra.data[p * n + k];
  }
  return sum.map((v) => v / count);
}

/** Energy and height of the highest point. */
export function peakOf(spectrum: Float64Array, spectra: SpectrumImage): { energy: number; height: number } {
  const height = Math.max(...spectrum);
  const { offset, scale } = spectra.axes.energy;
  return { energy: offset + scale * spectrum.indexOf(height), height };
}

/** What the published data are compared by. */
export async function statistics(image: Image, spectra: SpectrumImage, truth: NanoparticleArrayTruth) {
  const regions = innerRegions(truth);
  const peak = Object.fromEntries(
    Object.entries(regions).map(([name, inside]) => [name, peakOf(meanSpectrum(truth.spectra, inside), spectra)]),
  );
  return {
    correlation: correlation(image.data, meanMap(spectra)),
    ratios: (await varianceRatios(spectra)).slice(0, 4),
    peak,
  };
}
