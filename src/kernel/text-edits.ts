interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly rank: number;
}

/** A text after its edits, and the way back from a position in it to the position in the original. */
export interface EditedText {
  readonly text: string;
  /** The offset in the original text of an offset in the edited one; inserted text maps to where it was inserted. */
  original(offset: number): number;
}

/** A stretch of the edited text: where it starts, and where in the original it came from. */
interface Piece {
  readonly at: number;
  readonly from: number;
  readonly isKept: boolean;
}

const REPLACE = 0;
const OPEN = 1;
const CLOSE = 2;

/** Edits of a text, made from the outside in. At one place closing inserts come first, then opening ones, then replacements. */
export class TextEdits {
  readonly #edits: Edit[] = [];

  /** Puts `text` in front of what stands at `at`. */
  open(at: number, text: string): void {
    this.#edits.push({ start: at, end: at, text, rank: OPEN });
  }

  /** Puts `text` behind what ends at `at`. */
  close(at: number, text: string): void {
    this.#edits.push({ start: at, end: at, text, rank: CLOSE });
  }

  /** Replaces a range. */
  replace(start: number, end: number, text = ""): void {
    this.#edits.push({ start, end, text, rank: REPLACE });
  }

  /** The edited text, `prefix` in front. */
  apply(source: string, prefix = ""): EditedText {
    // edits are made from the outside in: at one place the outer opening comes first and the inner closing
    const order = new Map(this.#edits.map((edit, i) => [edit, edit.rank === CLOSE ? -i : i]));
    const edits = [...this.#edits].sort(
      (a, b) => a.start - b.start || b.rank - a.rank || order.get(a)! - order.get(b)!,
    );
    const pieces: Piece[] = [{ at: 0, from: 0, isKept: false }];
    let text = prefix;
    let done = 0;
    const keep = (until: number) => {
      if (until > done) {
        pieces.push({ at: text.length, from: done, isKept: true });
        text += source.slice(done, until);
        done = until;
      }
    };
    for (const edit of edits) {
      keep(edit.start);
      pieces.push({ at: text.length, from: edit.start, isKept: false });
      text += edit.text;
      done = Math.max(done, edit.end);
    }
    keep(source.length);
    return { text, original: wayBack(pieces) };
  }
}

// Kept with a cell for as long as tracebacks may need it: a few numbers, and nothing of the texts and edits.
function wayBack(pieces: readonly Piece[]): EditedText["original"] {
  const at = Uint32Array.from(pieces, (piece) => piece.at);
  const from = Int32Array.from(pieces, (piece) => (piece.isKept ? piece.from : ~piece.from)); // negative: inserted
  return (offset) => {
    let low = 0;
    for (let high = at.length; high - low > 1; ) {
      const middle = (low + high) >> 1;
      if (at[middle] <= offset) low = middle;
      else high = middle;
    }
    return from[low] < 0 ? ~from[low] : from[low] + offset - at[low];
  };
}
