import { refusedOption } from "../core/check-option";
import { requiredOption } from "./required-option";

/** The beam, the angles and the material that a mean free path belongs to. Give the density or the atomic number. */
export interface MeanFreePathOptions {
  /** Energy of the beam, keV. */
  readonly beamEnergy: number;
  /** Convergence semi-angle, mrad; without effect on the formula with the atomic number. */
  readonly convergence?: number;
  /** Collection semi-angle, mrad. */
  readonly collection: number;
  /** Density of the material, g / cm^3. */
  readonly density?: number;
  /** Effective atomic number of the material. */
  readonly atomicNumber?: number;
}

const CALL = "meanFreePath";
/** Cut-off angle of the formula with the density, mrad. */
const CUT_OFF = 20;

/**
 * Mean free path of inelastic scattering, nm, by one of two empirical formulas. Both know a material by one number and
 * are good to 10 to 20 %.
 *
 * With the density rho: 1 / lambda = (11 rho^0.3 / 200 F E0) ln{ (a^2 + b^2 + 2 tE^2 + |a^2 - b^2|) / (a^2 + b^2 + 2 tC^2 +
 * |a^2 - b^2|) tC^2 / tE^2 }, tE = 5.5 rho^0.3 / (F E0), tC = 20 mrad, semi-angles a of convergence and b of collection (K.
 * Iakoubovskii et al., Microsc. Res. Tech. 71, 626 (2008), doi:10.1002/jemt.20597).
 *
 * With the atomic number Z: lambda = 106 F E0 / (Em ln(2 b E0 / Em)), Em = 7.6 Z^0.36 eV, for b up to about 15 mrad (T.
 * Malis, S. C. Cheng, R. F. Egerton, J. Electron Microsc. Tech. 8, 193 (1988), doi:10.1002/jemt.1060080206).
 *
 * E0 in keV, F = (1 + E0 / 1022) / (1 + E0 / 511)^2.
 *
 * @throws OptionError unless exactly one of density and atomic number is given, for numbers that are not positive
 * @example
 * const lambda = meanFreePath({ beamEnergy: 200, convergence: 10, collection: 20, density: 2.33 }); // silicon
 */
export function meanFreePath(options: MeanFreePathOptions): number {
  const { beamEnergy, convergence = 0, collection, density, atomicNumber } = options;
  checkGiven("beamEnergy", beamEnergy, "keV");
  checkGiven("collection", collection, "mrad");
  if (!(Number.isFinite(convergence) && convergence >= 0)) {
    throw refusedOption(CALL, "convergence", convergence, "a semi-angle in mrad of at least 0");
  }
  if ((density === undefined) === (atomicNumber === undefined)) {
    throw requiredOption(CALL, {
      name: "material",
      value: { density, atomicNumber },
      needed: "either its density or its atomicNumber",
      remedy: EXAMPLE,
    });
  }
  const relativistic = ((1 + beamEnergy / 1022) / (1 + beamEnergy / 511) ** 2) * beamEnergy;
  if (atomicNumber !== undefined) {
    checkGiven("atomicNumber", atomicNumber, "protons");
    const meanLoss = 7.6 * atomicNumber ** 0.36;
    const log = Math.log((2 * collection * beamEnergy) / meanLoss);
    if (log > 0) return (106 * relativistic) / (meanLoss * log);
    const least = (Math.E * meanLoss) / (2 * beamEnergy);
    throw requiredOption(CALL, {
      name: "collection",
      value: collection,
      needed: `some mrad: the formula has no value near ${least.toFixed(3)}`,
      remedy: "give the semi-angle in mrad, or the density of the material instead of its atomic number",
    });
  }
  checkGiven("density", density, "g / cm^3");
  const weight = density ** 0.3;
  const characteristic = (5.5 * weight) / relativistic;
  const angles = convergence ** 2 + collection ** 2 + Math.abs(convergence ** 2 - collection ** 2);
  const ratio = (angles + 2 * characteristic ** 2) / (angles + 2 * CUT_OFF ** 2);
  return (200 * relativistic) / (11 * weight * Math.log((ratio * CUT_OFF ** 2) / characteristic ** 2));
}

const EXAMPLE = "for example meanFreePath({ beamEnergy: 200, collection: 20, density: 2.33 }) for silicon at 200 keV";

function checkGiven(name: string, value: number | undefined, units: string): asserts value is number {
  if (value !== undefined && Number.isFinite(value) && value > 0) return;
  throw requiredOption(CALL, { name, value, needed: `a positive number, in ${units}`, remedy: EXAMPLE });
}
