import { type Draft, type DraftAxis, layoutOf } from "./drafts";
import { conversion } from "./units";

/** Fields of view of one scan may differ by this share, which is how well scans are calibrated. */
const FIELD_TOLERANCE = 0.02;

/**
 * The draft of an image with its points averaged to a scan of `rows` x `columns`; as it is where its size is no whole
 * multiple of the scan, or where both are calibrated and show fields of different size.
 */
export function binnedToScan(
  draft: Draft,
  [rows, columns]: readonly number[],
  scan: readonly (DraftAxis | undefined)[],
): Draft {
  const { order } = layoutOf(draft);
  const [y, x] = order.map((place) => draft.axes[place]);
  const [height, width] = [y.size / rows, x.size / columns];
  const isWhole = Number.isInteger(height) && Number.isInteger(width);
  if (!isWhole || height * width === 1 || !isSameField(y, scan[0]) || !isSameField(x, scan[1])) return draft;
  return {
    ...draft,
    axes: [binned(y, height), binned(x, width)],
    steps: [...(draft.steps ?? []), { operation: "bin", options: { rows: height, columns: width, by: "mean" } }],
    isSeekable: false,
    read: async (request) => {
      const image = await draft.read({ signal: request?.signal });
      return averaged(image, rows, columns, height, width);
    },
  };
}

function binned(axis: DraftAxis, factor: number): DraftAxis {
  const { offset, scale } = axis;
  const isCalibrated = offset !== undefined && scale !== undefined;
  const moved = isCalibrated ? { offset: offset + ((factor - 1) / 2) * scale, scale: scale * factor } : {};
  return { ...axis, size: axis.size / factor, ...moved };
}

function isSameField(own: DraftAxis, scan: DraftAxis | undefined): boolean {
  const [a, b] = [own, scan].map((axis) => {
    const { measure, factor } = conversion(axis?.units ?? "");
    return measure === "length" ? Math.abs((axis?.scale ?? Number.NaN) * factor) * (axis?.size ?? 0) : Number.NaN;
  });
  return !(Math.abs(a - b) > FIELD_TOLERANCE * b);
}

function averaged(image: Float32Array, rows: number, columns: number, height: number, width: number): Float32Array {
  const result = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const sums = new Float64Array(columns);
    for (let i = row * height * columns * width, n = 0; n < height * columns * width; n++) {
      sums[Math.floor((n % (columns * width)) / width)] += image[i + n];
    }
    for (let column = 0; column < columns; column++) {
      result[row * columns + column] = sums[column] / (height * width);
    }
  }
  return result;
}
