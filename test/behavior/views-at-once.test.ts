/** Views while two things happen at once: a press, a deadline that is swept, a render from outside. In memory and on Redis. */

import { memoryStorage, scene, typed } from '@telefsm/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Opened, open } from '../processes/engines.ts';
import { type RedisServer, startRedis } from '../servers/redis.ts';
import { until } from '../servers/until.ts';
import { type Framework, frameworks } from './frameworks.ts';
import { play } from './view-play.ts';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => redis.stop());

let bots = 0;
const engines: Readonly<Record<string, () => Opened>> = {
  memory: () => ({ storage: memoryStorage(), close: async () => {} }),
  Redis: () => open({ engine: 'redis', port: redis.port, space: 'views-at-once' }),
};
/** Where the second of two things happens. */
const processes: Readonly<Record<string, readonly string[]>> = {
  memory: ['this process'],
  Redis: ['this process', 'another process'],
};
const timeoutMs = 100;

/** What happens in the handler of a press, and while a view is rendered. */
interface Gates {
  press(): Promise<void>;
  view(): Promise<void>;
}

/** A gate that somebody waits at, and that is opened once. */
function gate() {
  let reached = () => {};
  let open = () => {};
  const isReached = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const isOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  const pass = () => {
    reached();
    return isOpen;
  };
  return { pass, isReached, open };
}

interface Data {
  readonly n: number;
  readonly late: number;
}

async function start(framework: Framework, engine: string, timeout?: number) {
  const gates: Gates = { press: async () => {}, view: async () => {} };
  let score = 0;
  let timeouts = 0;
  const view = () =>
    scene('view', { data: typed<Data>(), ...(timeout && { timeout }) }).on({
      view: async ({ data, button }) => {
        await gates.view();
        return {
          text: `n = ${data.n}, late ${data.late}, score ${score}`,
          rows: [
            button('up', 'Up', async ({ again }) => {
              await gates.press();
              return again({ n: data.n + 1 });
            }),
          ],
        };
      },
      timeout({ data, again }) {
        timeouts++;
        return again({ late: data.late + 1 });
      },
    });
  const opened = (engines[engine] as () => Opened)();
  const { storage } = opened;
  const shown = view();
  const namespace = `bot-${++bots}`;
  const options = { storage, namespace };
  const world = play(framework, [shown], options);
  const { bot, machine, anna } = world;
  machine.connect(bot.bot as never);
  bot.command('view', ({ fsm }) => fsm.enter(shown, { n: 0, late: 0 }));
  // another process with the same storage
  const other = framework.bot().fsm({ states: [view()], ...options });
  other.connect(bot.bot as never);
  // as a bot on a serverless host: otherwise it is warned of a deadline that nobody looks for
  await Promise.all([machine.sweep(), other.sweep()]);
  return {
    ...world,
    gates,
    other,
    texts: () => anna.screen().map(({ text }) => text),
    stored: async () => (await machine.at({ user: anna.id }).peek())?.data,
    goal: () => void score++,
    timeouts: () => timeouts,
    async close() {
      await Promise.all([machine.stop(), other.stop()]);
      await opened.close();
    },
  };
}

describe.each(Object.keys(engines))('a view in %s', (engine) => {
  const places = processes[engine] ?? [];

  describe.each(frameworks)('on %s', (_, framework) => {
    it.each(places)(
      'a deadline that is swept by %s while a press is handled fires once, behind it',
      async (sweeper) => {
        const { anna, bot, machine, other, gates, texts, stored, timeouts, close } = await start(
          framework,
          engine,
          timeoutMs,
        );
        const sweeping = sweeper === 'this process' ? machine : other;
        try {
          await anna.sends('/view');
          const entered = Date.now();
          const { pass, isReached, open } = gate();
          gates.press = pass;
          const pressed = anna.taps('Up');
          await isReached;
          await until(() => Date.now() > entered + timeoutMs);
          const swept = sweeping.sweep();
          open();
          await Promise.all([pressed, swept]);
          await until(async () => {
            await sweeping.sweep();
            return timeouts() > 0;
          });
          // each answer to a deadline sets the next one, which a slow machine may find due, also before the press
          const late = timeouts();
          expect(await stored()).toEqual({ n: 1, late });
          expect(texts()).toEqual([`n = 1, late ${late}, score 0`]);
          await anna.taps('Up');
          expect(texts()).toEqual([expect.stringMatching(/^n = 2, late /)]);
          expect(bot.errors).toEqual([]);
        } finally {
          await close();
        }
      },
    );

    it.each(places)(
      'render() by %s while a press is handled edits once more, and only what has changed',
      async (renderer) => {
        const { anna, bot, machine, other, gates, texts, stored, goal, calls, close } = await start(
          framework,
          engine,
        );
        const rendering = renderer === 'this process' ? machine : other;
        try {
          await anna.sends('/view');
          const { pass, isReached, open } = gate();
          gates.press = pass;
          calls();
          const pressed = anna.taps('Up');
          await isReached;
          goal();
          const rendered = rendering.at({ user: anna.id }).render();
          open();
          await Promise.all([pressed, rendered]);
          expect(calls()).toEqual(['answerCallbackQuery', 'editMessageText']);
          expect(texts()).toEqual([`n = 1, late ${((await stored()) as Data).late}, score 1`]);
          expect(bot.errors).toEqual([]);
        } finally {
          await close();
        }
      },
    );

    it('a press while render() loads the view is handled behind it', async () => {
      const { anna, bot, machine, gates, texts, stored, goal, close } = await start(
        framework,
        engine,
      );
      try {
        await anna.sends('/view');
        const { pass, isReached, open } = gate();
        gates.view = pass;
        goal();
        const rendered = machine.at({ user: anna.id }).render();
        await isReached;
        const pressed = anna.taps('Up');
        open();
        await Promise.all([pressed, rendered]);
        const { n, late } = (await stored()) as Data;
        expect(n).toBe(1);
        expect(texts()).toEqual([`n = 1, late ${late}, score 1`]);
        expect(bot.errors).toEqual([]);
      } finally {
        await close();
      }
    });
  });
});
