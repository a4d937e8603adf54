import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import fixtures from "../io/fixtures/hdf5-files.json";

/** Names of the files that h5py wrote. */
export type FixtureName = keyof typeof fixtures.files;

/** The bytes of a fixture. */
export function fixtureBytes(name: FixtureName): Buffer {
  return inflateSync(Buffer.from(fixtures.files[name], "base64"));
}

/** Writes a fixture into a folder and returns its path. */
export function putFixture(folder: string, name: FixtureName): string {
  const path = join(folder, `${name}.h5`);
  writeFileSync(path, fixtureBytes(name));
  return path;
}
