/** Reading a request with mistrust: its form, its cookies, and how it is turned away. */

import type { IncomingMessage } from 'node:http';

/** The largest body of a request, in bytes. */
const largestBody = 65_536;

/** A request that is turned away. */
export class Turned extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * The fields of a form, or the members of a JSON object.
 *
 * @throws Turned for a body that is too large, or no JSON object
 */
export async function formOf(request: IncomingMessage): Promise<ReadonlyMap<string, string>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > largestBody) throw new Turned(413, 'The request is too large.');
    chunks.push(chunk as Buffer);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (!/\bjson\b/.test(request.headers['content-type'] ?? ''))
    return new Map(new URLSearchParams(text));
  try {
    const members = Object.entries(JSON.parse(text) as object);
    return new Map(members.map(([name, value]) => [name, String(value)]));
  } catch {
    throw new Turned(400, 'The request is not a JSON object.');
  }
}

/** Cookies by name. */
export function cookiesOf({
  headers: { cookie = '' },
}: IncomingMessage): ReadonlyMap<string, string> {
  return new Map(
    cookie.split(/; */).map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at), pair.slice(at + 1)] as const;
    }),
  );
}
