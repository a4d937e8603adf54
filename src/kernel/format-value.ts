import { type InspectOptions, inspect } from "node:util";

const PREVIEW = 6;
const SHORT = 12;
const MOST_LINES = 120;
const MOST_CHARACTERS = 20_000;

type Numbers = ArrayLike<number | bigint> & { readonly constructor: { readonly name: string } };

function number(value: number | bigint, isSingle: boolean): string {
  // 0.10000000149011612 says nothing that 0.1 does not: single precision holds seven digits
  return isSingle && typeof value === "number" ? String(Number(value.toPrecision(7))) : String(value);
}

function typedArrayText(array: Numbers): string {
  const isSingle = array instanceof Float32Array;
  const shown = Math.min(array.length, array.length > SHORT ? PREVIEW : SHORT);
  const items = Array.from({ length: shown }, (_, i) => number(array[i], isSingle));
  const rest = array.length - shown;
  if (rest > 0) items.push(`... ${rest} more`);
  const inside = items.length > 0 ? ` ${items.join(", ")} ` : "";
  return `${array.constructor.name}(${array.length}) [${inside}]`;
}

/** Lets `util.inspect`, and with it console.log, print typed arrays as a short preview, wherever they are nested. */
export function shortenTypedArrays(): void {
  const prototype = Object.getPrototypeOf(Float32Array.prototype);
  Object.defineProperty(prototype, inspect.custom, {
    configurable: true,
    writable: true,
    value(this: Numbers): string {
      return typedArrayText(this);
    },
  });
}

/** A value as the text of a cell's result: at most 120 lines. */
export function formatValue(value: unknown, options: InspectOptions = {}): string {
  const text = inspect(value, { maxStringLength: 4000, maxArrayLength: 100, breakLength: 100, ...options });
  const lines = text.split("\n");
  if (lines.length <= MOST_LINES && text.length <= MOST_CHARACTERS) return text;
  const kept = lines.slice(0, MOST_LINES).join("\n").slice(0, MOST_CHARACTERS);
  const hidden = lines.length - kept.split("\n").length;
  return `${kept}\n... ${hidden > 0 ? `${hidden} more lines` : "cut"}; print parts of it with console.log`;
}
