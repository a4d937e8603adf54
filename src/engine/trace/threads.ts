import { availableParallelism } from "node:os";

/**
 * Multiplications in the largest product of a graph, times the number of processors, up to which operations do better
 * with one thread each. Measured on two processors, as a share of the time with two threads: a spectrum VAE (19 million
 * multiplications) .77; rVAEs of 10 x 10 x 3 (82), 24 x 24 in batches of 32 (101) and of 200 (128) .87, .92 and .96; a
 * spectrum VAE of 256 units in batches of 400 (153) 1.1; networks of convolutions 1.1 to 1.2.
 */
const SMALL = 2.6e8;

/**
 * Threads for each operation of a graph whose largest product of two matrices has so many multiplications; undefined for
 * as many as the machine runs. TensorFlow runs operations that do not wait for each other side by side in any case;
 * waking a further thread for a share of a small one costs more than the share.
 */
export function threadsFor(largest: number, processors: number = availableParallelism()): 1 | undefined {
  return largest * processors <= SMALL ? 1 : undefined;
}
