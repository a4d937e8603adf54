import type { NumberType } from "../number-types";
import type { MatBytes } from "./bytes";

/** Where the real or the imaginary parts of an array lie, and how: often smaller than the class of the array. */
export interface MatPart {
  readonly at: number;
  readonly storage: NumberType;
}

/** One array of numbers of a MAT-file, as MATLAB shows it; its numbers lie column by column. */
export interface MatVariable {
  /** In MATLAB's own words: `scan`, `scan.map`, `maps{3}`, `run(2).counts`. */
  readonly path: string;
  readonly shape: readonly number[];
  /** MATLAB's class: "double", "uint8", "logical", ... */
  readonly className: string;
  /** Left out for a sparse matrix, which is not read. */
  readonly real?: MatPart;
  readonly imaginary?: MatPart;
  /** False where the numbers lie in the file itself. */
  readonly isPacked: boolean;
  /** The bytes that the places count from. */
  open(): Promise<MatBytes>;
}

const DEEPEST = 16;
const MOST = 20_000;

/** What stops a hostile file: depth of nesting, and how many arrays there may be in all. */
export class MatBudget {
  private left = MOST;

  /** False once there are too many arrays, or they are nested too deeply. */
  allows(depth: number): boolean {
    this.left -= 1;
    return this.left >= 0 && depth <= DEEPEST;
  }
}
