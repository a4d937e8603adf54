import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { VERSION } from "../../src/core";
import { specbook, testBuilt } from "../support/command-line";
import { temporaryFolder } from "../support/temporary";

describe("the command line", () => {
  testBuilt("prints its version and its commands", () => {
    expect(specbook(["--version"]).stdout.trim()).toBe(VERSION);
    const { stdout } = specbook(["--help"]);
    for (const command of ["setup", "doctor", "install", "uninstall", "lab", "info"])
      expect(stdout).toMatch(new RegExp(`^ {2}${command} `, "m"));
  });

  testBuilt("ends with 1 and a hint for a command that it does not know", () => {
    const { status, stderr } = specbook(["steup"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/unknown command 'steup'[\s\S]*--help/);
  });

  testBuilt("prints an error that says what to do without a stack", () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    const { status, stderr } = specbook(["setup"], { SPECBOOK_CACHE: file });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^FileError: The folder cannot be written to\.\n {2}got: .*\n {2}needed: .*\n {2}do this: /);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
