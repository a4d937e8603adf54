import { SpecbookError } from "../core/errors";

/** The OptionError for an option that has no default to fall back on; `remedy` says what to type. */
export function requiredOption(
  call: string,
  { name, value, needed, remedy }: { name: string; value: unknown; needed: string; remedy: string },
): SpecbookError {
  return new SpecbookError("OptionError", `${call} cannot use this ${name}`, {
    got: `${name}: ${JSON.stringify(value) ?? String(value)}`,
    needed,
    remedy,
  });
}
