import { besselK0 } from "./bessel";
import { quantile } from "./detector";
import { bulkLoss, type Drude, modeEnergy, modeResponse, permittivity } from "./dielectric";
import { fastElectron, momentumTransfer } from "./electron";
import { smoothRows } from "./gaussian-smooth";
import { along, type CoupledModes, distanceTo, placeOf, type WireAxis } from "./nanowire-modes";
import type { NanowireSettings } from "./nanowire-options";
import type { SimulationPace } from "./pace";

/** Loss of wires under a scanned beam. */
export interface WireLoss {
  /** Pixels x channels, row by row, the brightest pixels 1. */
  readonly spectra: Float64Array;
  /** A map of each mode at its own energy, its largest value 1. */
  readonly maps: readonly Float64Array[];
  /** Thickness of wire under the beam, nm. */
  readonly thickness: Float64Array;
}

/** The free electrons of the wires. */
export function drudeMetal({ bulkEnergy, highFrequencyPermittivity, damping }: NanowireSettings): Drude {
  const plasma = bulkEnergy * Math.sqrt(highFrequencyPermittivity);
  return { highFrequency: highFrequencyPermittivity, plasma, damping };
}

/** Energies between which the squares of the potentials are taken as linear in log E. */
const NODES = 6;

/** Spectra of all pixels, maps of the modes and the thickness. */
export async function wireLoss(
  axes: readonly WireAxis[],
  modes: CoupledModes,
  settings: NanowireSettings,
  energies: Float64Array,
  pace: SimulationPace,
): Promise<WireLoss> {
  const { radius, hostPermittivity: host, rows, columns, pixelSize } = settings;
  const channels = energies.length;
  const electron = fastElectron(settings.beamEnergy);
  const metal = drudeMetal(settings);
  const count = modes.depolarisation.length;
  const response = modeResponses(modes, energies, metal, host);
  const nodes = nodesOver(energies);
  const own = Array.from(modes.depolarisation, (n) => momentumTransfer(electron, modeEnergy(metal, host, n)));
  const local = localShapes(energies, metal, settings);

  const sigma = settings.energyResolution / 2.3548 / (energies[1] - energies[0]);
  const pixels = rows * columns;
  const spectra = new Float64Array(pixels * channels);
  const maps = Array.from({ length: count }, () => new Float64Array(pixels));
  const thickness = new Float64Array(pixels);
  const transmitted = new Float64Array(pixels);
  for (let p = 0; p < pixels; p++) {
    const [x, y] = [((p % columns) + 0.5) * pixelSize, (Math.floor(p / columns) + 0.5) * pixelSize];
    const seen = axes.map((axis) => look(axis, x, y, radius));
    thickness[p] = Math.max(...seen.map((one) => one.thickness));
    transmitted[p] = Math.exp((-settings.absorption * thickness[p]) / (2 * radius));
    const row = spectra.subarray(p * channels, (p + 1) * channels);
    const squares = nodes.energies.map((e) => excitations(modes, seen, momentumTransfer(electron, e)));
    addModes(row, response, squares, nodes);
    for (const one of seen) addLocal(row, one, local, radius);
    for (let c = 0; c < channels; c++) row[c] *= transmitted[p];
    row.set(smoothRows(row, channels, sigma));
    for (let m = 0; m < count; m++) maps[m][p] = excitations(modes, seen, own[m], m)[0];
    await pace.step(0.05 + (0.75 * p) / pixels);
  }
  finish(spectra, transmitted, energies, settings);
  return { spectra, maps: maps.map(toOne), thickness };
}

/** Scales the brightest pixels to 1, adds background and the rest of the zero-loss peak. */
function finish(spectra: Float64Array, transmitted: Float64Array, energies: Float64Array, settings: NanowireSettings) {
  const channels = energies.length;
  const rest = energies.map((e) => settings.background + settings.zeroLoss * Math.exp(-(e - 0.1) / ZERO_LOSS_DECAY));
  const maxima = Array.from(transmitted, (_, p) =>
    spectra.subarray(p * channels, (p + 1) * channels).reduce((a, b) => Math.max(a, b)),
  );
  const scale = 1 / Math.max(quantile(maxima, 0.999), 1e-30);
  for (let i = 0; i < spectra.length; i++) {
    spectra[i] = scale * spectra[i] + rest[i % channels] * Math.sqrt(transmitted[Math.floor(i / channels)]);
  }
}

const ZERO_LOSS_DECAY = 0.045; // eV

function toOne(map: Float64Array): Float64Array {
  const largest = map.reduce((a, b) => Math.max(a, b)) || 1;
  return map.map((value) => value / largest);
}

function modeResponses({ depolarisation }: CoupledModes, energies: Float64Array, metal: Drude, host: number) {
  return Array.from(depolarisation, (n) => energies.map((e) => modeResponse(permittivity(metal, e), host, n)));
}

interface Nodes {
  readonly energies: readonly number[];
  /** For each channel the node below and the share of the node above. */
  readonly below: Int32Array;
  readonly share: Float64Array;
}

function nodesOver(channels: Float64Array): Nodes {
  const [low, high] = [channels[0], channels[channels.length - 1]].map(Math.log);
  const energies = Array.from({ length: NODES }, (_, i) => Math.exp(low + ((high - low) * i) / (NODES - 1)));
  const places = channels.map((e) => ((NODES - 1) * (Math.log(e) - low)) / (high - low));
  const below = Int32Array.from(places, (place) => Math.min(NODES - 2, Math.max(0, Math.floor(place))));
  return { energies, below, share: places.map((place, i) => place - below[i]) };
}

/** A wire as the beam at one place sees it. */
interface Seen {
  /** Distance of the beam from each piece of the line charge; inside the wire the charge lies on its surface. */
  readonly distances: Float64Array;
  readonly distance: number;
  readonly thickness: number;
}

function look(axis: WireAxis, x: number, y: number, radius: number): Seen {
  const [u, v] = along(axis, x, y);
  const distance = distanceTo(axis, x, y);
  const across = v * v + Math.max(0, radius * radius - distance * distance);
  const distances = Float64Array.from({ length: axis.pieces }, (_, i) =>
    Math.sqrt((u - placeOf(axis, i)) ** 2 + across),
  );
  return { distances, distance, thickness: 2 * Math.sqrt(Math.max(0, radius * radius - distance * distance)) };
}

/** Square of the potential of each mode (or of one) along the path of the electron, at one momentum transfer. */
function excitations(modes: CoupledModes, seen: readonly Seen[], q: number, only?: number): Float64Array {
  const { waves, weights } = modes;
  const fields = seen.map(({ distances }) => distances.map((r) => 2 * besselK0(q * r)));
  const potentials = waves.map(({ wire, charge, depolarisation }) => {
    const field = fields[wire];
    let sum = 0;
    for (let i = 0; i < charge.length; i++) sum += charge[i] * field[i];
    return sum * Math.sqrt(depolarisation);
  });
  const one = (m: number) => {
    let sum = 0;
    for (let w = 0; w < waves.length; w++) sum += weights[m * waves.length + w] * potentials[w];
    return sum * sum;
  };
  return only === undefined ? Float64Array.from(waves, (_, m) => one(m)) : Float64Array.of(one(only));
}

function addModes(
  row: Float64Array,
  response: readonly Float64Array[],
  squares: readonly Float64Array[],
  { below, share }: Nodes,
): void {
  for (let c = 0; c < row.length; c++) {
    const [low, high] = [squares[below[c]], squares[below[c] + 1]];
    let sum = 0;
    for (let m = 0; m < response.length; m++) sum += response[m][c] * (low[m] + share[c] * (high[m] - low[m]));
    row[c] += 2 * sum;
  }
}

/** Loss of the surface around a wire and of its inside, for unit profiles. */
interface LocalShapes {
  readonly surface: Float64Array;
  readonly bulk: Float64Array;
}

/** In units of e^2 / (pi (hbar v)^2), as the modes. */
function localShapes(energies: Float64Array, metal: Drude, settings: NanowireSettings): LocalShapes {
  const { hostPermittivity, surfaceStrength, bulkStrength, radius } = settings;
  const values = Array.from(energies, (e) => permittivity(metal, e));
  return {
    surface: Float64Array.from(values, (e) => surfaceStrength * radius * surfaceResponse(e, hostPermittivity)),
    bulk: Float64Array.from(values, (e) => 2 * bulkStrength * bulkLoss(e)),
  };
}

/** Transverse waves around a thin cylinder all lie at eps = -host: Im (eps - host) / (eps + host). */
function surfaceResponse([re, im]: readonly [number, number], host: number): number {
  return (2 * host * im) / ((re + host) ** 2 + im * im);
}

const TRANSVERSE = [1, 2];
const BULK_RANGE = 10; // nm from the surface over which the bulk plasmon begins

/** Transverse waves fall as (radius / distance)^(2m) outside and as its mirror image inside. */
function addLocal(row: Float64Array, seen: Seen, { surface, bulk }: LocalShapes, radius: number): void {
  const { distance, thickness } = seen;
  const ratio = distance > radius ? radius / distance : distance / radius;
  const profile = TRANSVERSE.reduce((sum, m) => sum + ratio ** (2 * m), 0);
  const inside = thickness * Math.log1p(Math.max(0, radius - distance) / BULK_RANGE);
  for (let c = 0; c < row.length; c++) row[c] += profile * surface[c] + inside * bulk[c];
}
