import { join } from "node:path";
import { cacheDirectory, currentHost, type DownloadProgress, download } from "../core";
import { type Image, image, type SpectrumImage, spectrumImage } from "../data";
import { type LoadOptions, load } from "../io";
import type { Dataset } from "./catalogue";
import { showProgress } from "./show-progress";

/** How to fetch a data set. */
export interface DatasetOptions {
  /** Stops the download; what has arrived is kept. Default: the stop button of the running cell. */
  readonly signal?: AbortSignal;
  /** Called as bytes arrive. Default: one line that counts up, in a cell. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Another address of the same file. Default: the published one, or `SPECBOOK_DATASETS_BASE` with the file's name. */
  readonly url?: string;
}

/** Downloads the file of a data set into the cache, once, and returns its path. */
export function fetchDataset(dataset: Dataset, options: DatasetOptions = {}): Promise<string> {
  const { size, gitBlobSha1, title, offline } = dataset;
  const host = currentHost();
  return download({
    url: options.url ?? addressOf(dataset),
    size,
    gitBlobSha1,
    to: cachePath(dataset),
    signal: options.signal ?? host?.signal(),
    onProgress: options.onProgress ?? (host && showProgress(host, title)),
    alternative: `Without a network, ${offline} stands in for it.`,
  });
}

/** Downloads and reads a data set of an image and a spectrum image; both carry source, licence and citation. */
export async function openDataset(
  dataset: Dataset,
  options: DatasetOptions,
  how: LoadOptions,
): Promise<{ image: Image; spectra: SpectrumImage }> {
  const path = await fetchDataset(dataset, options);
  const { image: picture, spectra } = await load(path, how);
  const { title, url, licence, citation } = dataset;
  const origin = { source: title, url, licence, citation };
  return {
    image: image(picture.data, picture.shape, { ...picture, metadata: { ...picture.metadata, ...origin } }),
    spectra: spectrumImage(spectra.data, spectra.shape, { ...spectra, metadata: { ...spectra.metadata, ...origin } }),
  };
}

/** Where the cache keeps the file of a data set. */
export function cachePath({ gitBlobSha1, file }: Dataset): string {
  return join(cacheDirectory(), "datasets", gitBlobSha1.slice(0, 12), file);
}

function addressOf({ url, file }: Dataset): string {
  const base = process.env.SPECBOOK_DATASETS_BASE;
  return base ? `${base.replace(/\/+$/, "")}/${file}` : url;
}
