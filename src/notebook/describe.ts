import { inspect } from "node:util";
import type { Axis } from "../data";
import { describePosterior } from "./describe-posterior";
import { describeTraining } from "./describe-training";

/** One short text for any value: its own summary, or what it is, its shape and its axes for the package's own types. */
export function describe(value: unknown): string {
  if (typeof value === "string") return value;
  const summary = summaryOf(value);
  if (summary !== undefined) return summary;
  const own = describePosterior(value) ?? describeTraining(value);
  if (own !== undefined) return own;
  const line = describeData(value);
  const text = inspect(value, { depth: 2, maxArrayLength: 8, maxStringLength: 400, breakLength: 100 });
  return line === undefined ? text : `${line}\n${text}`;
}

/** What a result says of itself, e.g. the table of a comparison. */
function summaryOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("kind" in value) || !("summary" in value)) return undefined;
  return typeof value.summary === "string" ? value.summary : undefined;
}

/** "spectrum-image 62 x 75 x 187; y 0 .. 61 px, ..." for values with a kind, a shape and axes; undefined for others. */
function describeData(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("kind" in value) || !("axes" in value)) return undefined;
  const shape = "shape" in value && Array.isArray(value.shape) ? ` ${value.shape.join(" x ")}` : "";
  const axes: unknown[] = Object.values(value.axes ?? {});
  if (axes.length === 0 || !axes.every(isAxis)) return undefined; // an object of the user, with axes of its own
  return `${value.kind}${shape}; ${axes.map(describeAxis).join(", ")}`;
}

function isAxis(value: unknown): value is Axis {
  if (typeof value !== "object" || value === null) return false;
  const { offset, scale, size } = value as Partial<Axis>;
  return [offset, scale, size].every((one) => typeof one === "number");
}

function describeAxis({ name, offset, scale, size, units }: Axis): string {
  const number = (v: number) => String(Number(v.toPrecision(5)));
  return `${name} ${number(offset)} to ${number(offset + scale * (size - 1))} ${units}`;
}

/** What a chart shows, from its title, for places that draw neither charts nor pictures. */
export function describeChart(spec: Readonly<Record<string, unknown>>): string {
  const { title } = spec;
  if (typeof title === "string") return `[chart] ${title}`;
  if (typeof title !== "object" || title === null) return "[chart]";
  const { text, subtitle } = title as { text?: unknown; subtitle?: unknown };
  return ["[chart]", text, subtitle]
    .flat()
    .filter((part) => typeof part === "string" && part !== "")
    .join(" ");
}
