/**
 * As much of an assembler for WebAssembly as small numeric kernels need: one function over one imported memory
 * (binary format: https://www.w3.org/TR/wasm-core-2/#binary-format). Code is an array of bytes, put together by functions.
 */
export type Code = readonly number[];

export const I32 = 0x7f;
export const F64 = 0x7c;
export const V128 = 0x7b;

/** An instruction stream out of parts. */
export const code = (...parts: readonly Code[]): Code => parts.flat();

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];

export const int = (value: number): Code => [0x41, ...signed(value)];
export const add = (a: Code, b: Code): Code => [...a, ...b, 0x6a];
export const times = (a: Code, b: Code): Code => [...a, ...b, 0x6c];

/** `local += value` of 32-bit integers. */
export const advance = (local: number, value: Code): Code => set(local, add(get(local), value));

/** Runs the body while `local`, which it must move, is below the end (compared as unsigned); once at least. */
export const repeat = (local: number, end: Code, body: Code): Code => [
  0x03,
  0x40,
  ...body,
  ...get(local),
  ...end,
  0x49,
  0x0d,
  0x00,
  0x0b,
];

const vector = (operation: number, ...rest: number[]): Code => [0xfd, ...unsigned(operation), ...rest];
/** Four float32 at an address. */
export const load = (address: Code, offset = 0): Code => [...address, ...vector(0x00, 2, ...unsigned(offset))];
/** One float32 at an address, four times. */
export const spread = (address: Code, offset = 0): Code => [...address, ...vector(0x09, 2, ...unsigned(offset))];
export const store = (address: Code, value: Code, offset = 0): Code => [
  ...address,
  ...value,
  ...vector(0x0b, 2, ...unsigned(offset)),
];
export const zeros: Code = vector(0x0c, ...new Array<number>(16).fill(0));
const binary =
  (operation: number) =>
  (a: Code, b: Code): Code => [...a, ...b, ...vector(operation)];
export const and = binary(0x4e);
export const or = binary(0x50);
export const greater = binary(0x44);
export const plus = binary(0xe4);
export const product = binary(0xe6);
/** The larger of two numbers, for numbers that are not NaN. */
export const larger = binary(0xeb);
export const magnitude = (a: Code): Code => [...a, ...vector(0xe0)];

/** The sum of four float32 as float64. */
export const total = (a: Code): Code => {
  const lane = (i: number) => [...a, ...vector(0x1f, i), 0xbb];
  return [...lane(0), ...lane(1), 0xa0, ...lane(2), 0xa0, ...lane(3), 0xa0];
};

/**
 * The module of one function, exported as "run", over the memory imported as "host" "memory".
 *
 * @param parameters, locals types of the locals, in the order of their numbers: the parameters first
 */
export function assemble(
  parameters: readonly number[],
  result: number,
  locals: readonly number[],
  body: Code,
): Uint8Array {
  const type = [0x60, ...list(parameters.map((one) => [one])), ...list([[result]])];
  const memory = [...name("host"), ...name("memory"), 0x02, 0x00, 0x00];
  const own = list(locals.map((one) => [1, one]));
  const content = [...own, ...body, 0x0b];
  return Uint8Array.from([
    0x00,
    0x61,
    0x73,
    0x6d,
    0x01,
    0x00,
    0x00,
    0x00,
    ...section(1, list([type])),
    ...section(2, list([memory])),
    ...section(3, list([[0]])),
    ...section(7, list([[...name("run"), 0x00, 0x00]])),
    ...section(10, list([[...unsigned(content.length), ...content]])),
  ]);
}

const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];
const list = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
const name = (text: string): Code => list([...Buffer.from(text)].map((byte) => [byte]));

/** LEB128. */
function unsigned(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >>> 7;
  return rest === 0 ? [low] : [low | 0x80, ...unsigned(rest)];
}

function signed(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >> 7;
  const isDone = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
  return isDone ? [low] : [low | 0x80, ...signed(rest)];
}
