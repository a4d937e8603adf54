/** Smooths each row of a (rows x columns, row-major) table by a Gaussian of `sigma` columns; ends are repeated. */
export function smoothRows(table: Float64Array, columns: number, sigma: number): Float64Array {
  if (sigma <= 0) return table.slice();
  const reach = Math.ceil(4 * sigma);
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-0.5 * ((i - reach) / sigma) ** 2));
  const total = kernel.reduce((a, b) => a + b);
  const out = new Float64Array(table.length);
  for (let start = 0; start < table.length; start += columns) {
    for (let c = 0; c < columns; c++) {
      let sum = 0;
      for (let i = 0; i < kernel.length; i++) {
        const from = Math.min(columns - 1, Math.max(0, c + i - reach));
        sum += kernel[i] * table[start + from];
      }
      out[start + c] = sum / total;
    }
  }
  return out;
}

/** Smooths an image (row-major) by a Gaussian of `sigma` pixels. */
export function smoothImage(data: Float64Array, columns: number, sigma: number): Float64Array {
  const rows = data.length / columns;
  const along = transpose(smoothRows(data, columns, sigma), rows, columns);
  return transpose(smoothRows(along, rows, sigma), columns, rows);
}

function transpose(data: Float64Array, rows: number, columns: number): Float64Array {
  return Float64Array.from(data, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]);
}
