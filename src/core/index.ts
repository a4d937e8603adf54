export { type CacheEnvironment, cacheDirectory } from "./cache-directory";
export { type Checksum, matchesChecksum, sha256Of, sizeOf } from "./checksum";
export { type DownloadOptions, type DownloadProgress, download } from "./download";
export { type ErrorParts, type ErrorTag, isSpecbookError, SpecbookError } from "./errors";
export { currentHost, type DisplayHandle, type Host, type MimeBundle, setHost } from "./host";
export { type LockHolder, type LockOptions, withLock } from "./lock";
export { checkMemory, formatBytes, memoryLimit } from "./memory";
export { createRandom, type Random } from "./random";
export { VERSION } from "./version";
