import { type Cube, outline } from "./array-geometry";
import { bulkLoss, type Complex, multipoleResponse } from "./dielectric";
import { ELECTRON_CHARGE_SQUARED, type FastElectron } from "./electron";

/** What the beam meets at its own place: higher modes of the nearest faces, the bulk, and material in its way. */
export interface LocalLoss {
  readonly terms: number;
  /** Response of each term over the energies, `responses[term * energies + k]`. */
  readonly responses: Float64Array;
  /** Adds the weights at (x, y) to `out[from + term]` and returns the thickness in nm under the beam. */
  addWeights(x: number, y: number, out: Float64Array, from: number): number;
}

/** How strong the local terms are. */
export interface LocalStrength {
  /** Factor on the multipoles at faces (phenomenological; 1 is the sphere's). */
  readonly faces: number;
  /** Factor on the bulk loss (phenomenological; 1 is the theory's). */
  readonly bulk: number;
  /** Permittivity around the faces. */
  readonly faceHost: number;
}

const ORDERS = [2, 3, 4];
const CUTOFF = 1.5; // 1/nm
const FACE_SOFTNESS = 0.5; // nm, how blurred a face is seen along the beam

/**
 * Multipoles of order 2 to 4 of single cubes, taken from the sphere for small w a / v: T. L. Ferrell and P. M. Echenique,
 * Phys. Rev. Lett. 55, 1526 (1985), doi:10.1103/PhysRevLett.55.1526; how they continue inside a face is
 * phenomenological. Bulk loss 2 e^2 t / (pi (hbar v)^2) ln(1 + q_c d) Im(-1/eps) with the distance d to the surface in
 * place of v/w, because a small particle cuts the field off there (begrenzung): F. J. Garcia de Abajo,
 * Rev. Mod. Phys. 82, 209 (2010), doi:10.1103/RevModPhys.82.209.
 */
export function localLoss(
  cubes: readonly Cube[],
  electron: FastElectron,
  eps: readonly Complex[],
  strength: LocalStrength,
): LocalLoss {
  const channels = eps.length;
  const responses = new Float64Array((ORDERS.length + 1) * channels);
  const unit = ELECTRON_CHARGE_SQUARED / (Math.PI * electron.hbarVelocity ** 2);
  ORDERS.forEach((order, i) => {
    const scale = 4 * unit * strength.faces * multipoleWeight(order);
    for (let k = 0; k < channels; k++) {
      responses[i * channels + k] = scale * multipoleResponse(eps[k], strength.faceHost, order);
    }
  });
  for (let k = 0; k < channels; k++) {
    responses[ORDERS.length * channels + k] = 2 * unit * strength.bulk * bulkLoss(eps[k]);
  }

  const outlines = cubes.map(outline);
  const radii = cubes.map((cube) => Math.sqrt((cube.width * cube.height) / Math.PI));
  return {
    terms: ORDERS.length + 1,
    responses,
    addWeights(x, y, out, from) {
      let thickness = 0;
      let depth = 0;
      for (let i = 0; i < cubes.length; i++) {
        const distance = outlines[i](x, y);
        const reach = faceReach(distance, 0.9 * radii[i]);
        let power = reach * reach;
        for (let order = 0; order < ORDERS.length; order++) {
          power *= reach * reach;
          out[from + order] += power * radii[i];
        }
        // The largest, not the sum: drawn cubes may overlap by a fraction of a nm.
        thickness = Math.max(thickness, softInside(distance) * cubes[i].thickness);
        if (distance < 0) depth = Math.max(depth, Math.log1p(-CUTOFF * distance) * cubes[i].thickness);
      }
      out[from + ORDERS.length] += depth;
      return thickness;
    },
  };
}

/** Share of a cube that the beam meets at a distance from its outline: 1 inside, 0 outside, blurred at the face. */
export function softInside(distance: number): number {
  return 1 / (1 + Math.exp(Math.min(50, Math.max(-50, distance / FACE_SOFTNESS))));
}

/** The ratio (radius / distance from the centre) of a multipole, mirrored at the face for a beam inside. */
function faceReach(distance: number, radius: number): number {
  if (distance > 0) return radius / (radius + distance);
  return Math.min(1, Math.max(0, 1 + distance / radius));
}

/** 2 * 4^l ((l - 1)!)^2 / (4 (2 l)!), the share of the term m = l at order l. */
function multipoleWeight(order: number): number {
  return (2 * 4 ** order * factorial(order - 1) ** 2) / (4 * factorial(2 * order));
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}
