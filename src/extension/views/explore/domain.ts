import { extent } from "../../../plot/numbers";

/** Share of the values at each end that takes the end colour, so that one hot pixel does not make a map dark. */
const TAIL = 0.002;

/** The values at the two ends of a map's colours; undefined where no value is finite. */
export function domainOf(values: Float32Array): readonly [number, number] | undefined {
  const whole = extent(values);
  if (whole === undefined || values.length < 200) return whole;
  const step = Math.max(1, Math.floor(values.length / 50_000));
  const sample = values.filter((value, i) => i % step === 0 && Number.isFinite(value)).sort();
  const low = sample[Math.floor(TAIL * (sample.length - 1))];
  const high = sample[Math.ceil((1 - TAIL) * (sample.length - 1))];
  return high > low ? [low, high] : whole;
}
