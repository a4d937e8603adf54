/** The check sum of zip and PNG (ISO 3309). node:zlib has it only from Node 20.15 on. */
export const crc32: (bytes: Uint8Array) => number = checkSum(0xedb88320);

/** The check sum of TensorFlow's record files (Castagnoli's polynomial, RFC 3720). */
export const crc32c: (bytes: Uint8Array) => number = checkSum(0x82f63b78);

/** The cyclic check sum of a reflected polynomial, byte by byte from a table. */
function checkSum(polynomial: number): (bytes: Uint8Array) => number {
  const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value;
  });
  return (bytes) => {
    let value = 0xffffffff;
    for (let i = 0; i < bytes.length; i++) value = table[(value ^ bytes[i]) & 255] ^ (value >>> 8);
    return (value ^ 0xffffffff) >>> 0;
  };
}
