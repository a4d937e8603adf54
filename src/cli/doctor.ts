import type { Command } from "commander";

/** `specbook doctor`: what is there, what runs, what is missing. */
export function register(program: Command): void {
  program
    .command("doctor")
    .description("say which engine and device really run, and what is missing")
    .option("--json", "print one JSON object")
    .action(async ({ json = false }: { json?: boolean }) => {
      const { describe, examine } = await import("./doctor/examine.js");
      const report = await examine();
      console.log(json ? JSON.stringify(report, null, 2) : describe(report));
    });
}
