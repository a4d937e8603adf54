/** Prints a measured number of a test, which is no pass or fail, into the log of the run. */
export function report(what: string, value: string): void {
  console.log(`measured: ${what}: ${value}`);
}
