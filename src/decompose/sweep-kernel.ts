import {
  add,
  advance,
  and,
  assemble,
  type Code,
  code,
  F64,
  get,
  greater,
  I32,
  int,
  larger,
  load,
  magnitude,
  or,
  plus,
  product,
  repeat,
  set,
  spread,
  store,
  times,
  total,
  V128,
  zeros,
} from "../engine/simd/assemble";
import { compileKernel } from "../engine/simd/kernel";

/** Rows that are worked on together: the four lanes of four vectors. */
export const GROUP = 16;

/** Bytes of one number of every row of a group. */
export const STEP: number = 4 * GROUP;

/**
 * The machine code of a sweep of hierarchical alternating least squares (see `halsSweep`) over groups of 16 rows, in
 * float32. A group is a record of k + r steps of 16 numbers: its rows of the factor F [16, k], and beside them those of
 * a matrix U [16, r] that gives the products with the data, `U M`.
 *
 * For every component j the slope at the present factor is `sum over t of record[t] * coefficients[j][t]`, with
 * coefficients [k, k + r] of which the first k columns are -G and the others M^T; the component then moves to its minimum
 * along that coordinate, cut at 0. In the same go the sums of the new `F^T [F U]` are added to `sums` [k, k + r], of which
 * the part with t >= j is made, four lanes each.
 *
 * Parameters: addresses of records, coefficients, inverse diagonal of G [k] and sums; k; k + r; the end of the records.
 * Gives the sum of the magnitudes of the projected gradient.
 */
export function sweepModule(): object {
  compiled ??= compileKernel(sweepCode());
  return compiled;
}

let compiled: object | undefined;

const VECTORS = [0, 1, 2, 3];

function sweepCode(): Uint8Array {
  const [records, coefficients, inverse, sums, k, width, end] = [0, 1, 2, 3, 4, 5, 6];
  const [at, row, sum, own, last, stop, diagonal] = [7, 8, 9, 10, 11, 12, 13];
  const [factor, weight, violation] = [14, 15, 16];
  const slope = [17, 18, 19, 20];
  const bytes = (local: number, each: number): Code => times(get(local), int(each));

  const slopes = code(
    ...slope.map((local) => set(local, zeros)),
    set(at, get(records)),
    repeat(
      at,
      get(stop),
      code(
        set(weight, spread(get(row))),
        ...VECTORS.map((v) => set(slope[v], plus(get(slope[v]), product(load(get(at), 16 * v), get(weight))))),
        advance(at, int(STEP)),
        advance(row, int(4)),
      ),
    ),
  );
  const moves = code(
    set(weight, spread(get(diagonal))),
    ...VECTORS.map((v) =>
      code(
        set(factor, load(get(own), 16 * v)),
        set(
          violation,
          plus(
            get(violation),
            and(magnitude(get(slope[v])), or(greater(get(factor), zeros), greater(get(slope[v]), zeros))),
          ),
        ),
        store(get(own), larger(zeros, plus(get(factor), product(get(slope[v]), get(weight)))), 16 * v),
      ),
    ),
    advance(own, int(STEP)),
    advance(diagonal, int(4)),
  );
  const sweep = code(
    set(row, get(coefficients)),
    set(own, get(records)),
    set(diagonal, get(inverse)),
    repeat(own, get(last), code(slopes, moves)),
  );
  const addUp = code(
    set(own, get(records)),
    set(row, get(sums)),
    repeat(
      own,
      get(last),
      code(
        ...slope.map((local, v) => set(local, load(get(own), 16 * v))),
        set(at, get(own)),
        set(sum, get(row)),
        repeat(
          at,
          get(stop),
          code(
            store(
              get(sum),
              plus(
                load(get(sum)),
                plus(
                  plus(product(load(get(at)), get(slope[0])), product(load(get(at), 16), get(slope[1]))),
                  plus(product(load(get(at), 32), get(slope[2])), product(load(get(at), 48), get(slope[3]))),
                ),
              ),
            ),
            advance(at, int(STEP)),
            advance(sum, int(16)),
          ),
        ),
        advance(row, add(bytes(width, 16), int(16))), // the next row from its diagonal on
        advance(own, int(STEP)),
      ),
    ),
  );
  const body = code(
    set(violation, zeros),
    repeat(
      records,
      get(end),
      code(
        set(last, add(get(records), bytes(k, STEP))),
        set(stop, add(get(records), bytes(width, STEP))),
        sweep,
        addUp,
        advance(records, bytes(width, STEP)),
      ),
    ),
    total(get(violation)),
  );
  const parameters = [I32, I32, I32, I32, I32, I32, I32];
  const locals = [I32, I32, I32, I32, I32, I32, I32, V128, V128, V128, V128, V128, V128, V128];
  return assemble(parameters, F64, locals, body);
}
