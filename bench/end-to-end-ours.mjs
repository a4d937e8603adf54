// Our side of end-to-end.mjs. Arguments: folder with data/, epochs, latent size; prints { error, megabytes }.
const [folder, epochs, latent] = process.argv.slice(2);
process.env.SPECBOOK_SHARED = folder;
const { fit, im2spec, predict } = await import("../dist/models/index.js");
const { errorOf, ftoPairs, meanPixelError, subset } = await import("./fto-pairs.mjs");

const fto = await ftoPairs();
const { train, test } = fto.splits.random;
const model = im2spec({ image: [16, 16, 1], spectrum: fto.channels, latent: Number(latent), seed: 1 });
const options = { epochs: Number(epochs), batch: 64, learningRate: 1e-3, seed: 1, weights: "last" };
await fit(model, subset(fto, train), { validation: subset(fto, test), ...options });
const { data } = await predict(model, subset(fto, fto.all));
console.error(`mean error of the map: ${meanPixelError(data, fto.spectra, fto.all, fto.channels).toFixed(4)}`);
const error = Number(errorOf(data, fto.spectra, test, fto.channels).rel.toFixed(4));
console.log(JSON.stringify({ error, megabytes: Math.round(process.resourceUsage().maxRSS / 1024) }));
