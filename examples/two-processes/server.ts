/** Serves a webhook until the process is asked to end. */

import { serve } from 'srvx';

/**
 * Listens on `PORT`, and on any free port if it is unset. The address is printed, and sent to a parent process if there is one.
 *
 * @param handle - Handles one update; the answer is 500 if it throws, so Telegram sends the update again
 * @param stop - Called once, when the process is asked to end and no request is left
 */
export async function listen(
  handle: (request: Request) => Promise<Response>,
  stop: () => Promise<void>,
): Promise<void> {
  const { PORT = '0' } = process.env;
  const server = serve({ port: PORT, silent: true, gracefulShutdown: false, fetch: handle });
  await server.ready();
  console.log(`Listening at ${server.url}`);
  process.send?.({ url: server.url });
  let isEnding = false;
  const end = () => {
    if (isEnding) return;
    isEnding = true;
    void server.close().then(stop);
  };
  for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) process.once(event, end);
}
