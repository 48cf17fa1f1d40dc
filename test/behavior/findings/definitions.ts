/** Mistakes of authors and help for them: an error names the fix, and what every bot needs is there. */

import { flow, helpText, scene, state, states } from '@telefsm/core';
import { telegram, virtualClock } from '@telefsm/testing';
import { expect, vi } from 'vitest';
import type { Options } from '../frameworks.ts';
import { play } from '../play.ts';
import { kept, once, played, type Table } from './table.ts';

// biome-ignore lint/suspicious/noExplicitAny: what only JavaScript lets through
type Loose = any;
const Form = states('Form', { name: state() });
const open = () => flow('open').ask('a', { prompt: 'A?' }) as Loose;
const ask = (id: string, options: object = {}) =>
  flow(id, { trigger: `/${id}`, ...options })
    .ask('a', { prompt: 'A?' })
    .ask('b', { prompt: 'B?' })
    .done(() => 'Done.');

export const definitions: Table<'F9' | 'F14' | 'F15'> = {
  F9: [
    played(
      'a deadline that nothing polls for is one warning, at the first one',
      async ({ framework }) => {
        const emit = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
        try {
          const { machine, anna, world } = play(framework, [ask('f', { timeout: '1h' })]);
          await anna.sends('/f');
          await world.user('Ben').sends('/f');
          await machine.stop();
          const calls: readonly (readonly unknown[])[] = emit.mock.calls;
          expect(calls.filter(([, more]) => Object(more).code === 'TELEFSM_DEADLINES')).toEqual([
            [expect.stringContaining('Call machine.start(bot)'), { code: 'TELEFSM_DEADLINES' }],
          ]);
        } finally {
          emit.mockRestore();
        }
      },
    ),
  ],
  F14: [
    once('a mistake in a definition is an error that names the fix', () => {
      const order = () => flow('order').ask('kind', { prompt: '?', choices: ['letter', 'parcel'] });
      const mistakes: readonly (readonly [() => unknown, RegExp])[] = [
        [
          () => order().branch('kind', { parcl: (b: Loose) => b } as Loose),
          /its choices: letter, parcel/,
        ],
        [() => order().branch('knd' as Loose, {} as Loose), /Did you mean "kind"\?/],
        [() => order().include('a', open()), /a flow without `\.done\(…\)`/],
        [() => order().ask('a', { prompt: Promise.resolve('') as Loose }), /found a promise/],
        [() => order().done(() => {}, { timeOut: () => {} } as Loose), /Did you mean "timedOut"\?/],
        [() => order().done(undefined as Loose), /"order done": found undefined/],
      ];
      for (const [define, sentence] of mistakes) expect(define).toThrow(sentence);
    }),
    played(
      'a machine of something unfinished, or with such an initial scene, names what is missing',
      ({ framework }) => {
        const fsm = (options: object) => () => framework.bot().fsm(options as Options);
        const done = ask('done');
        for (const [make, sentence] of [
          [fsm({ states: [open()] }), /a flow without `\.done\(…\)`/],
          [fsm({ scenes: [scene('s')] }), /a node without `\.on\(…\)`/],
          [fsm({ states: [undefined] }), /given undefined\. .* circular import/],
          [fsm({ states: [done], initial: open() }), /a flow without `\.done\(…\)`/],
          [fsm({ states: [done], initial: 'dne' }), /Did you mean "done"\?/],
          [fsm({ states: [Form], initial: Form.name }), /move there with set\(\)/],
        ] as const)
          expect(make).toThrow(sentence);
      },
    ),
    played(
      'enter() and set() of what cannot be entered or set name the fix',
      async ({ framework }) => {
        const done = ask('done');
        const moves: readonly (readonly [(fsm: Loose) => unknown, RegExp])[] = [
          [(fsm) => fsm.enter(Form.name), /the state "Form:name": move there with set\(\)/],
          [(fsm) => fsm.enter('done:a'), /enter its scene "done"/],
          [(fsm) => fsm.enter(Form), /given a group of states/],
          [(fsm) => fsm.enter(open()), /a flow without `\.done\(…\)`/],
          [(fsm) => fsm.enter(undefined), /given undefined\. .* circular import/],
          [(fsm) => fsm.enter('dnoe'), /Unknown scene "dnoe"/],
          [(fsm) => fsm.set(done), /Enter the scene instead/],
          [(fsm) => fsm.set(undefined), /given undefined\. .* circular import/],
        ];
        for (const [move, sentence] of moves) {
          const { bot, anna } = play(framework, [Form, done]);
          bot.use(({ fsm }) => void move(fsm));
          await anna.sends('go');
          expect(bot.errors).toHaveLength(1);
          expect(String(bot.errors[0])).toMatch(sentence);
        }
      },
    ),
    played(
      'a prompt that sends by itself is an error, and not a second message',
      async ({ framework }) => {
        const form = flow('f', { trigger: '/f' })
          .ask('a', { prompt: ((_: object, turn: Loose) => turn.reply('A?')) as Loose })
          .done(() => {});
        const { bot, anna } = play(framework, [form]);
        await anna.sends('/f');
        expect(bot.errors).toMatchObject([{ code: 'INVALID_OPTION' }]);
        expect(String(bot.errors[0])).toContain('a message that reply() has sent');
      },
    ),
    played(
      'a handler above fsm() that uses the state names where fsm() belongs',
      async ({ framework }) => {
        const bot = framework.bot();
        bot.noteErrors();
        bot.use(({ fsm }, next) => {
          fsm.set(Form.name);
          return next();
        });
        bot.fsm({ states: [Form] });
        await telegram(bot.bot).user('Anna').sends('hello');
        expect(bot.errors).toMatchObject([{ code: 'NOT_INSTALLED' }]);
        expect(String(bot.errors[0])).toContain('Call bot.use(fsm()) before all middleware');
      },
    ),
  ],
  F15: [
    kept(
      'one default timeout ends a flow without progress, and each answer renews it',
      async ({ framework, storage }) => {
        const clock = virtualClock();
        const options = { clock, storage: storage(clock), flowTimeout: '10m' };
        const { bot, machine, anna } = play(framework, [ask('f')], options as Options);
        machine.start();
        await anna.sends('/f');
        await clock.advance('9m');
        await anna.sends('x');
        await clock.advance('9m');
        expect(await machine.at({ user: anna.id }).peek()).toMatchObject({ current: 'f:b' });
        await clock.advance('2m');
        anna.sees('Time is up. Please start again.');
        expect(await machine.at({ user: anna.id }).peek()).toBeUndefined();
        expect(bot.errors).toEqual([]);
        await machine.stop();
      },
    ),
    played(
      "/help lists the triggers of flows beside the bot's own commands, each once",
      async ({ framework }) => {
        const order = ask('order', { description: 'Place an order' });
        const quiet = ask('quiet');
        const { bot, machine, anna } = play(framework, [order, quiet]);
        const own = [
          { command: 'help', description: 'Show this help' },
          { command: 'order', description: 'Again' },
        ];
        bot.command('help', ({ say }) => say(helpText([...machine.botCommands(), ...own])));
        await anna.sends('/help');
        anna.sees('/order - Place an order\n/help - Show this help');
        await anna.sends('/order');
        await anna.sends('/help');
        anna.sees('/order - Place an order\n/help - Show this help');
      },
    ),
  ],
};
