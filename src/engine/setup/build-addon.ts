import { existsSync } from "node:fs";
import { copyFile, mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { include_dir } from "node-api-headers";
import { SpecbookError } from "../../core";
import { LAYOUT, TENSORFLOW_VERSION, type TfjsPackage } from "../recipe";
import { run, runOrThrow } from "./command";
import { QUIET_SOURCE } from "./quiet-source";
import { SESSION_OPTION, SESSION_SOURCE } from "./session-source";
import type { SetupStep, StepPlace } from "./step";
import { INCLUDE_FOLDER } from "./unpack-wheel";
import type { Wheel } from "./wheels";

/** Addons that travel with the npm package, one folder per platform: for machines without a compiler. */
const PREBUILT = join(
  __dirname,
  "../../../prebuilt",
  `tensorflow-${TENSORFLOW_VERSION}-${process.platform}-${process.arch}`,
);

/**
 * Compiles tfjs-node's two C++ files and one of ours against TensorFlow's library (about 10 s), or takes the prebuilt addon where this
 * package brings one that loads. The result is Node-API 8: the same file serves Node 20, 22, 24 and later.
 */
export function buildAddon(wheel: Wheel, name: TfjsPackage): SetupStep {
  return {
    name: "addon",
    title: "The addon between Node and TensorFlow",
    key: `${TENSORFLOW_VERSION} ${name} 2`,
    async run(place) {
      if (await takePrebuilt(name, place)) return;
      const compiler = await findCompiler(place.signal);
      const addon = join(place.scratch, "tfjs_binding.node");
      const quiet = join(place.scratch, "quiet_stderr.node");
      const source = join(place.scratch, "quiet_stderr.c");
      const session = join(place.scratch, "session_options.cc");
      await writeFile(source, QUIET_SOURCE);
      await writeFile(session, SESSION_SOURCE);
      const remedy = `Check the compiler (\`${compiler} --version\`), then run \`npx specbook setup\` again.`;
      const options = { signal: place.signal, remedy };
      await runOrThrow(
        "Compiling the addon",
        compiler,
        addonArguments(place.folder, session, addon, wheel, name),
        options,
      );
      await runOrThrow("Compiling the addon", compiler, quietArguments(source, quiet), options);
      await install(place.folder, name, addon, quiet);
    },
  };
}

/** The compiler's arguments for tfjs-node's addon; `session` is the file of `SESSION_SOURCE`. */
export function addonArguments(
  folder: string,
  session: string,
  output: string,
  wheel: Wheel,
  name: TfjsPackage,
): string[] {
  const binding = join(folder, LAYOUT.package(name), "binding");
  const libraries = join(folder, LAYOUT.libraries(name));
  const macos = process.platform === "darwin";
  // The addon finds its libraries from where it lies itself, so the folder can be renamed and moved.
  const here = macos ? "@loader_path" : "$ORIGIN";
  return [
    ...["-O2", "-std=c++17", "-fPIC", "-shared", "-DNAPI_VERSION=8", "-w"],
    ...[binding, join(folder, INCLUDE_FOLDER), include_dir].map((path) => `-I${path}`),
    SESSION_OPTION,
    ...[join(binding, "tfjs_backend.cc"), join(binding, "tfjs_binding.cc"), session, "-o", output],
    ...wheel.libraries.map((file) => join(libraries, file)),
    `-Wl,-rpath,${here}/../../deps/lib`,
    ...(macos ? ["-undefined", "dynamic_lookup"] : []), // Node's own symbols come with the process that loads it
  ];
}

/** The compiler's arguments for the addon that holds back what TensorFlow prints while it loads. */
export function quietArguments(source: string, output: string): string[] {
  const macos = process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : [];
  return ["-x", "c", "-O2", "-fPIC", "-shared", "-DNAPI_VERSION=8", `-I${include_dir}`, source, "-o", output, ...macos];
}

async function findCompiler(signal?: AbortSignal): Promise<string> {
  // Apple's clang++ without its tools opens a window and waits: ask first where they are.
  const tools = process.platform !== "darwin" || (await run("xcode-select", ["-p"], { signal })).code === 0;
  for (const name of tools ? [process.env.CXX, "g++", "clang++", "c++"] : []) {
    if (name && (await run(name, ["--version"], { signal })).code === 0) return name;
  }
  throw new SpecbookError("EngineError", "There is no C++ compiler.", {
    got: "none of $CXX, g++, clang++, c++, and no prebuilt addon for this platform",
    needed: "a compiler for two small files",
    remedy:
      process.platform === "darwin"
        ? "Run `xcode-select --install`, then `npx specbook setup` again."
        : "Install one (Debian, Ubuntu: `sudo apt install g++`), then run `npx specbook setup` again.",
  });
}

async function takePrebuilt(name: TfjsPackage, { folder, scratch, signal, progress }: StepPlace): Promise<boolean> {
  if (!existsSync(join(PREBUILT, "tfjs_binding.node"))) return false;
  const copies = ["tfjs_binding.node", "quiet_stderr.node"].map((file) => join(scratch, file));
  for (const copy of copies) await copyFile(join(PREBUILT, copy.slice(scratch.length + 1)), copy);
  await install(folder, name, copies[0], copies[1]);
  const { code } = await run(process.execPath, ["-e", "require(process.argv[1])", join(folder, LAYOUT.addon(name))], {
    signal,
  });
  progress(code === 0 ? "prebuilt" : "the prebuilt one does not load here: compiling");
  return code === 0;
}

async function install(folder: string, name: TfjsPackage, addon: string, quiet: string): Promise<void> {
  const places = [join(folder, LAYOUT.addon(name)), join(folder, LAYOUT.quiet)];
  for (const place of places) await mkdir(dirname(place), { recursive: true });
  await rename(addon, places[0]);
  await rename(quiet, places[1]);
}
