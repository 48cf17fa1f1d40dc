/** The answer of the Bot API: a result, or a rejection with its code. */

/** A rejection as Telegram words it. */
export interface ApiRejection {
  /** Distinguishes it from a result. */
  readonly ok: false;
  /** The code, which is the HTTP status too. */
  readonly error_code: number;
  /** Telegram's wording. */
  readonly description: string;
  /** How long to wait (`retry_after`, seconds), or where the chat has gone. */
  readonly parameters?: { readonly retry_after?: number; readonly migrate_to_chat_id?: number };
}

/** The JSON with which Telegram answers a call. */
export type ApiAnswer = { readonly ok: true; readonly result: unknown } | ApiRejection;

/**
 * The failure of a call that a test chooses: a rejection, the network failing before the call arrives (`"unreachable"`),
 * or the call being carried out and its answer lost (`"lost answer"`).
 */
export type Failure =
  | {
      readonly error_code: number;
      /** Telegram's wording for the code when left out. */
      readonly description?: string;
      readonly parameters?: ApiRejection['parameters'];
    }
  | 'unreachable'
  | 'lost answer';

const wordings: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden: bot was blocked by the user',
  404: 'Not Found',
  409: 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
};

/** Makes a rejection out of what a test asked for. */
export function rejectionOf(failure: Exclude<Failure, string>): ApiRejection {
  const { error_code, parameters } = failure;
  const wording =
    error_code === 429
      ? `Too Many Requests: retry after ${parameters?.retry_after ?? 0}`
      : (wordings[error_code] ?? 'Unknown error');
  const description = failure.description ?? wording;
  return {
    ok: false,
    error_code,
    description,
    ...(parameters === undefined ? {} : { parameters }),
  };
}

const refused = Symbol('rejected');

/** Ends the answering of a call with a rejection; {@link answering} turns it into the answer. */
export function reject(
  error_code: number,
  description: string,
  parameters?: ApiRejection['parameters'],
): never {
  const refusal = rejectionOf({
    error_code,
    description,
    ...(parameters === undefined ? {} : { parameters }),
  });
  throw Object.assign(new Error(description), { [refused]: refusal });
}

/** Runs what answers a call; a {@link reject} in it becomes the answer, any other error is a fault of this package and passes. */
export function answering(answer: () => unknown): ApiAnswer {
  try {
    return { ok: true, result: answer() };
  } catch (error) {
    if (error instanceof Error && refused in error) return error[refused] as ApiRejection;
    throw error;
  }
}
