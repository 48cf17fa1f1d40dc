/** Warnings for the operator, although nothing failed. */

/** A warning for the operator that stops nothing. */
export interface RedisWarning {
  /** `EVICTION`: the server may throw conversations away. `FEW_REPLICAS`: a commit had not reached enough replicas in time, or they could not be counted. */
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

/** Calls a listener; what it throws is printed, and stops nothing either. */
export function guarded(
  onWarning: (warning: RedisWarning) => unknown,
): (warning: RedisWarning) => void {
  return (warning) => {
    const called = new Promise((resolve) => resolve(onWarning(warning)));
    called.catch((error) => {
      process.emitWarning(`onWarning has failed: ${error}`, { code: 'TELEFSM_OBSERVER' });
    });
  };
}
