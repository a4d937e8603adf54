/**
 * A Vega-Lite v5 chart. Typed loosely on purpose: the full TopLevelSpec type costs the type checker of a notebook cell
 * half a second and 300 MB.
 */
export interface VegaLiteSpec {
  readonly $schema: string;
  readonly [key: string]: unknown;
}
