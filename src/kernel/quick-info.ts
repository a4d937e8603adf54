import type * as TS from "@tslab/typescript-for-tslab";

const TITLES: Readonly<Record<string, string>> = { returns: "returns", throws: "throws", example: "example" };

// how the compiler describes a name that it cannot resolve
const UNRESOLVED = /^any$|= \/\*unresolved\*\/ any$/;

const joined = (parts: readonly TS.SymbolDisplayPart[] | undefined) => (parts ?? []).map(({ text }) => text).join("");

/**
 * Signature and documentation of a name, with all its JSDoc tags, as plain text; undefined for a name that the compiler
 * knows nothing of.
 */
export function quickInfoText({ displayParts, documentation, tags = [] }: TS.QuickInfo): string | undefined {
  // what an import adds: "(alias) " in front, and the import itself behind
  const signature = joined(displayParts)
    .replace(/^\(alias\) /, "")
    .replace(/\n(?:import|export) [\w$]+(?: as [\w$]+)?$/, "");
  const words = joined(documentation);
  if (words === "" && UNRESOLVED.test(signature)) return undefined;
  const sections = tags.map(({ name, text }) => {
    const what = joined(text);
    const title = TITLES[name];
    if (title === undefined) return `@${name} ${what}`.trimEnd();
    return what.includes("\n") || name === "example" ? `${title}:\n${indented(what)}` : `${title}: ${what}`;
  });
  const docs = [words, sections.join("\n")].filter((part) => part !== "").join("\n\n");
  return docs === "" ? signature : `${signature}\n\n${docs}`;
}

const indented = (text: string) => text.replace(/^(?=.)/gm, "    ");
