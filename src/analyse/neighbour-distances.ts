import type { Pace } from "../core/pace";
import { nearestRows, type RowSet } from "./nearest-rows";

/** Distance of each row from the nearest row of a set; of the set itself, from the nearest other row. */
export async function neighbourDistances(rows: RowSet, set: RowSet, pace: Pace, step = 1): Promise<Float64Array> {
  const same = rows === set;
  const found = new Float64Array(Math.ceil(rows.count / step));
  for (let i = 0; i < found.length; i++) {
    const at = i * step;
    const point = Array.from({ length: rows.size }, (_, k) => rows.data[at * rows.size + k]);
    const near = nearestRows(set, point, same ? 2 : 1).find(({ index }) => !same || index !== at);
    found[i] = Math.sqrt(near?.squared ?? 0);
    await pace.step();
  }
  return found;
}
