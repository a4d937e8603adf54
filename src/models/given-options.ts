/** The options that were given: one that is undefined must not hide its default. @internal */
export function givenOptions<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T; // less keys only
}
