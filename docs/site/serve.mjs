/** Serves the built site on this computer. */

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { builtFolder } from './folders.mjs';

const kinds = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/**
 * Opens the site on the loopback interface.
 *
 * @param base - the path under which the site was built
 * @param port - 0 takes a free one
 * @returns its address, and how to close it
 */
export async function serve({ base = '/', port = 0 } = {}) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const inside = pathname.startsWith(base)
      ? decodeURIComponent(pathname.slice(base.length))
      : '404.html';
    const path = normalize(`/${inside}`).replace(/\/$/, '/index.html');
    const body = await readFile(join(builtFolder, path)).catch(() => undefined);
    const kind = body ? (kinds[extname(path)] ?? 'application/octet-stream') : kinds['.html'];
    response.writeHead(body ? 200 : 404, { 'content-type': kind });
    response.end(body ?? (await readFile(join(builtFolder, '404.html'))));
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}${base}`,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}
