import { readFileSync } from "node:fs";
import { readNpz } from "../../../src/io";
import type { ModelBase } from "../../../src/models/model";
import { shared } from "../../support/shared-data";

/** What index.json says of one fixture; `Config` are the peer's options. */
export interface IndexEntry<Config> {
  readonly file: string;
  readonly params: number;
  readonly batch: number;
  /** Learning rate of the Adam steps. */
  readonly lr: number;
  readonly adam_ill_conditioned: Record<string, number[] | number>;
  readonly config: Config;
  readonly keys: Record<string, [number[], string]>;
}

/** A network with the weights of a fixture, and all its arrays. */
export interface Fixture<M> {
  readonly model: M;
  readonly arrays: ReadonlyMap<string, Float64Array>;
  readonly batch: number;
  readonly lr: number;
  /** Entries of adam1 / adam5 that are set by rounding alone: their places, or their number in large networks. */
  readonly ill: Record<string, number[] | number>;
}

/** The entry of a fixture in index.json. */
export function entry<Config>(name: string): IndexEntry<Config> {
  return JSON.parse(readFileSync(shared("data/parity/index.json"), "utf8")).models[name];
}

/** Reads a fixture and puts its weights into a model made for it. */
export async function loadFixture<M extends ModelBase, Config>(
  name: string,
  make: (config: Config) => M,
): Promise<Fixture<M>> {
  const { file, config, batch, lr, adam_ill_conditioned: ill } = entry<Config>(name);
  const raw = await readNpz(shared(`data/parity/${file}`));
  const arrays = new Map(Object.entries(raw).map(([key, a]) => [key, Float64Array.from(a.data as Float32Array)]));
  const model = make(config);
  for (const [key, p] of Object.entries(model.parameters)) {
    p.data.set(arrays.get(`param/${key}`) ?? (arrays.get(`buffer/${key}`) as Float64Array));
  }
  return { model, arrays, batch, lr, ill };
}

/** Sum, sum of squares and first 8 values: what the fixtures keep of large arrays. */
export function digest(values: Float32Array): number[] {
  let sum = 0;
  let squares = 0;
  for (const v of values) {
    sum += v;
    squares += v * v;
  }
  return [sum, squares, ...Array.from({ length: 8 }, (_, i) => values[i] ?? 0)];
}
