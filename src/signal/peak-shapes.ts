/**
 * Shapes of peaks by centre, full width at half maximum and height. `"pseudo-voigt"` is a mixture of the two others of one
 * width, with a share (0 to 1) of the Lorentzian that is fitted too: close to a Voigt profile, and quick.
 */
export type PeakShape = "gaussian" | "lorentzian" | "pseudo-voigt";

/** Names of the shapes. */
export const PEAK_SHAPES: readonly PeakShape[] = ["gaussian", "lorentzian", "pseudo-voigt"];

/** Parameters of a shape: centre, width, height and, for the mixture, the Lorentzian's share. */
export function shapeParameters(shape: PeakShape): 3 | 4 {
  return shape === "pseudo-voigt" ? 4 : 3;
}

const FOUR_LN2 = 4 * Math.LN2;
/** Areas of the shapes of width and height 1. */
const GAUSSIAN_AREA = Math.sqrt(Math.PI / FOUR_LN2);
const LORENTZIAN_AREA = Math.PI / 2;

/** Area of a peak over height times width. */
export function unitArea(shape: PeakShape, mixing: number): number {
  if (shape === "gaussian") return GAUSSIAN_AREA;
  if (shape === "lorentzian") return LORENTZIAN_AREA;
  return mixing * LORENTZIAN_AREA + (1 - mixing) * GAUSSIAN_AREA;
}

/**
 * Adds a peak to `sum` at the places x and, where a Jacobian is given, writes its derivatives by its own parameters into
 * the columns from `from` on. The peak's parameters are those of `parameters` from `from` on.
 */
export function addPeak(
  shape: PeakShape,
  x: Float64Array,
  parameters: Float64Array,
  from: number,
  sum: Float64Array,
  jacobian?: Float64Array,
): void {
  const n = parameters.length;
  const centre = parameters[from];
  const width = parameters[from + 1];
  const height = parameters[from + 2];
  const mixing = shape === "lorentzian" ? 1 : shape === "gaussian" ? 0 : parameters[from + 3];
  const hasBell = shape !== "lorentzian";
  const hasTails = shape !== "gaussian";
  for (let i = 0; i < x.length; i++) {
    const u = (x[i] - centre) / width;
    const bell = hasBell ? Math.exp(-FOUR_LN2 * u * u) : 0;
    const tails = hasTails ? 1 / (1 + 4 * u * u) : 0;
    const value = mixing * tails + (1 - mixing) * bell;
    sum[i] += height * value;
    if (jacobian === undefined) continue;
    // Both shapes are functions of u squared: d/d centre = -(d/du) / width, d/d width = -(d/du) u / width.
    const slope = (height * u * (mixing * 8 * tails * tails + (1 - mixing) * 2 * FOUR_LN2 * bell)) / width;
    const at = i * n + from;
    jacobian[at] = slope;
    jacobian[at + 1] = slope * u;
    jacobian[at + 2] = value;
    if (shape === "pseudo-voigt") jacobian[at + 3] = height * (tails - bell);
  }
}
