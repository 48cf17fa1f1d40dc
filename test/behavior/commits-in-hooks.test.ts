/** `commit()` in hooks: not awaited, or run by a commit of the handler. The commits of the storage take a while. */

import { type FsmContext, flow, scene, state, states, typed } from '@telefsm/core';
import { telegram, virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { textStorage } from '../../packages/core/test/fixtures/text-storage.ts';
import { frameworks, type Handler } from './frameworks.ts';

const Menu = states('Menu', { main: state() });

type Hook = (fsm: FsmContext) => unknown;

/** Each makes options of a machine with the scene `place`, and the record that it leaves. */
const places: readonly (readonly [
  string,
  (hook: Hook, framework: Framework) => object,
  unknown,
])[] = [
  [
    'the `enter` hook of a Scene',
    (hook, framework) => {
      const place = framework.scene('place');
      place.enter((({ fsm }) => hook(fsm)) satisfies Handler);
      return { scenes: [place.scene] };
    },
    ['place', { n: 2 }],
  ],
  [
    '`enter` of a node, which runs after the commit,',
    (hook) => {
      const place = scene('place', { data: typed<{ n?: number }>() }).on({
        enter: async ({ state }) => void (await hook(state as FsmContext)),
        handle: () => {},
      });
      return { states: [place] };
    },
    ['place', { n: 2 }],
  ],
  [
    '`done` of a flow',
    (hook) => {
      const place = flow('place')
        .ask('name', { prompt: 'Name?', when: () => false })
        .done(async (_answers, { state }) => void (await hook(state as FsmContext)));
      return { states: [place] };
    },
    [null, {}],
  ],
];
type Framework = (typeof frameworks)[number][1];

const awaited: Hook = async (fsm) => {
  fsm.update({ n: 1 });
  await fsm.commit();
  fsm.update({ n: 2 });
};
const forgotten: Hook = (fsm) => {
  fsm.update({ n: 1 });
  void fsm.commit();
  fsm.update({ n: 2 });
};

describe.each(frameworks)('on %s,', (_, framework) => {
  /** A bot whose storage takes a while for a commit, and its user. */
  function slow(options: object) {
    const clock = virtualClock();
    const storage = textStorage(clock, async (call) => {
      const answer = await call.execute();
      if (call.operation === 'keep') await immediates(5);
      return answer;
    });
    const bot = framework.bot();
    bot.noteErrors();
    const machine = bot.fsm({ ...options, storage, clock });
    const anna = telegram(bot.bot).user('Anna');
    const at = () => machine.at({ user: anna.id });
    const held = () => storage.held([at().key]);
    return { bot, machine, clock, anna, held, stored: () => at().peek() };
  }

  /** @param commits - whether the handler that enters the scene commits, too */
  async function play(options: object, commits: boolean) {
    const { bot, anna, stored, held } = slow(options);
    bot.command('go', async ({ fsm }) => {
      fsm.enter('place');
      if (commits) await fsm.commit();
    });
    await anna.sends('/go');
    const { current = null, data = {} } = (await stored()) ?? {};
    return { errors: bot.errors, stored: [current, data], held: await held() };
  }

  it.each([
    ['a state', 'Menu:main'],
    ['nothing', null],
  ])(
    'observers learn of a scene that was left for %s if its `leave` hook commits',
    async (_name, to) => {
      const place = framework.scene('place');
      place.leave(({ fsm }) => fsm.commit());
      const bot = framework.bot();
      bot.noteErrors();
      const machine = bot.fsm({ states: [Menu], scenes: [place.scene] });
      const left: unknown[] = [];
      machine.observe((change) => left.push(...change.left));
      bot.command('go', ({ fsm }) => fsm.enter('place'));
      bot.command('leave', ({ fsm }) => fsm.set(to === null ? null : Menu.main));
      const anna = telegram(bot.bot).user('Anna');
      await anna.sends('/go');
      await anna.sends('/leave');
      const reason = to === null ? 'left' : 'replaced';
      expect([left, bot.errors]).toEqual([[{ scene: 'place', state: 'place', reason }], []]);
    },
  );

  it('a `leave` hook that throws after its commit undoes what came later, and nothing is done twice', async () => {
    const place = framework.scene('place');
    place.leave(async ({ fsm }) => {
      fsm.set(Menu.main);
      fsm.afterCommit(() => void done.push('hook'));
      await fsm.commit();
      fsm.enter('place');
      fsm.afterCommit(() => void done.push('lost'));
      throw new Error('broken');
    });
    const bot = framework.bot();
    bot.noteErrors();
    const machine = bot.fsm({ states: [Menu], scenes: [place.scene] });
    const done: string[] = [];
    bot.command('go', ({ fsm }) => fsm.enter('place'));
    bot.command('leave', ({ fsm }) => {
      fsm.afterCommit(() => void done.push('handler'));
      fsm.leave();
    });
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/go');
    await anna.sends('/leave');
    const stored = await machine.at({ user: anna.id }).peek();
    expect([stored?.current, done]).toEqual(['Menu:main', ['handler', 'hook']]);
    expect(bot.errors.map(String)).toEqual(['Error: broken']);
  });

  it('a handler that does not await its commit keeps what it changes while data of a node is checked', async () => {
    const place = scene('place', {
      data: z.object({ n: z.number(), m: z.number().optional() }),
    }).on({
      handle: () => {},
    });
    const bot = framework.bot();
    bot.noteErrors();
    const machine = bot.fsm({ states: [place] });
    bot.command('go', async ({ fsm }) => {
      fsm.enter(place, { n: 1 });
      void fsm.commit();
      await null;
      fsm.update({ m: 1 });
    });
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/go');
    const stored = await machine.at({ user: anna.id }).peek();
    expect([stored?.data, bot.errors]).toEqual([{ n: 1, m: 1 }, []]);
  });

  it('a commit that fails leaves the one before it as it was', async () => {
    const place = scene('place', {
      data: typed<{ n?: number }>(),
      session: typed<{ odd?: unknown }>(),
    }).on({
      enter: () => {},
      handle: ({ state, session }) => {
        state.afterCommit(() => void done.push('task'));
        state.update({ n: 1 });
        state.commit().then(
          () => done.push('first'),
          () => done.push('first failed'),
        );
        session.odd = 10n;
        void state.commit();
      },
    });
    const done: string[] = [];
    const { bot, anna, stored } = slow({ states: [place] });
    bot.command('go', ({ fsm }) => fsm.enter(place));
    await anna.sends('/go');
    await anna.sends('x');
    expect(done.toSorted()).toEqual(['first', 'task']);
    expect((await stored())?.data).toEqual({ n: 1 });
    expect(bot.errors).toMatchObject([{ code: 'DATA_NOT_JSON' }]);
  });

  it('a handler that throws beside its commit waits for the commits that hooks begin', async () => {
    const place = scene('place').on({
      enter: async ({ state }) => {
        await immediates(2);
        void state.commit();
        state.set(Menu.main);
        void state.commit();
        return 'Here.';
      },
      handle: () => {},
    });
    const { bot, anna, stored, held } = slow({ states: [Menu, place] });
    bot.command('go', ({ fsm }) => {
      fsm.enter(place);
      void fsm.commit();
      throw new Error('broken');
    });
    await anna.sends('/go');
    await immediates(20);
    expect([await held(), bot.errors.map(String)]).toEqual([[], ['Error: broken']]);
    expect((await stored())?.current).toBe('Menu:main');
  });

  it('tasks of a deadline run that are added after its last change', async () => {
    const done: string[] = [];
    const place = scene('place', { timeout: '1m' }).on({
      handle: () => {},
      timeout: async ({ state }) => {
        state.set(Menu.main);
        await state.commit();
        state.afterCommit(() => void done.push('task'));
      },
    });
    const { bot, anna, clock, machine, stored } = slow({ states: [Menu, place] });
    bot.command('go', ({ fsm }) => fsm.enter(place));
    await anna.sends('/go');
    await clock.advance('1m');
    await machine.sweep();
    expect([(await stored())?.current, done, bot.errors]).toEqual(['Menu:main', ['task'], []]);
  });

  it('hooks run one after the other while commits are not awaited', async () => {
    const log: string[] = [];
    const node = (id: string) =>
      scene(id).on({
        enter: async () => {
          log.push(`${id} begins`);
          await immediates(3);
          log.push(`${id} entered`);
          return `In ${id}.`;
        },
        handle: () => {},
        leave: () => void log.push(`${id} left`),
      });
    const [A, B] = [node('A'), node('B')];
    const { bot, anna, stored } = slow({ states: [A, B] });
    bot.command('go', async ({ fsm }) => {
      fsm.enter(A);
      void fsm.commit();
      await immediates(7);
      fsm.enter(B);
      void fsm.commit();
    });
    await anna.sends('/go');
    expect(log).toEqual(['A begins', 'A entered', 'A left', 'B begins', 'B entered']);
    anna.sees('In A.');
    anna.sees('In B.');
    expect([(await stored())?.current, bot.errors]).toEqual(['B', []]);
  });

  it('observers learn of a leaving with the commit that contains it, once and with its reason', async () => {
    const place = scene('place').on({
      handle: async ({ state, leave }) => {
        state.afterCommit(() => {});
        void state.commit();
        return leave();
      },
      leave: ({ state }) => state.commit(),
    });
    const { bot, machine, anna } = slow({ states: [place] });
    const seen: unknown[] = [];
    machine.observe(({ from, to, left }) => {
      for (const { scene, reason } of left) seen.push([from.scene, to.scene, scene, reason]);
    });
    bot.command('go', ({ fsm }) => fsm.enter(place));
    await anna.sends('/go');
    await anna.sends('x');
    expect(seen).toEqual([[null, null, 'place', 'done']]);
    expect(bot.errors).toEqual([]);
  });

  describe.each(places)('%s', (_name, options, stored) => {
    it.each([
      ['awaits its commit', awaited, false],
      ['forgets to await its commit', forgotten, false],
      ['awaits its commit inside a commit of the handler', awaited, true],
      ['forgets to await its commit inside a commit of the handler', forgotten, true],
    ] as const)('keeps all changes if it %s', async (_case, hook, commits) => {
      const found = await play(options(hook, framework), commits);
      expect(found).toEqual({ errors: [], stored, held: [] });
    });
  });
});

async function immediates(count: number): Promise<void> {
  for (let at = 0; at < count; at++) await new Promise((resolve) => setImmediate(resolve));
}
