import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { address, readConnectionFile } from "../../src/kernel/connection-file";
import { kernelSpec } from "../../src/kernel/kernel-spec";
import { PACKAGE_ROOT } from "../../src/kernel/package-types";
import { caught } from "../support/caught";
import { temporaryFolder } from "../support/temporary";

const ports = { shell_port: 1, iopub_port: 2, stdin_port: 3, control_port: 4, hb_port: 5 };

function fileWith(content: string): string {
  const path = join(temporaryFolder(), "c.json");
  writeFileSync(path, content);
  return path;
}

describe("connection file", () => {
  test("gives an address for each socket", () => {
    const path = fileWith(JSON.stringify({ transport: "tcp", ip: "127.0.0.1", key: "k", ...ports, kernel_name: "x" }));
    const connection = readConnectionFile(path);
    expect(address(connection, "shell")).toBe("tcp://127.0.0.1:1");
    expect(address({ ...connection, transport: "ipc", ip: "/run/k" }, "hb")).toBe("ipc:///run/k-5");
  });

  test("that is missing, no JSON or incomplete is named with what is wrong", async () => {
    expect(await caught(() => readConnectionFile("/no/such/file.json"))).toMatchObject({ tag: "FileError" });
    expect(await caught(() => readConnectionFile(fileWith("{")))).toMatchObject({ tag: "FileError" });
    const { hb_port: _, ...four } = ports;
    const error = await caught(() => readConnectionFile(fileWith(JSON.stringify({ ip: "127.0.0.1", ...four }))));
    expect(error.tag).toBe("FormatError");
    expect(error.got).toContain("hb_port");
  });
});

test("the kernelspec starts this installation with the node that wrote it, and is stopped by message", () => {
  const spec = kernelSpec();
  expect(spec.argv).toEqual([
    process.execPath,
    `${PACKAGE_ROOT}/dist/kernel/main.js`,
    "--connection-file",
    "{connection_file}",
  ]);
  expect(spec).toMatchObject({
    display_name: "TypeScript (specbook)",
    language: "typescript",
    interrupt_mode: "message",
  });
});
