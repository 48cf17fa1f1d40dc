/** How large the stress tests are: `TELEFSM_STRESS=quick` (the default) or `full`. */

const setting = process.env['TELEFSM_STRESS'] ?? 'quick';
if (setting !== 'quick' && setting !== 'full')
  throw new Error(`Invalid TELEFSM_STRESS "${setting}". Set it to "quick" or "full".`);

/** Whether the stress tests run at full size, which takes hours. */
export const isFull: boolean = setting === 'full';

/**
 * Chooses a size.
 *
 * @param quick - for each commit: minutes for all stress tests together
 * @param full - for a night
 */
export function sized(quick: number, full: number): number {
  return isFull ? full : quick;
}
