/** Ids of states as texts: a filter that no state of the list can match is an error, not a filter that never matches. */

import { flow, state, states } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks, type Options } from './frameworks.ts';

describe.each(frameworks)('an id in a filter, on %s', (_, framework) => {
  const Form = states('Form', { name: state(), age: state() });
  const order = flow('order')
    .ask('what', { prompt: 'What?' })
    .done(() => {});

  async function play(id: string, how: 'is' | 'inState' | 'composer', options: Options) {
    const bot = framework.bot();
    bot.noteErrors();
    bot.fsm(options);
    bot.command('start', ({ fsm }) => fsm.set('Form:name' as never));
    if (how === 'composer') {
      const form = framework.form();
      form.state([id as never], ({ say }) => say('Yes.'));
      bot.add(form);
    } else if (how === 'inState') bot.inState([id as never], ({ say }) => say('Yes.'));
    else bot.use(({ fsm, say }, next) => (fsm.is(id as never) ? say('Yes.') : next()));
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/start');
    await anna.sends('hi');
    return { anna, errors: bot.errors };
  }

  it.each(['is', 'inState', 'composer'] as const)(
    'by %s is checked against the list',
    async (how) => {
      const listed = { states: [Form, order] };
      const right = await play('Form:name', how, listed);
      right.anna.sees('Yes.');
      expect(right.errors).toEqual([]);
      expect((await play('order:what', how, listed)).errors).toEqual([]);
      for (const id of ['Form:nmae', 'Form', 'order']) {
        const { anna, errors } = await play(id, how, listed);
        anna.seesNothing();
        expect(errors[0]).toMatchObject({ code: 'STATE_UNKNOWN', details: { state: id } });
      }
      // without a list, nobody knows which states there are
      expect((await play('Form:nmae', how, { scenes: [order] })).errors).toEqual([]);
    },
  );
});
