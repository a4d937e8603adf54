import type { Scope } from "./layers";
import type { ParameterSpec } from "./parameter-spec";

/** A scope in which names start after `prefix`: for a network that is part of a larger one. */
export function scopeUnder(scope: Scope, prefix: string): Scope {
  return {
    ...scope,
    get: (name) => scope.get(`${prefix}${name}`),
    update: (name, value) => scope.update(`${prefix}${name}`, value),
    watch: scope.watch && ((kind, name, output) => scope.watch?.(kind, name && `${prefix}${name}`, output)),
  };
}

/** The parameters of a network as part of a larger one. */
export function specsUnder(specs: readonly ParameterSpec[], prefix: string): ParameterSpec[] {
  return specs.map((spec) => ({ ...spec, name: `${prefix}${spec.name}` }));
}
