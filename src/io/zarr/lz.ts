/** Unpacks one block of LZ4 (lz4_Block_format.md of github.com/lz4/lz4); throws unless it holds exactly `size` bytes. */
export function unpackLz4(packed: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let [from, to] = [0, 0];
  const longer = (nibble: number) => {
    let length = nibble;
    for (let byte = 255; nibble === 15 && byte === 255; ) {
      if (from >= packed.length) throw new Error("the packed bytes end within a length");
      byte = packed[from++];
      length += byte;
    }
    return length;
  };
  while (from < packed.length) {
    const token = packed[from++];
    const literals = longer(token >>> 4);
    if (from + literals > packed.length || to + literals > size) throw new Error("more bytes than there can be");
    out.set(packed.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    if (from >= packed.length) break; // the last sequence has no match
    if (from + 2 > packed.length) throw new Error("the packed bytes end within a distance");
    const distance = packed[from] | (packed[from + 1] << 8);
    from += 2;
    to = copyMatch(out, to, distance, longer(token & 15) + 4);
  }
  if (to !== size) throw new Error(`${to} of ${size} bytes`);
  return out;
}

/** Unpacks what BloscLZ packed (a kind of FastLZ, github.com/Blosc/c-blosc); throws unless it holds `size` bytes. */
export function unpackBloscLz(packed: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let [from, to] = [1, 0];
  const next = () => {
    if (from >= packed.length) throw new Error("the packed bytes end within a match");
    return packed[from++];
  };
  for (let control = packed[0] & 31; ; control = packed[from++]) {
    if (control < 32) {
      const literals = control + 1;
      if (from + literals > packed.length || to + literals > size) throw new Error("more bytes than there can be");
      out.set(packed.subarray(from, from + literals), to);
      from += literals;
      to += literals;
    } else {
      let length = (control >>> 5) - 1;
      for (let byte = 255; control >>> 5 === 7 && byte === 255; ) {
        byte = next();
        length += byte;
      }
      const high = (control & 31) << 8;
      const low = next();
      const isFar = low === 255 && high === 31 << 8;
      to = copyMatch(out, to, 1 + (isFar ? (next() << 8) + next() + 8191 : high + low), length + 3);
    }
    if (from >= packed.length) break;
  }
  if (to !== size) throw new Error(`${to} of ${size} bytes`);
  return out;
}

/** Repeats bytes that were written already; source and target may overlap. Returns where the next bytes go. */
function copyMatch(out: Uint8Array, to: number, distance: number, length: number): number {
  if (distance === 0 || distance > to || to + length > out.length) throw new Error("a match outside of the bytes");
  if (distance >= length) out.copyWithin(to, to - distance, to - distance + length);
  else for (let i = 0; i < length; i++) out[to + i] = out[to + i - distance];
  return to + length;
}
