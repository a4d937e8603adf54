/** The free electrons of a doped oxide: eps(E) = highFrequency - plasma^2 / (E (E + i damping)), energies in eV. */
export interface Drude {
  /** Permittivity far above the plasmon. */
  readonly highFrequency: number;
  /** Plasma energy, eV; the bulk plasmon lies at plasma / sqrt(highFrequency). */
  readonly plasma: number;
  /** Damping, eV. */
  readonly damping: number;
}

/** A complex number as [real, imaginary]. */
export type Complex = readonly [number, number];

/** The permittivity of a Drude metal at an energy loss in eV. */
export function permittivity(metal: Drude, energy: number): Complex {
  const scale = metal.plasma ** 2 / (energy * (energy * energy + metal.damping ** 2));
  return [metal.highFrequency - scale * energy, scale * metal.damping];
}

/**
 * Response Im 1 / (1/(eps/host - 1) + n) of a mode with depolarisation factor n: geometry (n) and material (eps) part in
 * the spectral representation, D. J. Bergman, Phys. Rep. 43, 377 (1978), doi:10.1016/0370-1573(78)90009-1.
 */
export function modeResponse(eps: Complex, host: number, depolarisation: number): number {
  const [re, im] = inverse([eps[0] / host - 1, eps[1] / host]);
  return inverse([re + depolarisation, im])[1];
}

/** Energy in eV at which a mode resonates without damping: plasma / sqrt(highFrequency - host + host / n). */
export function modeEnergy(metal: Drude, host: number, depolarisation: number): number {
  return metal.plasma / Math.sqrt(metal.highFrequency - host + host / depolarisation);
}

/** Im of l (eps/host - 1) / (l eps/host + l + 1): how a sphere's multipole of order l absorbs. */
export function multipoleResponse(eps: Complex, host: number, order: number): number {
  const re = eps[0] / host;
  const im = eps[1] / host;
  const [a, b] = inverse([order * re + order + 1, order * im]);
  return order * ((re - 1) * b + im * a);
}

/** Bulk loss function Im(-1/eps). */
export function bulkLoss(eps: Complex): number {
  return -inverse(eps)[1];
}

function inverse([re, im]: Complex): Complex {
  const norm = re * re + im * im;
  return [re / norm, -im / norm];
}
