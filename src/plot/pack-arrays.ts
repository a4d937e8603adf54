type Node = Readonly<Record<string, unknown>>;

/**
 * Long lists of numbers inside data rows become one text each, which the chart splits again: notebooks are saved with
 * one line per number of a list, and that line is mostly indentation. Only lists that a `flatten` unfolds are packed.
 */
export function packArrays<T>(node: T): T {
  return pack(node) as T; // the same tree with other data rows
}

function pack(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(pack);
  if (typeof node !== "object" || node === null) return node;
  const children = Object.fromEntries(Object.entries(node).map(([key, child]) => [key, pack(child)]));
  return packView(children);
}

/** A view with its data and transforms packed, if it flattens lists of its own rows. */
function packView(view: Node): Node {
  const rows = (view.data as Node | undefined)?.values;
  const transforms = view.transform;
  if (!Array.isArray(rows) || !Array.isArray(transforms)) return view;
  const at = transforms.findIndex((step: Node) => Array.isArray(step.flatten));
  if (at < 0) return view;
  const fields = (transforms[at].flatten as string[]).filter((field) => rows.every((row: Node) => isLong(row[field])));
  const split = fields.map((field) => ({ calculate: `split(datum.${field}, ' ')`, as: field }));
  const number = fields.map((field) => ({ calculate: `toNumber(datum.${field})`, as: field }));
  return {
    ...view,
    data: { values: rows.map((row: Node) => packRow(row, fields)) },
    transform: [...split, ...transforms.slice(0, at + 1), ...number, ...transforms.slice(at + 1)],
  };
}

function isLong(list: unknown): boolean {
  return Array.isArray(list) && list.length > 8 && list.every((v) => v === null || typeof v === "number");
}

/** Gaps (null) become the empty text, which `toNumber` turns into null again. */
function packRow(row: Node, fields: readonly string[]): Node {
  const packed = fields.map((field) => [field, (row[field] as (number | null)[]).map((v) => v ?? "").join(" ")]);
  return { ...row, ...Object.fromEntries(packed) };
}
