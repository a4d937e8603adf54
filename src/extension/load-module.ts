import type { FrontEndModule } from "./front-end-module";

const loaded = new Map<string, Promise<FrontEndModule>>();

/** The front-end module in a text. A page keeps every module it has loaded, so the same text is loaded once. */
export function loadFrontEndModule(esm: string): Promise<FrontEndModule> {
  const module = loaded.get(esm) ?? load(esm);
  loaded.set(esm, module);
  module.catch(() => loaded.delete(esm));
  return module;
}

async function load(esm: string): Promise<FrontEndModule> {
  const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
  try {
    const { default: exported } = (await import(url)) as { default?: unknown };
    const module: unknown = typeof exported === "function" ? await exported() : exported;
    if (isFrontEndModule(module)) return module;
    throw new Error("the view's module has no `export default { render({ model, el }) { ... } }`");
  } finally {
    URL.revokeObjectURL(url);
  }
}

function isFrontEndModule(module: unknown): module is FrontEndModule {
  return typeof module === "object" && module !== null && "render" in module && typeof module.render === "function";
}
