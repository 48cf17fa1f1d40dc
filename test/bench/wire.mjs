/** Clients of the servers of this run, and what goes over their sockets: commands, round trips, bytes. */

import { Socket } from 'node:net';

/**
 * @param port - of a Redis on the loopback interface
 * @param {'ioredis' | 'redis'} [name] - of the client's package
 */
export async function redisClients(port, name = 'ioredis') {
  if (name === 'redis') {
    const { createClient } = await import('redis');
    return () => {
      const client = createClient({ socket: { host: '127.0.0.1', port } });
      client.connect();
      return client;
    };
  }
  const { Redis } = await import('ioredis');
  return () => new Redis({ host: '127.0.0.1', port });
}

/** @param url - of a PostgreSQL */
export async function postgresClients(url) {
  const { default: pg } = await import('pg');
  return () => new pg.Pool({ connectionString: url, max: 10 });
}

/** @param url - of a MariaDB */
export async function mariadbClients(url) {
  const { createPool } = await import('mysql2/promise');
  return () => createPool({ uri: url, connectionLimit: 10 });
}

/**
 * Counts on all sockets to a port that are opened from now on; a round trip is a first answer after something was sent.
 *
 * @param commandsIn - how many commands a chunk holds
 */
export function countWire(port, commandsIn) {
  const counts = { commands: 0, roundTrips: 0, bytesOut: 0, bytesIn: 0, isOn: false };
  const asking = new WeakSet();
  const { write, push } = Socket.prototype;
  Socket.prototype.write = function counted(chunk, ...rest) {
    if (counts.isOn && this.remotePort === port) {
      const bytes = Buffer.from(chunk);
      counts.bytesOut += bytes.length;
      counts.commands += commandsIn(bytes);
      asking.add(this);
    }
    return write.call(this, chunk, ...rest);
  };
  Socket.prototype.push = function counted(chunk, ...rest) {
    if (counts.isOn && chunk && this.remotePort === port) {
      counts.bytesIn += chunk.length;
      if (asking.delete(this)) counts.roundTrips++;
    }
    return push.call(this, chunk, ...rest);
  };
  return counts;
}

/** Commands of Redis in a chunk: arrays of RESP. */
export const redisCommands = (bytes) =>
  (bytes.toString('latin1').match(/(^|\r\n)\*\d+\r\n\$/g) ?? []).length;

/** Statements of PostgreSQL in a chunk of whole messages: `Q` (simple) and `E` (execute). */
export function postgresStatements(bytes) {
  let statements = 0;
  for (let at = 0; at + 5 <= bytes.length; at += 1 + bytes.readUInt32BE(at + 1)) {
    if (bytes[at] === 0x51 || bytes[at] === 0x45) statements++;
  }
  return statements;
}
