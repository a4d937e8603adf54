/**
 * The whole Fourier transform of a real image from its packed half (data type 5). Of a square of n x n complex values,
 * zero frequency at [n/2, n/2], the file holds n x n floats, pairs of real and imaginary part: row r, pair c > 0 is the
 * value at [r, n/2 + c]. The first pair of the lower rows is the value at [r, n/2], that of the upper rows the value
 * at [r + n/2, 0]; the four values that are real stand as two pairs at the head of row 0 ([n/2, 0] and [0, 0]) and of
 * row n/2 ([n/2, n/2] and [0, n/2]). The other half follows from F(-k) = conj F(k). The layout is as C. Boothroyd,
 * "Digital Micrograph file format", describes it.
 *
 * @returns n x n pairs.
 */
export function unpackComplex(packed: Float32Array, n: number): Float32Array {
  const half = n / 2;
  const whole = new Float32Array(2 * n * n);
  const put = (row: number, column: number, real: number, imaginary: number) => {
    whole[2 * (row * n + column)] = real;
    whole[2 * (row * n + column) + 1] = imaginary;
    // The frequency -k lies at (n - row, n - column), where -n/2 and n/2 are one.
    const to = 2 * (((n - row) % n) * n + ((n - column) % n));
    whole[to] = real;
    whole[to + 1] = 0 - imaginary; // no -0
  };
  for (let row = 0; row < n; row++) {
    for (let column = 1; column < half; column++) {
      const from = row * n + 2 * column;
      put(row, half + column, packed[from], packed[from + 1]);
    }
    if (row % half === 0) continue;
    const from = row * n;
    if (row < half) put(row + half, 0, packed[from], packed[from + 1]);
    else put(row, half, packed[from], packed[from + 1]);
  }
  put(half, 0, packed[0], 0);
  put(0, 0, packed[1], 0);
  put(half, half, packed[half * n], 0);
  put(0, half, packed[half * n + 1], 0);
  return whole;
}
