/**
 * How each value of a spectrum image was scaled: `scaled = (raw - offset[pixel]) / (range[pixel] * channels[channel])`.
 */
export interface SpectrumScaling {
  readonly kind: "spectrum-scaling";
  /** [rows * columns], in the units of the data. */
  readonly offset: Float64Array;
  /** [rows * columns]; never 0. */
  readonly range: Float64Array;
  /** [channels]; never 0. */
  readonly channels: Float64Array;
  /** What the data are, as their metadata say it. */
  readonly quantity?: string;
  readonly units?: string;
}
