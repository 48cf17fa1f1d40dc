/** Calls a bundled function as its platform does. Arguments: the platform, and the bundle; listens on `PORT`. */

import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const [, , platform, bundle] = process.argv;
const exported = await import(pathToFileURL(bundle).href);

const platforms = {
  /** AWS Lambda with a function URL, and a rule of EventBridge in place of GET. */
  async lambda(request) {
    const { handler } = exported.default ?? exported;
    if (request.method === 'GET')
      return { body: JSON.stringify(await handler({ 'detail-type': 'Scheduled Event' })) };
    const event = {
      version: '2.0',
      rawPath: '/',
      headers: Object.fromEntries(request.headers),
      requestContext: { http: { method: request.method } },
      body: Buffer.from(await request.arrayBuffer()).toString('base64'),
      isBase64Encoded: true,
    };
    const { statusCode, body } = await handler(event);
    return { status: statusCode, body };
  },
  /** Vercel, which calls the function by the name of the method. */
  async vercel(request) {
    const response = await exported[request.method](request);
    return { status: response.status, body: await response.text() };
  },
};

const server = createServer(async (incoming, outgoing) => {
  const { method, headers, url } = incoming;
  const body = method === 'GET' ? {} : { body: await buffer(incoming) };
  const request = new Request(new URL(url, 'https://bot.example'), { method, headers, ...body });
  try {
    const { status = 200, body: text } = await platforms[platform](request);
    outgoing.writeHead(status).end(text);
  } catch (error) {
    console.error(error);
    outgoing.writeHead(500).end();
  }
});
server.listen(process.env.PORT, '127.0.0.1');
