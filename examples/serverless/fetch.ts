/** The function on Deno and Bun: `deno serve -A fetch.ts`, `bun fetch.ts`. */

import { readEnvironment } from './environment.ts';
import { makeFunction } from './grammy.ts';

const { GET, POST, sweep } = makeFunction(readEnvironment(process.env));

// Deno Deploy calls it, also while no request comes in; `deno serve` does with --unstable-cron.
const { Deno } = globalThis as {
  Deno?: { cron?(name: string, schedule: string, handler: () => Promise<unknown>): Promise<void> };
};
void Deno?.cron?.('deadlines', '* * * * *', sweep);

// biome-ignore lint/style/noDefaultExport: the shape that both runtimes serve
export default {
  fetch: (request: Request): Promise<Response> =>
    request.method === 'POST' ? POST(request) : GET(request),
};
