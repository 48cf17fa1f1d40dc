/** One bot on the playground, over all its crashes: its chats, its calls, its storage and its clock. */

import { randomBytes } from 'node:crypto';
import { type Clock, type FsmStorage, memoryStorage } from '@telefsm/core';
import { parseKey } from '@telefsm/core/tools';
import { Rejected } from '../conversations/rejected.ts';
import type { Move as SeenMove } from '../graph/moves.ts';
import { modelOf } from '../inspector/model.ts';
import type { Model } from '../inspector/model-types.ts';
import type { ConversationView } from '../inspector/view-data.ts';
import type { Move } from '../inspector/watch.ts';
import { causesIn } from './cause.ts';
import { type ChatLog, chatLog } from './chat-log.ts';
import { leapingClock } from './leaping-clock.ts';
import { openWire, type WireCall } from './wire.ts';
import type {
  PlaygroundBot,
  PlaygroundExample,
  PlaygroundOptions,
  PlaygroundUser,
} from './world.ts';

/** Where a user writes. */
export type ChatType = 'private' | 'group';

/** A running bot and everything around it. */
export interface Session {
  readonly name: string;
  readonly framework: string;
  readonly example: PlaygroundExample;
  readonly clock: Clock;
  readonly log: ChatLog;
  /** Newest first. */
  readonly calls: readonly WireCall[];
  readonly crashes: number;
  /** Whether the bot will crash before its next message. */
  readonly isArmed: boolean;
  readonly model: Model;
  /** A conversation with its moves over all crashes. */
  conversation(key: string): Promise<ConversationView>;
  /** The chat of a user in a place. */
  chatOf(user: string, chatType: ChatType): number;
  /** The key of a user's conversation in a place. */
  keyOf(user: string, chatType: ChatType): string | undefined;
  send(user: string, chatType: ChatType, what: string): void;
  sendMedia(user: string, chatType: ChatType, name: string): void;
  tap(user: string, chatType: ChatType, label: string, message: number | undefined): void;
  later(ms: number): Promise<void>;
  redeliver(): void;
  /** Ends the bot without a word and starts it again on the same storage: immediately, or at its next message. */
  crash(when: 'now' | 'next'): Promise<void>;
  stop(): Promise<void>;
}

/** One process of the bot, so to speak. */
interface Life {
  readonly bot: PlaygroundBot;
  readonly model: Model;
}

/** The people who talk with the bot. */
export const people: readonly string[] = ['Anna', 'Boris', 'Clara'];
/** Ms that a restart takes: longer than the lease of a crashed process. */
const restartTakes = 20_000;
/** Longer than a machine waits for its turns when it is stopped, in ms of the bot's clock. */
const stoppingTakes = 30_000;
const mostCalls = 60;
const mostMoves = 200;

/** Starts a bot. */
export async function openSession(
  name: string,
  framework: string,
  { examples, openServer, makeClock, media = {} }: PlaygroundOptions,
  changed: () => void,
): Promise<Session> {
  const example = examples[name];
  const makeBot = example?.bots[framework];
  if (example === undefined || makeBot === undefined) {
    throw new Rejected(`There is no example '${name}' on '${framework}'.`);
  }
  const { clock, leap } = leapingClock(makeClock());
  // a page of another site that guesses the port does not guess this
  const token = `1:${randomBytes(24).toString('base64url')}`;
  const server = await openServer({ clock, token });
  const storage: FsmStorage = memoryStorage({ clock });
  const log = chatLog();
  const calls: WireCall[] = [];
  const users = new Map(people.map((each) => [each, server.user(each)]));
  const group = server.group('Friends', [...users.values()] as never[]);
  const wire = openWire(server.url, token, (call) => {
    calls.unshift(call);
    calls.length = Math.min(calls.length, mostCalls);
    log.said(call);
    changed();
  });
  let crashes = 0;
  /** The moves before the bot crashed, newest first. */
  let past: readonly Move[] = [];
  /** The moves on the diagram when it crashed. */
  let learned: readonly SeenMove[] = [];
  let seen = 0;
  /** The newest life, which a crash may still be starting. */
  let starting = start();
  let life = await starting;
  /** The crashes that have begun. */
  let crashing: Promise<void> = Promise.resolve();
  let stopped = false;

  async function start(): Promise<Life> {
    const bot = (makeBot as NonNullable<typeof makeBot>)({
      token,
      apiRoot: await wire.nextLife(),
      storage,
      clock,
    });
    const model = modelOf(bot.machine, { clock, changed, causeOf: causesIn(server), learned });
    // later messages of a crashed bot reach nobody
    bot.run().catch((error: unknown) => {
      if (life.bot === bot) ended(error);
    });
    return { bot, model };
  }

  function ended(error: unknown): void {
    log.note(`The bot stopped: ${error instanceof Error ? error.message : error}`);
    changed();
  }

  async function crash(): Promise<void> {
    if (stopped) return;
    crashes += 1;
    const { bot, model } = life;
    model.stop();
    past = [...model.moves(), ...past].slice(0, mostMoves);
    learned = model.learned;
    log.note('(the bot crashes, and starts again)');
    starting = start();
    life = await starting;
    // a dead process fires no deadlines; the framework may wait forever to say goodbye to Telegram
    void bot.machine.stop().catch(() => {});
    void bot.stop().catch(() => {});
    changed();
    await leap(restartTakes);
  }

  /** Lets a user do something; the bot answers in its own time. */
  function act(doing: Promise<unknown>, chat: number): void {
    log.did(server.updates.slice(seen) as never);
    seen = server.updates.length;
    doing.catch((error: unknown) => {
      const [line = ''] = String(error instanceof Error ? error.message : error).split('\n');
      log.note(line, chat);
      changed();
    });
    changed();
  }

  const userIn = (user: string, chatType: ChatType): PlaygroundUser => {
    const found = users.get(user);
    if (found === undefined) throw new Rejected(`There is no user named '${user}'.`);
    return chatType === 'group' ? found.in(group as never) : found;
  };
  const chatOf = (user: string, chatType: ChatType) =>
    chatType === 'group' ? group.id : userIn(user, chatType).id;

  return {
    name,
    framework,
    example,
    clock,
    log,
    calls,
    get crashes() {
      return crashes;
    },
    get isArmed() {
      return wire.isArmed;
    },
    get model() {
      return life.model;
    },
    async conversation(key) {
      const view = await life.model.conversation(key);
      const before = past.filter((move) => move.key === key);
      return { ...view, moves: [...view.moves, ...before] };
    },
    chatOf,
    keyOf(user, chatType) {
      try {
        const { key } = life.bot.machine.at({
          chat: chatOf(user, chatType),
          user: userIn(user, chatType).id,
          bot: 1,
        });
        return parseKey(key) && key;
      } catch {
        // this bot's strategy has no conversation here
        return undefined;
      }
    },
    send(user, chatType, what) {
      if (what.trim() !== '') act(userIn(user, chatType).sends(what), chatOf(user, chatType));
    },
    sendMedia(user, chatType, kind) {
      if (!Object.hasOwn(media, kind)) throw new Rejected(`There is no '${kind}' to send.`);
      act(userIn(user, chatType).sends(media[kind]), chatOf(user, chatType));
    },
    tap(user, chatType, label, id) {
      const chat = chatOf(user, chatType);
      const bubble = id === undefined ? undefined : log.withButton(chat, id, label);
      const { message, text = '', buttons = [] } = bubble ?? {};
      const sent = { kind: 'text', method: '', payload: {}, message_id: id };
      const shown = message && { ...sent, message, text, buttons };
      act(userIn(user, chatType).taps(label, shown), chat);
    },
    async later(ms) {
      await leap(ms);
      log.note(`(${Math.round(ms / 60_000)} min later)`);
      changed();
    },
    redeliver() {
      log.note('(the last update is redelivered)');
      act(server.redeliver(), 0);
    },
    async crash(when) {
      // one after the other: each ends the process that the one before has started
      const next = () => {
        crashing = crashing.then(crash).catch(ended);
        return crashing;
      };
      if (when === 'now') await next();
      else wire.cutAtNext(() => void next());
      changed();
    },
    async stop() {
      stopped = true;
      const { bot, model } = await starting.catch(() => life);
      model.stop();
      // a turn that never ends is given up by the bot's clock, which would not advance
      await Promise.race([bot.stop().catch(() => {}), leap(stoppingTakes)]);
      await wire.stop();
      await server.stop();
    },
  };
}
