/** The faults of a check. */

/** A fault: an `error` harms users, a `warning` may. */
export interface Fault {
  readonly severity: 'error' | 'warning';
  readonly code: FaultCode;
  /** Id of the state, flow or group. */
  readonly where: string;
  /** The fault and its fix, in one or two sentences. */
  readonly message: string;
}

/** Makes a fault that harms users. */
export function fault(code: FaultCode, where: string, message: string): Fault {
  return { severity: 'error', code, where, message };
}

/** The kinds of {@link Fault}. */
export type FaultCode =
  | 'UNREACHABLE'
  | 'NO_WAY_OUT'
  | 'NO_ESCAPE'
  | 'DUPLICATE_COMMAND'
  | 'EMPTY_TEXT'
  | 'TEXT_TOO_LONG'
  | 'BAD_COMMAND'
  | 'BAD_DESCRIPTION'
  | 'BAD_DEEP_LINK'
  | 'BAD_BUTTON';
