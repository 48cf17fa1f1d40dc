/** A connection in memory between a client and a server of this process. */
import type { Server } from 'node:http';
import { Duplex } from 'node:stream';
import timers from 'node:timers';

// read once, so that fake timers of a test have no effect
const { setImmediate } = timers;

/** Methods of sockets that clients and servers of Node call, without an effect in memory. */
const withoutEffect = ['setTimeout', 'setNoDelay', 'setKeepAlive', 'ref', 'unref'] as const;

class End extends Duplex {
  other: End | undefined;
  private continueWriting: (() => void) | undefined;

  override _read(): void {
    const go = this.other?.continueWriting;
    if (this.other !== undefined) this.other.continueWriting = undefined;
    go?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.other?.push(chunk) === false) this.continueWriting = done;
    else done();
  }

  override _final(done: () => void): void {
    this.other?.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const { other } = this;
    // As on a wire: what has been written arrives before the end does.
    setImmediate(() => other?.destroy());
    done(error);
  }
}

for (const name of withoutEffect) {
  Object.defineProperty(End.prototype, name, {
    value(this: End) {
      return this;
    },
  });
}

/** Connects to a server that need not listen; `accept` sees the server's end first. */
export function connectionTo(server: Server, accept: (socket: Duplex) => void): Duplex {
  const [client, accepted] = [new End(), new End()];
  client.other = accepted;
  accepted.other = client;
  accept(accepted);
  server.emit('connection', accepted);
  return client;
}
