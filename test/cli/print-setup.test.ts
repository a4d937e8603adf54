import { describe, expect, test } from "vitest";
import { printSetup } from "../../src/cli/print-setup";
import type { SetupEvent } from "../../src/engine";

const EVENTS: SetupEvent[] = [
  { step: "npm", state: "skipped", text: "done before" },
  { step: "wheel", state: "started" },
  { step: "wheel", state: "progress", text: "42 %" },
  { step: "wheel", state: "done", seconds: 3.14 },
  { step: "addon", state: "failed", text: "no compiler" },
];

function printed(isTTY: boolean): string {
  let text = "";
  const report = printSetup({ isTTY, write: (piece: string) => (text += piece) });
  for (const event of EVENTS) report(event);
  return text;
}

describe("printSetup", () => {
  test("writes one line per finished step into a log", () => {
    expect(printed(false)).toBe(" =  npm: done before\n +  wheel (3.1 s)\n !  addon: no compiler\n");
  });

  test("shows progress in place on a terminal", () => {
    const lines = printed(true).split("\n");
    expect(lines[1]).toBe("\r\x1b[K... wheel\r\x1b[K... wheel: 42 %\r\x1b[K +  wheel (3.1 s)");
  });
});
