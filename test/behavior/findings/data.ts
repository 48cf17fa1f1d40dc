/** Data, types and history as authors read and change them. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type FsmContext, flow, scene, state, states, typed } from '@telefsm/core';
import { describeMachine } from '@telefsm/core/tools';
import * as g from '@telefsm/grammy';
import * as t from '@telefsm/telegraf';
import { virtualClock } from '@telefsm/testing';
import type { Context } from 'grammy';
import type { Context as TelegrafContext } from 'telegraf';
import { expect, expectTypeOf } from 'vitest';
import type { Talk } from '../frameworks.ts';
import { play } from '../play.ts';
import { kept, once, played, type Table } from './table.ts';

interface Cart {
  items: string[];
}
const Shop = states('Shop', { cart: state<Cart>(), paid: state() });
const Form = states('Form', { name: state(), age: state(), city: state() });
const root = fileURLToPath(new URL('../../../', import.meta.url));

/** As plain JavaScript changes data. */
const push = (data: object | undefined) => void (data as Cart).items.push('cake');
const frozen = [expect.objectContaining({ code: 'DATA_FROZEN' })];

/** The commands of the bot, each with its call. */
type Moves = Readonly<Record<string, (fsm: FsmContext) => unknown>>;

const walk: Moves = {
  name: (fsm) => fsm.set(Form.name),
  age: (fsm) => fsm.set(Form.age, { name: 'Ann' } as never),
  city: (fsm) => fsm.set(Form.city, { age: 7 } as never),
  more: (fsm) => fsm.update({ seen: true } as never),
  back: (fsm) => fsm.back(),
  history: (fsm) => fsm.history,
  now: ({ current, data }) => ({ current, data }),
};

export const data: Table<'F7' | 'F10' | 'F11' | 'F17'> = {
  F7: [
    kept(
      'a write to data in a handler is an error that names edit(), and nothing of the turn is kept',
      async ({ framework, storage }) => {
        const { bot, machine, anna } = play(framework, [Shop], { storage: storage() });
        bot.use(({ fsm, text }: Talk) => {
          if (text === 'start') return fsm.set(Shop.cart, { items: ['tea'] });
          fsm.set(Shop.paid);
          return push(text === 'history' ? fsm.history[0]?.data : fsm.data);
        });
        for (const text of ['start', 'write', 'history']) await anna.sends(text);
        expect(bot.errors).toEqual([...frozen, ...frozen]);
        for (const error of bot.errors) expect(String(error)).toContain('ctx.state.edit((draft)');
        expect(await machine.at({ user: anna.id }).peek()).toMatchObject({
          current: 'Shop:cart',
          data: { items: ['tea'] },
        });
      },
    ),
    played(
      'a write to data in outside work, a deadline, a prompt, a view or a round is such an error',
      async ({ framework }) => {
        const clock = virtualClock();
        const start = { items: ['tea'] };
        const asks = flow('asks', { data: typed<Cart>() })
          .ask('a', { prompt: (answers) => String(push(answers)) })
          .done(() => {});
        const chooses = flow('chooses', { data: typed<Cart>() })
          .ask('a', { prompt: 'A?', choices: (answers) => [String(push(answers))] })
          .done(() => {});
        const rounds = flow('rounds', { data: typed<Cart>() })
          .repeat('all', {
            each: (b) => b.ask('a', { prompt: 'A?', validate: (item) => [item] }),
            again: 'More?',
            max: 1,
            after: ({ a }) => push({ items: a }),
          })
          .done(() => {});
        const view = scene('view', { data: typed<Cart>() }).on({
          view: (turn) => ({ text: String(push(turn.data)) }),
          handle: () => {},
        });
        const { bot, machine, anna } = play(framework, [asks, chooses, rounds, view, Shop], {
          clock,
          onTimeout: ({ state: fsm }: { readonly state: FsmContext }) => push(fsm.data),
        } as never);
        const failed: unknown[] = [];
        machine.observe('deadlineFailed', ({ error }) => failed.push(error));
        for (const one of [asks, chooses, rounds, view])
          bot.command(one.id, ({ fsm }) => fsm.enter(one as never, start as never));
        bot.command('late', ({ fsm }) => {
          fsm.set(Shop.cart, start);
          fsm.expire('1m');
        });
        for (const texts of [['/asks'], ['/chooses'], ['/rounds', 'x', '/cancel'], ['/view']]) {
          const before = bot.errors.length;
          for (const text of texts) await anna.sends(text);
          expect([texts, bot.errors.slice(before)]).toEqual([texts, frozen]);
        }
        await anna.sends('/late');
        const outside = machine.at({ user: anna.id }).run(({ state: fsm }) => push(fsm.data));
        await expect(outside).rejects.toMatchObject({ code: 'DATA_FROZEN' });
        await clock.advance('1m');
        await machine.sweep();
        expect(failed).toEqual(frozen);
      },
    ),
    kept('edit() keeps what its draft has become', async ({ framework, storage }) => {
      const { bot, machine, anna } = play(framework, [Shop], { storage: storage() });
      bot.use(({ fsm, text }: Talk) => {
        if (text === 'start') fsm.set(Shop.cart, { items: ['tea'] });
        else (fsm as FsmContext & { readonly data: Cart }).edit((draft) => push(draft));
      });
      for (const text of ['start', 'edit']) await anna.sends(text);
      const stored = await machine.at({ user: anna.id }).peek();
      expect(stored?.data).toEqual({ items: ['tea', 'cake'] });
      expect(bot.errors).toEqual([]);
    }),
    once('push() to data and to answers does not compile', () => {
      flow('f')
        .ask('items', { prompt: 'Items?', validate: (item) => [item] })
        // @ts-expect-error answers are read-only
        .done(({ items }) => void items.push('cake'));
      scene('s', { data: typed<Cart>() }).on({
        // @ts-expect-error data is read-only
        handle: (turn) => void turn.data.items.push('cake'),
      });
      expect(Object.isFrozen(Shop)).toBe(true);
    }),
  ],
  F10: [
    once('services and updates are typed in a machine that is a constant', () => {
      type GrammyContext = g.FsmFlavor<Context & { readonly locale: 'en' | 'de' }>;
      const machine = g.fsm({
        context: g.typed<GrammyContext>(),
        services: ({ ctx, update }) => {
          expectTypeOf(ctx).toEqualTypeOf<GrammyContext | undefined>();
          expectTypeOf(update?.message?.text).toEqualTypeOf<string | undefined>();
          return { locale: ctx?.locale };
        },
      });
      const other = t.fsm({
        context: t.typed<t.FsmFlavor<TelegrafContext>>(),
        services: ({ ctx }) => {
          expectTypeOf(ctx?.botInfo.username).toEqualTypeOf<string | undefined>();
          return { bot: ctx?.botInfo.username };
        },
      });
      scene('s').on({
        handle: (turn) => {
          expectTypeOf(turn.update?.callback_query?.data).toEqualTypeOf<string | undefined>();
        },
      });
      expect([machine, other].map((each) => describeMachine(each).namespace)).toEqual([
        'telefsm',
        'telefsm',
      ]);
    }),
  ],
  F11: [
    once('answers, data and services are typed without strictNullChecks', async () => {
      const compiler = `${root}node_modules/typescript-7/bin/tsc`;
      const project = `${root}packages/core/test/loose`;
      const lines = await new Promise<readonly string[]>((resolve) => {
        // sources are compiled along, and are not made for these options: only the lines of the fixture count
        const options = { cwd: root };
        execFile(process.execPath, [compiler, '-p', project, '--listFiles'], options, (_, out) =>
          resolve(out.split('\n')),
        );
      });
      const own = lines.filter((line) => line.includes('loose/answers.types.ts'));
      expect(own).toEqual([expect.stringMatching(/answers\.types\.ts$/)]);
    }),
  ],
  F17: [
    kept(
      'the history lists where back() leads, newest first, from the context and from peek()',
      async ({ framework, storage }) => {
        const { bot, machine, anna } = play(framework, [Form], { storage: storage() });
        const seen: unknown[] = [];
        for (const [command, move] of Object.entries(walk))
          bot.command(command, ({ fsm }) => void seen.push(move(fsm)));
        for (const text of ['/name', '/age', '/city', '/more', '/history']) await anna.sends(text);
        const history = [
          { current: 'Form:age', scene: null, data: { name: 'Ann' } },
          { current: 'Form:name', scene: null, data: {} },
          { current: null, scene: null, data: {} },
        ];
        expect(seen.at(-1)).toEqual(history);
        expect(await machine.at({ user: anna.id }).peek()).toEqual({
          current: 'Form:city',
          scene: null,
          data: { name: 'Ann', age: 7, seen: true },
          history,
        });
        for (const { current, data: before } of history) {
          for (const text of ['/back', '/now']) await anna.sends(text);
          expect(seen.at(-1)).toEqual({ current, data: before });
        }
        expect(bot.errors).toEqual([]);
      },
    ),
    played('reenter() runs leave and then enter of the same scene', async ({ framework }) => {
      const calls: string[] = [];
      const settings = framework.scene('settings');
      settings.enter(() => void calls.push('enter'));
      settings.leave(() => void calls.push('leave'));
      const { bot, anna } = play(framework, [settings.scene]);
      bot.command('settings', ({ fsm }) => fsm.enter(settings.scene));
      settings.command('again', ({ fsm }) => fsm.reenter());
      for (const text of ['/settings', '/again']) await anna.sends(text);
      expect(calls).toEqual(['enter', 'leave', 'enter']);
      expect(bot.errors).toEqual([]);
    }),
  ],
};
