import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { errorOf } from "./fto-pairs.mjs";

/** Test errors of predictors that anybody can write in five minutes: what a network must beat. */
export function baselines(fto, { train, test }) {
  const predictors = {
    "mean spectrum": meanSpectrum(fto, train),
    "ridge regression on 256 pixels": ridge(fto, train, 3.1623),
    "5 nearest images": nearest(fto, train, 5, (i) => fto.images.subarray(i * 256, (i + 1) * 256)),
    "4 nearest positions (no image at all)": nearest(fto, train, 4, (i) => fto.positions.subarray(2 * i, 2 * i + 2)),
  };
  return Object.fromEntries(
    Object.entries(predictors).map(([name, predict]) => {
      const predicted = new Float32Array(fto.n * fto.channels);
      for (const i of test) predicted.set(predict(i), i * fto.channels);
      return [name, errorOf(predicted, fto.spectra, test, fto.channels)];
    }),
  );
}

function spectrum(fto, i) {
  return fto.spectra.subarray(i * fto.channels, (i + 1) * fto.channels);
}

function meanSpectrum(fto, train) {
  const mean = new Float64Array(fto.channels);
  for (const i of train) for (const [k, value] of spectrum(fto, i).entries()) mean[k] += value / train.length;
  return () => mean;
}

/** Mean of the spectra of the nearest training samples, weighted by 1 / distance. */
function nearest(fto, train, count, features) {
  return (i) => {
    const own = features(i);
    const distances = train.map((j) => {
      const other = features(j);
      return { j, d: Math.sqrt(own.reduce((sum, value, k) => sum + (value - other[k]) ** 2, 0)) };
    });
    const chosen = distances.sort((a, b) => a.d - b.d).slice(0, count);
    const weights = chosen.map(({ d }) => 1 / Math.max(d, 1e-12));
    const total = weights.reduce((a, b) => a + b, 0);
    const result = new Float64Array(fto.channels);
    for (const [m, { j }] of chosen.entries()) {
      for (const [k, value] of spectrum(fto, j).entries()) result[k] += (value * weights[m]) / total;
    }
    return result;
  };
}

function ridge(fto, train, alpha) {
  const x = new Matrix(train.map((i) => [...fto.images.subarray(i * 256, (i + 1) * 256)]));
  const y = new Matrix(train.map((i) => [...spectrum(fto, i)]));
  const xMean = x.mean("column");
  const yMean = y.mean("column");
  x.center("column");
  y.center("column");
  const gram = x.transpose().mmul(x).add(Matrix.eye(256).mul(alpha));
  const weights = new CholeskyDecomposition(gram).solve(x.transpose().mmul(y));
  return (i) => {
    const row = Matrix.rowVector([...fto.images.subarray(i * 256, (i + 1) * 256)].map((v, k) => v - xMean[k]));
    return row
      .mmul(weights)
      .getRow(0)
      .map((v, k) => v + yMean[k]);
  };
}
