export { type ErrorParts, type ErrorTag, isSpecbookError, SpecbookError } from "./errors";
export { createRandom, type Random } from "./random";
export { VERSION } from "./version";
