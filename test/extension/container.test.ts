import { describe, expect, test } from "vitest";

interface Container {
  init(scope: object): void;
  get(module: string): Promise<() => { token: unknown }>;
}

// Hand-written in plain JavaScript, because its text becomes part of the built extension.
async function container(scope: object): Promise<Container> {
  const path = "../../src/extension/lab/container.mjs";
  const { makeContainer } = await import(path);
  makeContainer(
    "testing",
    ["@lumino/widgets"],
    (_: object, exports: Record<string, unknown>, load: (name: string) => unknown) => {
      exports.token = load("@lumino/widgets");
    },
  );
  const made = (globalThis as unknown as { _JUPYTERLAB: Record<string, Container> })._JUPYTERLAB.testing;
  made.init(scope);
  return made;
}

const offer = (value: string, loaded?: number) => ({ get: async () => () => value, loaded });

describe("the extension's container", () => {
  test("takes the newest of the shared modules, by number", async () => {
    const { get } = await container({
      "@lumino/widgets": { "2.9.0": offer("old"), "2.10.0-beta.1": offer("new"), "2.3.1": offer("older") },
    });
    expect((await get("./extension"))()).toEqual({ token: "new" });
  });

  test("prefers the one that is in use: a second copy would have tokens of its own", async () => {
    const { get } = await container({ "@lumino/widgets": { "2.1.0": offer("used", 1), "2.9.0": offer("newer") } });
    expect((await get("./extension"))()).toEqual({ token: "used" });
  });

  test("says which module a front end lacks", async () => {
    const { get } = await container({});
    await expect(get("./extension")).rejects.toThrow("no @lumino/widgets");
  });
});
