/** Jupyter counts positions in code points, JavaScript in UTF-16 units: from the first to the second. */
export function toUtf16(text: string, codePoints: number): number {
  return [...text].slice(0, codePoints).join("").length;
}

/** The way back. */
export function toCodePoints(text: string, units: number): number {
  return [...text.slice(0, units)].length;
}
