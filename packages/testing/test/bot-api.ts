/** Raw calls to the fake Bot API server, as any client would make them. */

/** An answer of the Bot API. */
export interface Answer {
  readonly ok: boolean;
  readonly result?: unknown;
  readonly error_code?: number;
  readonly description?: string;
  readonly parameters?: unknown;
}

/** Calls a method with a JSON body. */
export async function call(
  url: string,
  method: string,
  payload: object = {},
  signal?: AbortSignal,
): Promise<Answer> {
  const response = await fetch(`${url}/bot1:T/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(payload),
    ...(signal === undefined ? {} : { signal }),
  });
  return (await response.json()) as Answer;
}

/** Calls `getUpdates` and gives back the numbers of the updates. */
export async function poll(url: string, parameters: object = {}): Promise<readonly number[]> {
  const { result } = await call(url, 'getUpdates', parameters);
  return (result as { readonly update_id: number }[]).map(({ update_id }) => update_id);
}
