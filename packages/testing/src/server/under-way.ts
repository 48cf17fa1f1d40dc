/** Requests under way: what a dying process leaves unanswered. */
import type { Server, ServerResponse } from 'node:http';

/** The requests of a server that have not been answered yet. */
export interface UnderWay {
  /** Cuts their connections. Idle ones stay: a client would take them for usable, and fail for a reason that no test asked for. */
  cut(): void;
}

/** Watches a server. */
export function watchRequests(server: Server): UnderWay {
  const open = new Set<ServerResponse>();
  server.on('request', (_, response) => {
    open.add(response);
    response.on('close', () => open.delete(response));
  });
  return {
    cut() {
      for (const response of open) response.socket?.destroy();
    },
  };
}
