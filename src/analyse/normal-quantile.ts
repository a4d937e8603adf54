import { SpecbookError } from "../core/errors";

/** Numerator and denominator of a rational approximation, lowest power first. */
type Rational = readonly [readonly number[], readonly number[]];

/** |p - 0.5| <= 0.425 */
const MIDDLE: Rational = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087,
    33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852854,
  ],
];
/** Further out, for r = sqrt(-log p) up to 5. */
const SIDE: Rational = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
];
/** r above 5: p below 1.4e-11. */
const TAIL: Rational = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 1.8463183175100548e-5,
    1.421511758316446e-7, 2.0442631033899397e-15,
  ],
];

/**
 * The value below which a standard normal variable lies with probability `p`, to about 1e-16 of its size: algorithm AS
 * 241 (Wichura, Applied Statistics 37, 477 (1988), doi:10.2307/2347330).
 *
 * @throws OptionError unless 0 < p < 1
 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) {
    throw new SpecbookError("OptionError", "a normal distribution has no such quantile", {
      got: `probability ${p}`,
      needed: "a number between 0 and 1, both excluded",
      remedy: "for example 0.05 and 0.95",
    });
  }
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(MIDDLE, 0.180625 - q * q);
  const r = Math.sqrt(-Math.log(Math.min(p, 1 - p)));
  return Math.sign(q) * (r <= 5 ? ratio(SIDE, r - 1.6) : ratio(TAIL, r - 5));
}

function ratio([above, below]: Rational, x: number): number {
  const sum = (terms: readonly number[]) => terms.reduceRight((total, term) => total * x + term, 0);
  return sum(above) / sum(below);
}
