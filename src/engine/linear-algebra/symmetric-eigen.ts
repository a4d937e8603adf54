import type { Tensor } from "@tensorflow/tfjs-core";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { SpecbookError } from "../../core/errors";
import { checkMemory } from "../../core/memory";
import type { Engine, NativeBackend } from "../engine";
import { attributes } from "../ops";
import { readFloats } from "./outer-products";

/** Eigenvalues in descending order, and the vector of value i as row i of `vectors` [n, n]. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** Above this the plain JavaScript solver takes longer than a second. */
const PLAIN_LIMIT = 500;

/** Up to this size plain JavaScript is quick, and float64 beats the native operation's float32. */
const PLAIN_PREFERRED = 100;

/**
 * All eigenpairs of a real symmetric matrix [n, n]: TensorFlow's SelfAdjointEigV2 (float32) on a native engine,
 * ml-matrix (float64) for small matrices and on wasm.
 *
 * @throws EngineError on wasm above 500 x 500, MemoryError
 */
export function symmetricEigen(engine: Engine, matrix: Float64Array, n: number): SymmetricEigen {
  const { native } = engine;
  checkEigenSize(engine, n);
  if (n <= PLAIN_PREFERRED || native === undefined) return plainEigen(matrix, n);
  const input = engine.tf.tensor2d(new Float32Array(matrix), [n, n]);
  const outputs = nativeEigen(native, input);
  const [values, vectors] = outputs.map(readFloats);
  engine.tf.dispose([input, ...outputs]);
  return descending(values, vectors, n);
}

/** Eigenvalues [n], rising, and vectors, one per column [n, n], of a symmetric matrix on a native engine. */
export function nativeEigen(native: NativeBackend, matrix: Tensor): Tensor[] {
  const make = attributes(native);
  return native.executeMultipleOutputs("SelfAdjointEigV2", [make.bool("compute_v", true), make.type()], [matrix], 2);
}

/**
 * Throws if `symmetricEigen` could not solve a problem of n x n on this engine; for asking before long work.
 *
 * @param remedy what to do instead
 * @throws EngineError, MemoryError
 */
export function checkEigenSize(engine: Engine, n: number, remedy = "bin or crop the data"): void {
  if (engine.native === undefined && n > PLAIN_LIMIT) {
    throw new SpecbookError("EngineError", "this eigenvalue problem is too large for the wasm engine", {
      got: `a symmetric matrix of ${n} x ${n}`,
      needed: `at most ${PLAIN_LIMIT} x ${PLAIN_LIMIT}, or the native engine`,
      remedy: `run \`specbook setup\` once for the native engine; or ${remedy}`,
    });
  }
  checkMemory(32 * n * n, `the eigenvectors of a ${n} x ${n} matrix`, remedy);
}

/** The same in plain float64 JavaScript, for small matrices. */
export function plainEigen(matrix: ArrayLike<number>, n: number): SymmetricEigen {
  const input = Matrix.from1DArray(n, n, Array.from(matrix));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(input, { assumeSymmetric: true });
  return descending(realEigenvalues, eigenvectorMatrix.to1DArray(), n);
}

/** Eigenvectors given as columns, sorted by falling eigenvalue and laid out as rows. */
function descending(values: ArrayLike<number>, columns: ArrayLike<number>, n: number): SymmetricEigen {
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => values[b] - values[a]);
  const vectors = new Float64Array(n * n);
  for (const [row, column] of order.entries()) {
    for (let i = 0; i < n; i++) vectors[row * n + i] = columns[i * n + column];
  }
  return { values: Float64Array.from(order, (i) => values[i]), vectors };
}
