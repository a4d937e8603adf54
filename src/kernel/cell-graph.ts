import type { CellNames, FunctionNames } from "./cell-names";

/** Which cells of a notebook a cell takes names from, by position in the notebook. */
export interface CellGraph {
  /** For each cell: the earlier cells that declare or change what it uses, and the names. Always pointing upwards. */
  readonly sources: readonly ReadonlyMap<number, readonly string[]>[];
  /**
   * For each cell: the later cells that change what it reads (and do not need it), and the cells that declare those names. A run from top to
   * bottom leaves them out; running such a later cell by itself once more changes what this cell would show.
   */
  readonly laterChanges: readonly ReadonlyMap<number, readonly number[]>[];
}

/** What the kernel knows of a cell that has run. */
export interface CellRecord {
  /** Numbers of its runs, counted over all cells; the last one counts most. */
  readonly runs: readonly number[];
  /** True if its source, or a file that it imports, is not what ran. */
  readonly isEdited: boolean;
}

/** A cell whose outputs are not what running it now would give. */
export interface StaleCell {
  readonly cell: number;
  /** True if it was itself edited; else it is stale because of others. */
  readonly isEdited: boolean;
  /** The cells it is stale because of, and the names that come from them. */
  readonly because: ReadonlyMap<number, readonly string[]>;
}

/** What each cell changes, with what the functions change that it mentions, and those that these mention. */
function allChanges(cells: readonly CellNames[]): readonly ReadonlySet<string>[] {
  const functions = new Map<string, FunctionNames>();
  for (const cell of cells) for (const [name, one] of cell.functions) functions.set(name, one);
  return cells.map((cell) => {
    const changes = new Set(cell.changes);
    const seen = new Set(cell.uses); // grows while it is walked through
    for (const name of seen) {
      const one = functions.get(name);
      for (const changed of one?.changes ?? []) if (!cell.declares.has(changed)) changes.add(changed);
      for (const next of one?.uses ?? []) seen.add(next);
    }
    return changes;
  });
}

/** For each name the cells that `namesOf` has it for, from top to bottom. */
function placesOf<T>(
  cells: readonly T[],
  namesOf: (cell: T) => Iterable<string>,
): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  cells.forEach((cell, i) => {
    for (const name of namesOf(cell)) {
      const list = places.get(name);
      if (list === undefined) places.set(name, [i]);
      else list.push(i);
    }
  });
  return places;
}

/** The dependencies between the cells of a notebook, given in its order. Names that no cell declares are globals. */
export function cellGraph(cells: readonly CellNames[]): CellGraph {
  const changes = allChanges(cells);
  const declarers = placesOf(cells, ({ declares }) => declares);
  const changers = placesOf(changes, (names) => names);
  const declarerOf = (name: string, cell: number) =>
    declarers
      .get(name)
      ?.filter((place) => place < cell)
      .at(-1);
  const sources = cells.map(() => new Map<number, string[]>());
  const laterChanges = cells.map(() => new Map<number, number[]>());
  const link = <T>(map: Map<number, T[]>, cell: number, what: T) => {
    const list = map.get(cell);
    if (list === undefined) map.set(cell, [what]);
    else if (!list.includes(what)) list.push(what);
  };
  cells.forEach((cell, i) => {
    for (const name of new Set([...cell.uses, ...changes[i]])) {
      const declarer = declarerOf(name, i);
      if (declarer === undefined) continue;
      link(sources[i], declarer, name);
      for (const place of changers.get(name) ?? []) {
        if (place > declarer && place < i) link(sources[i], place, name);
      }
    }
  });
  const needs: Set<number>[] = [];
  for (const map of sources) {
    const all = new Set(map.keys());
    for (const source of map.keys()) for (const one of needs[source]) all.add(one);
    needs.push(all);
  }
  cells.forEach((cell, i) => {
    for (const name of cell.reads) {
      const declarer = declarerOf(name, i);
      if (declarer === undefined) continue;
      const next = declarers.get(name)!.find((place) => place > i) ?? cells.length; // from there on it is another one
      for (const place of changers.get(name) ?? []) {
        // what itself needs this cell comes after it
        if (place > i && place < next && !needs[place].has(i)) link(laterChanges[i], place, declarer);
      }
    }
  });
  return { sources, laterChanges };
}

/**
 * The cells whose outputs are stale, in notebook order: they have run, and were edited since; or something they use was
 * made anew after they ran, or is itself stale. `records` has undefined for cells that never ran.
 */
export function staleCells(graph: CellGraph, records: readonly (CellRecord | undefined)[]): StaleCell[] {
  const last = (record: CellRecord) => record.runs.at(-1) ?? 0;
  const stale = new Map<number, StaleCell>();
  records.forEach((record, i) => {
    if (record === undefined) return;
    const because = new Map<number, readonly string[]>();
    for (const [source, names] of graph.sources[i]) {
      const other = records[source];
      const isNewer = other !== undefined && last(other) > last(record);
      if (isNewer || stale.has(source)) because.set(source, names);
    }
    for (const [later, declarers] of graph.laterChanges[i]) {
      const other = records[later];
      if (other === undefined || last(other) < last(record)) continue;
      const made = Math.max(...declarers.map((d) => (records[d] === undefined ? 0 : last(records[d]))));
      // once after the declaration is the run from top to bottom; once more is a change that this cell has not seen
      if (other.runs.filter((run) => run > made).length > 1) because.set(later, []);
    }
    if (record.isEdited || because.size > 0) stale.set(i, { cell: i, isEdited: record.isEdited, because });
  });
  return [...stale.values()];
}

/**
 * The order in which to run some cells: each after those it takes names from, also after later cells that change what it
 * reads where the declaration itself is not run again; otherwise from top to bottom.
 */
export function runOrder(graph: CellGraph, cells: Iterable<number>): number[] {
  const left = new Set([...cells].sort((a, b) => a - b));
  const before = new Map(
    [...left].map((cell) => [cell, new Set([...graph.sources[cell].keys()].filter((s) => left.has(s)))]),
  );
  const waitsFor = (cell: number, other: number): boolean => {
    const seen = new Set([cell]); // grows while it is walked through
    for (const one of seen) for (const source of before.get(one)!) seen.add(source);
    return seen.has(other);
  };
  for (const cell of left) {
    for (const [later, declarers] of graph.laterChanges[cell]) {
      const isFollower = left.has(later) && !declarers.some((declarer) => left.has(declarer));
      if (isFollower && !waitsFor(later, cell)) before.get(cell)!.add(later);
    }
  }
  const order: number[] = [];
  while (left.size > 0) {
    const next = [...left].find((cell) => [...before.get(cell)!].every((source) => !left.has(source)))!;
    left.delete(next);
    order.push(next);
  }
  return order;
}
