/** Values and errors as one line of text: equal lines are equal to users of both frameworks. */

/** JSON that also shows what is `undefined`. */
export function shown(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (each === undefined ? 'undefined' : each));
}

interface ThrownByEither {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  /** grammY. */
  readonly error_code?: number;
  /** Telegraf. */
  readonly response?: { readonly error_code?: number };
}

/** What an error means on both frameworks. */
export function codeOf(error: unknown): string {
  const { name = '', message, code, error_code, response } = Object(error) as ThrownByEither;
  const rejection = error_code ?? response?.error_code;
  if (rejection !== undefined) return `Telegram answers ${rejection}`;
  if (name === 'HttpError' || name === 'FetchError') return 'Telegram is unreachable';
  return String(code ?? message);
}
