import { SpecbookError } from "../../core/errors";
import { cutBlock } from "../block";
import { fromValues } from "../calibration";
import type { Draft, DraftAxis } from "../drafts";
import { type AttributeValue, attributes, referencedPath, text } from "../hdf5/attributes";
import { bytesOf, describeDataset, type Hdf5Dataset, readFloat32, readFloat64, typeNameOf } from "../hdf5/dataset";
import type { Hdf5File } from "../hdf5/file";
import { filterName } from "../hdf5/filters";
import { partsAxis } from "./dataset-draft";
import { channelName } from "./nsid";
import { readGridBlock } from "./usid-block";

const TABLES = ["Position_Indices", "Position_Values", "Spectroscopic_Indices", "Spectroscopic_Values"] as const;

/** The paths of the four tables that explain a USID main data set, undefined for any other data set. */
export function usidTables(file: Hdf5File, path: string): readonly string[] | undefined {
  const paths = TABLES.map((name) => referencedPath(file, path, name));
  return paths.every((found) => found !== undefined) ? paths : undefined;
}

/**
 * The signal of a USID main data set (https://pycroscopy.github.io/USID): a matrix of positions x spectral points,
 * whose tables say which position and which spectral value every row and column is. Rows come back in scan order. Where
 * the tables list the grid in that order already, as most programs write it, a block is read alone.
 */
export function usidDraft(file: Hdf5File, dataset: Hdf5Dataset, tables: readonly string[]): Draft | undefined {
  const { type, path, shape } = dataset;
  if (type === undefined || shape.length !== 2 || shape[0] * shape[1] === 0) return undefined;
  const own = attributes(file, path);
  const positions = readTable(file, path, tables[0], tables[1], shape[0], "scan");
  const spectral = readTable(file, path, tables[2], tables[3], shape[1], "spectral");
  const parts = partsAxis(dataset);
  const scan: readonly DraftAxis[] =
    positions.axes.length + spectral.axes.length > 0
      ? positions.axes
      : [{ name: "x", size: 1, units: "", role: "scan" }];
  const axes = [...scan, ...spectral.axes, ...parts];
  const grid = axes.map(({ size }) => size);
  const isSeekable = isInOrder(positions.places) && isInOrder(spectral.places);
  return {
    name: channelName(path),
    path,
    aliases: [text(own.quantity)],
    format: "USID",
    quantity: text(own.quantity),
    axes,
    dtype: typeNameOf(dataset),
    bytes: bytesOf(dataset),
    packing: dataset.filters.map(filterName),
    metadata: { units: text(own.units), attributes: own },
    isSeekable,
    read: async ({ block, signal } = {}) => {
      if (block !== undefined && isSeekable) {
        const positionGrid = scan.map(({ size }) => size);
        const spectralGrid = spectral.axes.map(({ size }) => size);
        return readGridBlock(file, dataset, { positionGrid, spectralGrid, block, signal });
      }
      const matrix = await readFloat32(file, dataset, { signal });
      const whole = isSeekable ? matrix : inGridOrder(matrix, positions.places, spectral.places);
      return block === undefined ? whole : cutBlock(whole, grid, block);
    },
  };
}

function isInOrder(places: Int32Array): boolean {
  return places.every((place, i) => place === i);
}

interface Table {
  /** Axes with more than one point, slowest first. */
  readonly axes: readonly DraftAxis[];
  /** Where entry i of the table lies in the grid. */
  readonly places: Int32Array;
}

function readTable(
  file: Hdf5File,
  path: string,
  indexPath: string,
  valuePath: string,
  length: number,
  role: "scan" | "spectral",
): Table {
  const described = describeDataset(file, indexPath);
  const values = readFloat64(file, describeDataset(file, valuePath));
  const indices = readFloat64(file, described);
  const isPosition = role === "scan"; // positions are listed down the rows, spectral points along the columns
  const [entries, columns] = isPosition ? described.shape : [described.shape[1], described.shape[0]];
  if (entries !== length || described.shape.length !== 2 || values.length !== indices.length) {
    throw inconsistent(path, `${entries} entries in ${indexPath} for ${length} in the data`);
  }
  const own = attributes(file, valuePath);
  const at = (entry: number, column: number) => (isPosition ? entry * columns + column : column * entries + entry);
  const dimensions = Array.from({ length: columns }, (_, column) => {
    const list = Float64Array.from({ length: entries }, (_, entry) => indices[at(entry, column)]);
    const known = new Map(Array.from(list, (index, entry) => [index, values[at(entry, column)]]));
    const sorted = [...known.keys()].sort((a, b) => a - b);
    return { column, list, sorted, points: sorted.map((index) => known.get(index) as number) }; // keys of the same map
  }).filter(({ sorted }) => sorted.length > 1);
  // The axis whose index changes last in the table is the slowest.
  const firstChange = ({ list }: { list: Float64Array }) => list.findIndex((index) => index !== list[0]);
  dimensions.sort((a, b) => firstChange(b) - firstChange(a));
  const places = new Int32Array(entries);
  for (const { list, sorted } of dimensions) {
    const rank = new Map(sorted.map((index, i) => [index, i]));
    for (let entry = 0; entry < entries; entry++) {
      places[entry] = places[entry] * sorted.length + (rank.get(list[entry]) as number); // sorted lists every index
    }
  }
  checkGrid(path, dimensions, places);
  return {
    places,
    axes: dimensions.map(({ column, sorted, points }) => ({
      name: item(own.labels, column) || `${role} ${column}`,
      size: sorted.length,
      units: item(own.units, column),
      ...fromValues(points),
      role,
    })),
  };
}

function checkGrid(path: string, dimensions: readonly { sorted: readonly number[] }[], places: Int32Array): void {
  const cells = dimensions.reduce((product, { sorted }) => product * sorted.length, 1);
  const seen = new Uint8Array(Math.min(cells, places.length + 1));
  for (const place of places) seen[place] = 1;
  if (cells !== places.length || seen.includes(0)) {
    const sizes = dimensions.map(({ sorted }) => sorted.length).join(" x ");
    throw inconsistent(path, `${places.length} points on a grid of ${sizes}`);
  }
}

function inGridOrder(data: Float32Array, rows: Int32Array, columns: Int32Array): Float32Array {
  const result = new Float32Array(data.length);
  const width = columns.length;
  const size = data.length / (rows.length * width); // numbers of one element
  for (let row = 0; row < rows.length; row++) {
    for (let column = 0; column < width; column++) {
      const from = (row * width + column) * size;
      const to = (rows[row] * width + columns[column]) * size;
      for (let part = 0; part < size; part++) result[to + part] = data[from + part];
    }
  }
  return result;
}

function item(list: AttributeValue | undefined, index: number): string {
  const value = Array.isArray(list) ? list[index] : list;
  return typeof value === "string" ? value.trim() : "";
}

function inconsistent(path: string, got: string): SpecbookError {
  return new SpecbookError("FormatError", `${path} is not a complete scan`, {
    got,
    needed: "every point of a rectangular grid exactly once",
    remedy: "crop the scan to its complete rows where it was measured, and save it again",
  });
}
