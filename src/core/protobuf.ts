/**
 * The few parts of protobuf's wire format that messages are written with (https://protobuf.dev/programming-guides/encoding).
 * A message is its fields, one after the other.
 */

function varint(value: number): Buffer {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 128 : low);
  } while (rest > 0n);
  return Buffer.from(bytes);
}

function field(number: number, wireType: number, payload: Buffer): Buffer {
  return Buffer.concat([varint((number << 3) | wireType), payload]);
}

/** A text, bytes or a message within a message. */
export function message(number: number, content: Buffer): Buffer {
  return field(number, 2, Buffer.concat([varint(content.length), content]));
}

/** An integer of any width; negative ones as 64 bits. */
export function integer(number: number, value: number): Buffer {
  return field(number, 0, varint(value));
}

/** A 32-bit float. */
export function float(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return field(number, 5, bytes);
}

/** A 64-bit float. */
export function double(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return field(number, 1, bytes);
}
