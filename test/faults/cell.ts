/** One cell of the crash matrix: brings an update to its point, lets something fail, and looks whether all that was promised holds. */

import { type FsmStorage, state, states } from '@telefsm/core';
import { createMachine } from '@telefsm/core/adapter';
import { expect } from 'vitest';
import { type CountingBot, type Entry, type Order, updateOf } from '../processes/counting-bot.ts';
import { type Address, open } from '../processes/engines.ts';
import { type BotProcess, outcomeOf, type Stage } from '../processes/stage.ts';
import { acquire } from '../servers/lease.ts';
import type { HeldCommand } from '../servers/tcp-proxy.ts';
import { until } from '../servers/until.ts';
import type { Fault, Point } from './matrix.ts';
import type { FaultyEngine, Way } from './proxied.ts';

/** The servers and processes that the cells of one engine share. */
export interface Table {
  readonly engine: FaultyEngine;
  readonly address: Address;
  readonly stage: Stage;
  /** A bot that nothing happens to. */
  readonly witness: CountingBot;
}

/** An update at its point. */
export interface Reached {
  readonly point: Point;
  readonly chat: number;
  readonly victim: BotProcess;
  readonly way: Way;
  readonly command: HeldCommand | undefined;
  /** Ends what keeps the conversation from it. */
  readonly letGo: () => Promise<void>;
  /** Ids that were counted before. */
  readonly before: readonly number[];
  readonly order: Order;
}

const shortLease = 1000;
const longLease = 60_000;
let chats = 0;

/** Brings an update to a point of its way, in a process of its own. */
export async function reach(table: Table, point: Point, fault: Fault): Promise<Reached> {
  const { engine, address, stage } = table;
  const chat = ++chats;
  const way = await engine.wayTo(address);
  // a process that is to lose its lease has a short one; any other must not lose it on a slow machine
  const lease = fault === 'killed' || fault === 'stopped' ? shortLease : longLease;
  const [before, letGo] = await conversationThatIs(table, point, chat);
  const victim = await stage.start({
    name: `${point.name}, ${fault}`,
    address: way.address,
    lease,
  });
  const order: Order = { id: 100, chat, text: point.text };
  let command: HeldCommand | undefined;
  if (point.command !== undefined && way.proxy !== undefined) {
    const { kind, nth, executed } = point.command;
    let seen = 0;
    const held = way.proxy.hold((bytes) => way.is(kind, bytes) && ++seen === nth);
    victim.tell({ handle: [order] });
    command = await held;
    if (executed) await command.execute();
  } else if (point.stop !== undefined) {
    victim.tell({ stopAt: point.stop });
    victim.tell({ handle: [order] });
    expect(await victim.next()).toEqual({ at: point.stop });
  } else {
    victim.tell({ handle: [order] });
    expect(await outcomeOf(victim)).toMatchObject({ what: 'kept' });
  }
  return { point, chat, victim, way, command, letGo, before, order };
}

/** Lets the process die or sleep; everybody else goes on without it. */
export async function endProcess(table: Table, reached: Reached, fault: Fault): Promise<void> {
  const { victim, letGo, command, point, chat } = reached;
  if (fault === 'killed') await victim.kill();
  else victim.pause(true);
  await letGo();
  await expectFreeWithin(table, chat, shortLease);
  const counted = await goOn(table, chat, point.owes === true, (order) =>
    table.witness.handle(order),
  );
  if (fault === 'stopped') {
    command?.pass();
    victim.pause(false);
    victim.tell({ goOn: true });
    if (point.name !== 'released') {
      const { what, code } = await outcomeOf(victim);
      expect(what === 'kept' ? what : code).toBe(point.afterStop);
    }
  }
  await expectCounted(table, reached, counted);
  await victim.kill();
}

/** Cuts the connections of the process; it goes on without a restart. */
export async function cutConnections(table: Table, reached: Reached, fault: Fault): Promise<void> {
  const { victim, letGo, command, point, way } = reached;
  const { proxy } = way;
  if (proxy === undefined) throw new Error('There is no connection.');
  const any = (bytes: Buffer) => way.is('acquire', bytes) || way.is('commit', bytes);
  let happened = Promise.resolve();
  if (command === undefined || point.command?.executed === true) {
    // nothing is on its way, or only an answer, which is lost with the connection: the next command, or the repetition, is cut as well
    happened = proxy.fail(fault === 'cut before' ? 'cut-before' : 'cut-after', 1, any);
    if (command !== undefined) proxy.cut();
  } else {
    if (fault === 'cut after') await command.execute();
    proxy.cut();
  }
  victim.tell({ goOn: true });
  await letGo();
  await expectGoesOn(table, reached, happened);
}

/** The server has been restarted while the update was at its point. */
export async function afterRestart(table: Table, reached: Reached): Promise<void> {
  reached.victim.tell({ goOn: true });
  await reached.letGo();
  await expectGoesOn(table, reached, Promise.resolve());
}

/** The update is kept, and the same process handles the next. */
async function expectGoesOn(
  table: Table,
  reached: Reached,
  happened: Promise<void>,
): Promise<void> {
  const { victim, point, way, chat } = reached;
  if (point.name !== 'released') expect(await outcomeOf(victim)).toMatchObject({ what: 'kept' });
  const counted = await goOn(table, chat, false, (order) => {
    victim.tell({ handle: [order] });
    return outcomeOf(victim);
  });
  await happened;
  await expectCounted(table, reached, counted);
  await victim.leave();
  await way.proxy?.close();
}

/**
 * Handles the next message; a question that nobody may have seen is asked again, and no message is taken for its answer.
 *
 * @returns ids that ought to have been counted
 */
async function goOn(
  { stage }: Table,
  chat: number,
  owes: boolean,
  handle: (order: Order) => Promise<Entry>,
): Promise<readonly number[]> {
  const isQuestion = ({ what, chat: at }: Entry) => what === 'said' && at === chat;
  const before = stage.entries().filter(isQuestion).length;
  expect(await handle({ id: 200, chat, text: 'add' })).toMatchObject({ what: 'kept' });
  expect(stage.entries().filter(isQuestion).length - before).toBe(owes ? 1 : 0);
  if (!owes) return [200];
  expect(await handle({ id: 201, chat, text: 'add' })).toMatchObject({ what: 'kept' });
  return [201];
}

/** Everything is counted once, also if the update is delivered again, and nobody holds the conversation. */
async function expectCounted(
  { witness, address }: Table,
  { chat, point, before, order }: Reached,
  counted: readonly number[],
): Promise<void> {
  // a redelivery is handled if and only if it was not kept
  expect(await witness.handle({ ...order, text: 'add' })).toMatchObject({ what: 'kept' });
  const tally = await witness.tally(chat);
  const ids = [...before, order.id, ...counted].sort((a, b) => a - b);
  expect([...(tally?.ids ?? [])].sort((a, b) => a - b)).toEqual(ids);
  expect(tally).toMatchObject({
    count: ids.length,
    fired: point.before === 'due' ? 1 : 0,
    repaired: point.before === 'strange' ? 1 : 0,
  });
  await withStorage(address, async (storage) => {
    const options = { token: `after.${chat}`, lease: 1000, queue: false };
    const taken = await acquire(storage, keyOf(witness, chat), options);
    expect(taken).toHaveProperty('commit');
    if ('commit' in taken) await taken.release();
  });
}

/** Nobody holds the conversation for longer than a lease lasts, or than one who was handed it is waited for. */
async function expectFreeWithin(
  { address, witness }: Table,
  chat: number,
  lease: number,
): Promise<void> {
  await withStorage(address, async (storage) => {
    const options = { token: `look.${chat}`, lease: 1, queue: false };
    const taken = await acquire(storage, keyOf(witness, chat), options);
    if ('commit' in taken) await taken.release();
    else expect(taken.busy).toBeLessThanOrEqual(Math.max(lease, handedOverFor));
  });
}

/** Ms that a conversation waits for one whom it was handed to. */
const handedOverFor = 2000;

const Old = states('Old', { gone: state() });

/** Prepares a conversation; gives the ids that were counted, and how to let go of it. */
async function conversationThatIs(
  { address, witness }: Table,
  { before }: Point,
  chat: number,
): Promise<readonly [readonly number[], () => Promise<void>]> {
  const free = async () => {};
  if (before === 'strange') {
    await withStorage(address, async (storage) => {
      const former = createMachine({ states: [Old], storage });
      const bot = { id: 1, call: async () => true };
      const update = updateOf({ id: 50, chat, text: 'add' });
      await former.handle(update, bot, ({ state }) => state.set(Old.gone));
      await former.stop();
    });
    return [[], free];
  }
  const isDue = before === 'due';
  await witness.handle({ id: 50, chat, text: isDue ? 'arm' : 'add' });
  if (isDue) {
    await withStorage(address, async (storage) => {
      const key = keyOf(witness, chat);
      await until(async () => ((await storage.peek(key))?.deadlineIn ?? 1) <= 0);
    });
  }
  if (before !== 'held') return [[50], free];
  let begun = () => {};
  let letGo = () => {};
  const isHeld = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const gone = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const ended = witness.machine.at({ bot: 1, user: chat, chat }).run(() => {
    begun();
    return gone;
  });
  await isHeld;
  return [
    [50],
    async () => {
      letGo();
      await ended;
    },
  ];
}

function keyOf({ machine }: CountingBot, chat: number): string {
  return machine.at({ bot: 1, user: chat, chat }).key;
}

async function withStorage(
  address: Address,
  work: (storage: FsmStorage) => Promise<void>,
): Promise<void> {
  const { storage, close } = open(address);
  try {
    await work(storage);
  } finally {
    await close();
  }
}
