/** The size of the stress tier, set by the variable `TELEFSM_STRESS`: `quick` (the default) or `full`. */

const setting = process.env['TELEFSM_STRESS'] ?? 'quick';
if (setting !== 'quick' && setting !== 'full')
  throw new Error(`Invalid TELEFSM_STRESS "${setting}". Set it to "quick" or "full".`);

/** Whether the stress tier runs in full, as for a night. */
export const isFull: boolean = setting === 'full';
