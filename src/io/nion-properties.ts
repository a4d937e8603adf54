import type { DraftAxis } from "./drafts";
import { jsonNumber, jsonText, member } from "./json";
import { conversion } from "./units";

/** What the properties of a Nion Swift data item tell about its array. */
export interface NionWords {
  readonly name: string;
  readonly format: string;
  readonly quantity: string;
  /** One for each axis of the array, in its order. */
  readonly axes: readonly DraftAxis[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * Reads the properties (JSON) of a Nion Swift data item: a sequence axis first where `is_sequence` says so, then the
 * collection (the scan), then the datum: a spectrum, or an image. Colours lie in one more axis, of size 3 or 4. The
 * calibration of the intensity is told in `metadata.intensity` and not applied. Where the counts of axes do not fit the
 * array its axes stay uncalibrated.
 */
export function nionWords(properties: unknown, shape: readonly number[], fallbackName: string): NionWords {
  // Until version 11 the description of the data lay in a list of sources with a single entry.
  const source = member(properties, "data_sources", 0) ?? properties;
  const sequence = member(source, "is_sequence") === true ? 1 : 0;
  const isColour = isColourful(source, shape, sequence);
  const rank = shape.length - (isColour ? 1 : 0);
  const collection = jsonNumber(member(source, "collection_dimension_count")) ?? (rank - sequence >= 3 ? 2 : 0);
  const datum = jsonNumber(member(source, "datum_dimension_count")) ?? rank - sequence - collection;
  const isFitting = sequence + collection + datum === rank && datum >= 1;
  const calibrations = member(source, "dimensional_calibrations") ?? member(source, "spatial_calibrations");
  const axes = shape.map((size, i): DraftAxis => {
    if (i === rank) return { name: "colour", size, units: "", role: "other" };
    if (!isFitting) return { name: `axis ${i}`, size, units: "", role: "other" };
    const own = member(calibrations, i);
    const units = jsonText(member(own, "units"));
    const role =
      i < sequence ? "other" : i < sequence + collection ? "scan" : datumRole(units, datum, collection, sequence);
    const name = i < sequence ? "sequence" : role === "spectral" ? "energy" : `axis ${i}`;
    const offset = jsonNumber(member(own, "offset")) ?? jsonNumber(member(own, "origin"));
    return { name, size, units, offset, scale: jsonNumber(member(own, "scale")), role };
  });
  const intensity = member(source, "intensity_calibration");
  const title = jsonText(member(properties, "title"));
  return {
    name: title || fallbackName,
    format: "Nion Swift",
    quantity: jsonText(member(intensity, "units")),
    axes,
    metadata: { title, intensity: intensity ?? {}, original: properties },
  };
}

function isColourful(source: unknown, shape: readonly number[], sequence: number): boolean {
  const counts = ["collection_dimension_count", "datum_dimension_count"].map((name) =>
    jsonNumber(member(source, name)),
  );
  const told = (counts[0] ?? Number.NaN) + (counts[1] ?? Number.NaN) + sequence;
  return told === shape.length - 1 && [3, 4].includes(shape[shape.length - 1]);
}

function datumRole(units: string, datum: number, collection: number, sequence: number): DraftAxis["role"] {
  if (datum === 1) return collection > 0 || conversion(units).measure === "energy" ? "spectral" : "other";
  return datum === 2 && collection === 0 && sequence === 0 ? "scan" : "other";
}
