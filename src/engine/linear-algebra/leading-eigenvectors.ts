import type { Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import { createRandom } from "../../core/random";
import type { Engine, NativeBackend } from "../engine";
import { attributes } from "../ops";
import { orthonormalise, transpose } from "./orthonormalise";
import { readFloats } from "./outer-products";
import { nativeEigen, symmetricEigen } from "./symmetric-eigen";

/** Below this size all eigenpairs are found as quickly as some. */
const SMALL = 400;

/** Vectors that the space grows by in one step. */
const BLOCK = 12;

/** Share of the whole that the space may grow to, and how much larger than what is asked for that must be. */
const MOST = 0.5;
const ROOM = 6;

/** Size of the space, against the vectors kept, and least steps before the first look at what was found. */
const FIRST_WIDTH = 4;
const FIRST_STEPS = 6;

/** Steps that take a digit off a remainder at the edge of noise, where it falls most slowly. */
const STEPS_A_DIGIT = 6;

/** Squares of what a second projection takes from a block: below this it stays orthonormal to float32's digits. */
const SLIGHT = 1e-7;

/** Remainders |A v - value v| as the full solver leaves them in float32: against the largest eigenvalue and the own one. */
const SETTLED = 1e-7;
const SETTLED_OWN = 5e-6;

/** What float32 may make of an eigenvalue, against the largest. */
const ROUNDING = 1e-6;

/**
 * Orthonormal eigenvectors of the `count` largest eigenvalues of a symmetric positive semidefinite matrix [size, size],
 * one per row, largest first, and `spare` more that may not be settled yet.
 *
 * Block Lanczos with every block made orthogonal to all before it (G. H. Golub and R. Underwood, in Mathematical Software
 * III, 361 (1977), doi:10.1016/B978-0-12-587260-7.50018-2). That no larger eigenvalue was missed, as one with more equals
 * than a block has vectors could be, is proved by a Cholesky factorisation of what the vectors leave of the matrix. Where
 * the proof fails, where the vectors do not settle, and where many are asked for, all eigenpairs are computed.
 *
 * @throws EngineError, MemoryError as `symmetricEigen`
 */
export function leadingEigenvectors(
  engine: Engine,
  matrix: Float64Array,
  size: number,
  { count, spare = 0 }: { readonly count: number; readonly spare?: number },
): Float64Array {
  const { native } = engine;
  const kept = Math.min(size, count + spare);
  const few = size >= SMALL && ROOM * kept <= MOST * size;
  const found = few && native !== undefined ? iterate({ engine, native, matrix, size, count, kept }) : undefined;
  const vectors = found === undefined ? symmetricEigen(engine, matrix, size).vectors : new Float64Array(found);
  return exactly(vectors.subarray(0, kept * size), size);
}

/** Vectors in rows made orthonormal in float64: the solvers leave them so to 1e-5. */
function exactly(vectors: Float64Array, size: number): Float64Array {
  const count = vectors.length / size;
  const columns = transpose(vectors, count, size);
  orthonormalise(columns, size, count);
  return transpose(columns, size, count);
}

interface Problem {
  readonly engine: Engine;
  readonly native: NativeBackend;
  readonly matrix: Float64Array;
  readonly size: number;
  readonly count: number;
  readonly kept: number;
}

/** Approximate eigenpairs, rising as the native operation gives them. */
interface Pairs {
  /** [kept] */
  readonly values: Float32Array;
  /** [size, kept] */
  readonly vectors: Tensor;
  /** |A v - value v|. [kept] */
  readonly remainders: Float32Array;
}

/** The vectors, if they settle and are proved to be the leading ones. */
function iterate(problem: Problem): Float32Array | undefined {
  const { engine, native, matrix, size, kept } = problem;
  const { tf } = engine;
  let found: Float32Array | undefined;
  tf.tidy(() => {
    const a = tf.tensor2d(scaled(matrix, size), [size, size]);
    let block = orthonormal(native, start(problem));
    let basis = block;
    const images: Tensor2D[] = [tf.matMul<Tensor2D>(a, block)];
    let look = Math.max(FIRST_STEPS, Math.ceil((FIRST_WIDTH * kept) / BLOCK));
    for (let steps = 1; steps * BLOCK <= MOST * size; steps++) {
      if (steps === look) {
        const pairs = ritzPairs(problem, basis, tf.concat<Tensor2D>(images, 1), steps * BLOCK);
        const rest = unsettled(pairs, problem);
        if (rest <= 1) {
          if (isLeading(pairs, a, problem)) found = rows(pairs, problem);
          return;
        }
        look += Math.ceil(STEPS_A_DIGIT * Math.log10(rest));
      }
      block = nextBlock(problem, basis, images[images.length - 1]);
      basis = tf.concat([basis, block], 1);
      images.push(tf.matMul<Tensor2D>(a, block));
    }
  });
  return found;
}

/** Orthonormal columns, orthogonal to the basis, that span with it what the image adds. */
function nextBlock({ engine, native }: Problem, basis: Tensor2D, image: Tensor2D): Tensor2D {
  const { tf } = engine;
  let block = image;
  let taken = 1;
  for (let pass = 0; pass < 2; pass++) {
    const parts = tf.matMul(basis, block, true);
    block = tf.sub(block, tf.matMul(basis, parts));
    if (pass > 0) taken = readFloats(parts).reduce((sum, part) => sum + part * part, 0);
    if (taken > SLIGHT) block = orthonormal(native, block);
  }
  return block;
}

/** Divided by the largest of the diagonal: squares of remainders must neither overflow nor vanish. */
function scaled(matrix: Float64Array, size: number): Float32Array {
  let largest = 0;
  for (let i = 0; i < size; i++) largest = Math.max(largest, matrix[i * (size + 1)]);
  const scale = 1 / (largest || 1);
  const result = new Float32Array(matrix.length);
  for (let i = 0; i < matrix.length; i++) result[i] = scale * matrix[i];
  return result;
}

function start({ engine, size }: Problem): Tensor2D {
  const random = createRandom(0).fork("leading-eigenvectors");
  return engine.tf.tensor2d(
    Float32Array.from({ length: size * BLOCK }, () => random.normal()),
    [size, BLOCK],
  );
}

/** Orthonormal columns with the same span, filled up where these depend on each other. */
function orthonormal(native: NativeBackend, columns: Tensor2D): Tensor2D {
  const make = attributes(native);
  const options = [make.bool("full_matrices", false), make.type()];
  return native.executeMultipleOutputs("Qr", options, [columns], 2)[0] as Tensor2D; // of the same rank
}

/** The best eigenpairs inside the space of a basis, whose images under A are given. */
function ritzPairs({ engine, native, kept }: Problem, basis: Tensor2D, images: Tensor2D, width: number): Pairs {
  const { tf } = engine;
  const [all, turns] = nativeEigen(native, tf.matMul(basis, images, true));
  const turn = tf.slice(turns as Tensor2D, [0, width - kept], [width, kept]);
  const values: Tensor = tf.slice(all, [width - kept], [kept]);
  const vectors = tf.matMul(basis, turn);
  const remainder = tf.sub(tf.matMul(images, turn), tf.mul(vectors, values));
  const squares = readFloats(tf.sum(tf.square(remainder), 0));
  return { values: readFloats(values), vectors, remainders: squares.map(Math.sqrt) };
}

/** The largest remainder of the pairs asked for, against what is allowed. */
function unsettled({ values, remainders }: Pairs, { count, kept }: Problem): number {
  const largest = Math.abs(values[kept - 1]);
  let worst = 0;
  for (let i = kept - count; i < kept; i++) {
    worst = Math.max(worst, remainders[i] / (SETTLED * largest + SETTLED_OWN * Math.abs(values[i]) || 1));
  }
  return worst;
}

/** Whether all eigenvalues of A beside those of the pairs lie below the last of those asked for. */
function isLeading({ values, vectors }: Pairs, a: Tensor, { engine, native, count, kept }: Problem): boolean {
  const { tf } = engine;
  const removed = tf.matMul(tf.mul(vectors, tf.tensor1d(values)), vectors, false, true);
  const bound = Math.max(0, values[kept - count]) + ROUNDING * values[kept - 1];
  return liesBelow(engine, native, tf.sub(a, removed), bound);
}

/**
 * Whether all eigenvalues of a symmetric matrix [size, size] lie below a bound: just then bound I - A has a Cholesky
 * factorisation. For use inside a tidy.
 */
export function liesBelow({ tf }: Engine, native: NativeBackend, a: Tensor, bound: number): boolean {
  const left = tf.sub(tf.diag(tf.fill([a.shape[0]], bound)), a);
  try {
    const factor = native.executeSingleOutput("Cholesky", [attributes(native).type()], [left]);
    return Number.isFinite(readFloats(tf.sum(factor))[0]);
  } catch {
    return false; // "Cholesky decomposition was not successful"
  }
}

/** The vectors as rows, the largest eigenvalue first. */
function rows({ vectors }: Pairs, { size, kept }: Problem): Float32Array {
  const data = readFloats(vectors);
  const result = new Float32Array(kept * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < kept; j++) result[(kept - 1 - j) * size + i] = data[i * kept + j];
  }
  return result;
}
