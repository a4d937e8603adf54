import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { LAYOUT, type TfjsPackage } from "../recipe";
import { runOrThrow } from "./command";
import { WHEEL_FOLDER } from "./fetch-wheel";
import { pythonWithPip } from "./python";
import type { SetupStep } from "./step";
import { type Wheel, wheelFile } from "./wheels";

/** Where the C headers lie in an engine folder in the making. */
export const INCLUDE_FOLDER = "include";

/** The headers that the addon includes, directly or not; the wheel has 13,000. */
const HEADERS = ["tensorflow/c/", "tensorflow/core/platform/", "tsl/platform/", "xla/tsl/c/"];

/** Python's own zip reader: large files, streamed, each checked against its CRC. */
const UNZIP = `
import sys, zipfile
wheel, folder, *prefixes = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for entry in archive.infolist():
        if entry.filename.startswith(tuple(prefixes)) and not entry.is_dir():
            archive.extract(entry, folder)
`;

/** Takes the two libraries and the C headers out of the wheel: 850 MB of the CPU build's 1.6 GB. */
export function unpackWheel(wheel: Wheel, name: TfjsPackage): SetupStep {
  return {
    name: "libraries",
    title: "TensorFlow's two libraries out of the wheel",
    key: wheel.sha256,
    async run({ folder, scratch, signal }) {
      const libraries = wheel.libraries.map((file) => `tensorflow/${file}`);
      const headers = HEADERS.map((path) => `tensorflow/include/${path}`);
      const archive = join(folder, WHEEL_FOLDER, wheelFile(wheel));
      const python = await pythonWithPip(scratch, signal);
      await runOrThrow("Unpacking the wheel", python, ["-c", UNZIP, archive, scratch, ...libraries, ...headers], {
        signal,
        remedy: "Make room on the disk, or set SPECBOOK_CACHE to a folder on another one; then run it again.",
      });
      const place = join(folder, LAYOUT.libraries(name));
      await rm(place, { recursive: true, force: true });
      await mkdir(place, { recursive: true });
      for (const file of wheel.libraries) await rename(join(scratch, "tensorflow", file), join(place, file));
      await rm(join(folder, INCLUDE_FOLDER), { recursive: true, force: true });
      await rename(join(scratch, "tensorflow/include"), join(folder, INCLUDE_FOLDER));
    },
  };
}
