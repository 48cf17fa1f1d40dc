/** Warnings for the operator, although nothing failed. */

/** A warning for the operator that stops nothing. */
export interface RedisWarning {
  /** `EVICTION`: the server may throw conversations away. `FEW_REPLICAS`: a commit had not reached enough replicas in time. */
  readonly code: 'EVICTION' | 'FEW_REPLICAS';
  /** The finding and the fix. */
  readonly message: string;
}

/** Makes a listener that prints the first warning of each kind, as Node prints warnings. */
export function printOnce(): (warning: RedisWarning) => void {
  const printed = new Set<string>();
  return ({ code, message }) => {
    if (printed.has(code)) return;
    printed.add(code);
    process.emitWarning(message, { code: `TELEFSM_${code}` });
  };
}
