/** Correlation of two values of a process as a function of their scaled distance r, and its derivative by log(r). */
export interface KernelFunction {
  value(r: number): number;
  /** d value / d log(r) */
  slope(r: number): number;
}

/** Names of the kernels of a Gaussian process. */
export type KernelName = "rbf" | "matern-3/2" | "matern-5/2";

/** C. E. Rasmussen and C. K. I. Williams, Gaussian Processes for Machine Learning, MIT Press 2006, eqs. 4.9 and 4.17. */
export const KERNELS: Readonly<Record<KernelName, KernelFunction>> = {
  rbf: { value: (r) => Math.exp(-0.5 * r * r), slope: (r) => -r * r * Math.exp(-0.5 * r * r) },
  "matern-3/2": {
    value: (r) => (1 + Math.sqrt(3) * r) * Math.exp(-Math.sqrt(3) * r),
    slope: (r) => -3 * r * r * Math.exp(-Math.sqrt(3) * r),
  },
  "matern-5/2": {
    value: (r) => (1 + Math.sqrt(5) * r + (5 / 3) * r * r) * Math.exp(-Math.sqrt(5) * r),
    slope: (r) => -(5 / 3) * r * r * (1 + Math.sqrt(5) * r) * Math.exp(-Math.sqrt(5) * r),
  },
};
