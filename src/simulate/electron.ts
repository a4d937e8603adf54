/** e^2 in Gaussian units, eV nm. */
export const ELECTRON_CHARGE_SQUARED = 1.439964;

const HBAR_C = 197.32698; // eV nm
const REST_ENERGY = 510.99895; // keV

/** A fast electron as its field needs it. */
export interface FastElectron {
  /** Lorentz factor. */
  readonly gamma: number;
  /** hbar times velocity, eV nm. */
  readonly hbarVelocity: number;
}

/** The electron of a beam energy in keV: 60 keV gives gamma 1.1174 and hbar v 88.05 eV nm. */
export function fastElectron(beamEnergy: number): FastElectron {
  const gamma = 1 + beamEnergy / REST_ENERGY;
  return { gamma, hbarVelocity: HBAR_C * Math.sqrt(1 - 1 / (gamma * gamma)) };
}

/** Momentum transfer E / (hbar v gamma) in 1/nm that goes with an energy loss E in eV. */
export function momentumTransfer(electron: FastElectron, energy: number): number {
  return energy / (electron.hbarVelocity * electron.gamma);
}
