/** Carries PostgreSQL's protocol over WebSockets, as Neon's proxy does for its driver. */

import { createServer } from 'node:http';
import { connect } from 'node:net';
import { WebSocketServer } from 'ws';
import { listenOnFreePort } from './ports.ts';
import { host } from './redis.ts';

/** A running proxy. */
export interface WebSocketProxy {
  /** `host:port` of the proxy. */
  readonly address: string;
  /** Cuts all connections. */
  cut(): void;
  close(): Promise<void>;
}

/** Starts a proxy to one port of this machine. */
export async function startWebSocketProxy(to: number): Promise<WebSocketProxy> {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    const upstream = connect(to, host);
    socket.on('message', (data: Buffer) => upstream.write(data));
    socket.on('close', () => upstream.destroy());
    upstream.on('data', (data) => socket.send(data));
    upstream.on('error', () => socket.terminate());
    upstream.on('close', () => socket.close());
  });
  const port = await listenOnFreePort(server);
  const cut = () => {
    for (const socket of sockets.clients) socket.terminate();
  };
  return {
    address: `${host}:${port}`,
    cut,
    async close() {
      cut();
      await new Promise((closed) => server.close(closed));
    },
  };
}
