/** One executed cell. */
export interface HistoryItem {
  readonly count: number;
  readonly code: string;
  result?: string;
}

/** A history request of the Jupyter protocol. */
export interface HistoryQuery {
  readonly hist_access_type: "range" | "tail" | "search";
  readonly output?: boolean;
  readonly start?: number;
  readonly stop?: number;
  readonly n?: number | null;
  readonly pattern?: string;
  readonly unique?: boolean;
}

/** `[session, line, input]` or `[session, line, [input, output]]`. */
export type HistoryEntry = [1, number, string | [string, string | null]];

function globPattern(glob: string): RegExp {
  const escaped = glob.replace(/[.+^${}()|\\[\]]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
}

/** What ran in this session. */
export class History {
  readonly #items: HistoryItem[] = [];

  /** Remembers a cell; its result is put into the item later. */
  add(item: HistoryItem): HistoryItem {
    this.#items.push(item);
    return item;
  }

  /** Answers a history request. */
  query({ hist_access_type: type, output, start, stop, n, pattern, unique }: HistoryQuery): HistoryEntry[] {
    let items = this.#items;
    if (type === "range") {
      items = items.filter(({ count }) => count >= (start ?? 1) && count < (stop ?? Number.POSITIVE_INFINITY));
    } else {
      if (type === "search") {
        const glob = globPattern(pattern ?? "*");
        items = items.filter(({ code }) => glob.test(code));
        if (unique) items = [...new Map(items.map((item) => [item.code, item])).values()];
      }
      if (n !== undefined && n !== null) items = n > 0 ? items.slice(-n) : [];
    }
    return items.map(({ count, code, result }) => [1, count, output ? [code, result ?? null] : code]);
  }
}
