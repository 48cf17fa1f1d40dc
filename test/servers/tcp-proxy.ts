/** A TCP proxy between a client and a real server: counts what the client sends, cuts, delays and drops at a chosen command. */

import { createConnection, createServer, type Socket } from 'node:net';
import { listenOnFreePort } from './ports.ts';

/** Cuts a stream of bytes into the client's commands. */
export interface CommandReader {
  /** The commands that end in these bytes; what is incomplete waits for more. */
  read(bytes: Buffer): readonly Buffer[];
}

/** A fault of the proxy at a command. `cut-before`: the server never sees it. `cut-after`: the server does, the client gets no answer. */
export type ProxyFault = 'cut-before' | 'cut-after';

/** A command that is kept back on its way to the server, and everything behind it on its connection. */
export interface HeldCommand {
  /** Lets it and what is behind it reach the server; resolves when the server has answered. Answers are kept back. */
  execute(): Promise<void>;
  /** Lets everything pass, in both directions. */
  pass(): void;
}

/** A running proxy. */
export interface TcpProxy {
  readonly port: number;
  /** How many commands clients have sent through it. */
  readonly commands: number;
  /** Connections of clients that are open now. */
  readonly connections: number;
  /**
   * Cuts every connection at one command.
   *
   * @param nth - counted from now, the next command is 1
   * @returns resolves when it has happened
   */
  fail(fault: ProxyFault, nth: number, matches?: (command: Buffer) => boolean): Promise<void>;
  /** Keeps the next such command back; resolves when it is here. */
  hold(matches: (command: Buffer) => boolean): Promise<HeldCommand>;
  /** Keeps answers back for so many ms; zero ends it. */
  delay(ms: number): void;
  /** Swallows everything in both directions, connections stay open. */
  drop(on: boolean): void;
  /** Cuts all connections; new ones are accepted. */
  cut(): void;
  close(): Promise<void>;
}

/** The options of {@link tcpProxy}. */
export interface TcpProxyOptions {
  /** The port of the real server on this machine. */
  readonly to: number;
  /** Reads the client's protocol; without it each chunk of bytes counts as one command. */
  readonly protocol?: () => CommandReader;
}

interface Expected {
  readonly matches: (command: Buffer) => boolean;
  readonly arrived: (held: HeldCommand) => void;
}

interface Planned {
  readonly fault: ProxyFault;
  readonly matches: (command: Buffer) => boolean;
  readonly happened: () => void;
  left: number;
}

/** Starts a proxy on a free port. */
export async function tcpProxy({ to, protocol = chunks }: TcpProxyOptions): Promise<TcpProxy> {
  const pairs = new Set<readonly [client: Socket, server: Socket]>();
  let commands = 0;
  let planned: Planned | undefined;
  let awaited: Expected | undefined;
  let answersAfter = 0;
  let dropping = false;

  function cut(): void {
    for (const pair of [...pairs]) for (const socket of pair) socket.destroy();
  }

  /** The fault at this command, if any. */
  function faultAt(command: Buffer): ProxyFault | undefined {
    commands++;
    if (!planned?.matches(command) || --planned.left > 0) return undefined;
    const { fault, happened } = planned;
    planned = undefined;
    queueMicrotask(happened);
    return fault;
  }

  const server = createServer((client) => {
    const upstream = createConnection({ port: to, host: '127.0.0.1' });
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
    const reader = protocol();
    let silent = false;
    let keptCommands: Buffer[] | undefined;
    let keptAnswers: Buffer[] | undefined;
    let answered = () => {};
    const send = () => {
      for (const command of keptCommands?.splice(0) ?? []) upstream.write(command);
      keptCommands = undefined;
    };
    const held: HeldCommand = {
      execute() {
        keptAnswers = [];
        const answer = new Promise<void>((resolve) => {
          answered = resolve;
        });
        send();
        return answer;
      },
      pass() {
        send();
        for (const bytes of keptAnswers?.splice(0) ?? []) client.write(bytes);
        keptAnswers = undefined;
      },
    };
    client.on('data', (bytes: Buffer) => {
      if (dropping) return;
      for (const command of reader.read(bytes)) {
        if (awaited?.matches(command)) {
          keptCommands = [];
          awaited.arrived(held);
          awaited = undefined;
        }
        if (keptCommands !== undefined) {
          commands++;
          keptCommands.push(command);
          continue;
        }
        const fault = faultAt(command);
        if (fault === 'cut-before') return cut();
        upstream.write(command);
        if (fault === 'cut-after') silent = true;
      }
    });
    upstream.on('data', (bytes: Buffer) => {
      if (dropping) return;
      // The server has answered, so it has executed: the answer is what gets lost.
      if (silent) return cut();
      if (keptAnswers !== undefined) {
        keptAnswers.push(bytes);
        answered();
        return;
      }
      if (answersAfter === 0) client.write(bytes);
      else setTimeout(() => client.write(bytes), answersAfter);
    });
  });
  const port = await listenOnFreePort(server);

  return {
    port,
    get commands() {
      return commands;
    },
    get connections() {
      return pairs.size;
    },
    fail: (fault, nth, matches = () => true) =>
      new Promise((happened) => {
        planned = { fault, matches, happened, left: nth };
      }),
    hold: (matches) =>
      new Promise((arrived) => {
        awaited = { matches, arrived };
      }),
    delay(ms) {
      answersAfter = ms;
    },
    drop(on) {
      dropping = on;
    },
    cut,
    async close() {
      cut();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function chunks(): CommandReader {
  return { read: (bytes) => [bytes] };
}

/**
 * Reads commands of the PostgreSQL protocol: each ends with a Sync or is a simple Query (PostgreSQL, "Message Flow"); the first message
 * of a connection has no type.
 */
export function postgresCommands(): CommandReader {
  let waiting: Buffer = Buffer.alloc(0);
  let at = 0;
  let isStarted = false;
  return {
    read(bytes) {
      waiting = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
      const found: Buffer[] = [];
      for (;;) {
        const typed = isStarted ? 1 : 0;
        if (waiting.length < at + typed + 4) return found;
        const type = String.fromCharCode(waiting[at] ?? 0);
        const end = at + typed + waiting.readInt32BE(at + typed);
        if (waiting.length < end) return found;
        at = end;
        if (isStarted && !'QSXp'.includes(type)) continue;
        isStarted = true;
        found.push(waiting.subarray(0, end));
        waiting = waiting.subarray(end);
        at = 0;
      }
    },
  };
}

/** Reads packets of the protocol of MySQL: a length of three bytes, a number, and what is sent. */
export function mysqlCommands(): CommandReader {
  let waiting: Buffer = Buffer.alloc(0);
  return {
    read(bytes) {
      waiting = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
      const found: Buffer[] = [];
      while (waiting.length >= 4) {
        const end = 4 + waiting.readUIntLE(0, 3);
        if (waiting.length < end) break;
        found.push(waiting.subarray(0, end));
        waiting = waiting.subarray(end);
      }
      return found;
    },
  };
}

/** Reads commands of the Redis protocol: arrays of bulk strings. */
export function respCommands(): CommandReader {
  let waiting: Buffer = Buffer.alloc(0);
  return {
    read(bytes) {
      waiting = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
      const found: Buffer[] = [];
      for (;;) {
        const end = respCommandEnd(waiting);
        if (end === undefined) return found;
        found.push(waiting.subarray(0, end));
        waiting = waiting.subarray(end);
      }
    },
  };
}

/** Where the first command ends, if it is complete. */
function respCommandEnd(bytes: Buffer): number | undefined {
  const lineEnd = (from: number) => bytes.indexOf('\r\n', from, 'latin1');
  let at = lineEnd(0);
  if (at < 0) return undefined;
  const parts = Number(bytes.toString('latin1', 1, at));
  at += 2;
  for (let part = 0; part < parts; part++) {
    const end = lineEnd(at);
    if (end < 0) return undefined;
    at = end + 2 + Number(bytes.toString('latin1', at + 1, end)) + 2;
    if (at > bytes.length) return undefined;
  }
  return at;
}
