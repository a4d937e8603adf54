// Called under a name that is not `eval`, it sees nothing of this module.
// biome-ignore lint/security/noGlobalEval: a kernel runs what the user writes
const inGlobalScope: (text: string) => unknown = globalThis.eval;

/**
 * The value of an expression in the global scope; stacks show its functions in a file of this `name`. What the functions of
 * node's vm compile stays in memory for ever (Node 20 to 24): for a small cell two kilobytes.
 */
export function evaluate(expression: string, name: string): unknown {
  return inGlobalScope(`${expression}\n//# sourceURL=${name}`);
}
