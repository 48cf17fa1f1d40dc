/** Code of a flow that only shows something cannot change the session. */

import { flow, isFsmError, typed } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';

interface Writable {
  session: Record<string, unknown>;
}

describe.each(frameworks)('the session on %s', (_, framework) => {
  it('is read-only in prompts, conditions, choices, labels and texts of a flow', async () => {
    const places: string[] = [];
    const written: string[] = [];
    const write = (place: string, turn: unknown) => {
      places.push(place);
      try {
        (turn as Writable).session[place] = 1;
        written.push(place);
      } catch (error) {
        if (!(error instanceof TypeError) && !isFsmError(error, 'DATA_FROZEN')) throw error;
      }
    };
    const order = flow('order', {
      trigger: '/order',
      session: typed<Record<string, unknown>>(),
      texts: {
        canceled: (turn) => {
          write('text', turn);
          return 'Canceled.';
        },
      },
    })
      .ask('what', {
        when: (_answers, turn) => {
          write('when', turn);
          return true;
        },
        prompt: (_answers, turn) => {
          write('prompt', turn);
          return 'What?';
        },
        choices: (_answers, turn) => {
          write('choices', turn);
          return [
            [
              'tea',
              (labelled) => {
                write('label', labelled);
                return 'Tea';
              },
            ],
          ];
        },
        otherwise: (_answers, turn) => {
          write('otherwise', turn);
          return 'Tea only.';
        },
        rows: (_answers, turn) => {
          write('rows', turn);
          return [];
        },
      })
      .ask('approved', {
        to: (_answers, turn) => {
          write('to', turn);
          return { chat: 1002 };
        },
        by: (_answers, turn) => {
          write('by', turn);
          return [1002];
        },
        prompt: (_answers, turn) => {
          write('prompt elsewhere', turn);
          return 'Approve?';
        },
        choices: ['Yes'],
        meanwhile: (_answers, turn) => {
          write('meanwhile', turn);
          return 'Wait.';
        },
        answered: (_value, turn) => {
          write('answered', turn);
          return 'Thank you.';
        },
      })
      .confirm({
        prompt: (_answers, turn) => {
          write('summary', turn);
          return 'Correct?';
        },
        yes: (turn) => {
          write('yes', turn);
          return 'Order';
        },
      })
      .done((_answers, { session }) => {
        session['done'] = true;
        return JSON.stringify(session);
      });
    const bot = framework.bot();
    bot.fsm({ states: [order] });
    const tg = telegram(bot.bot);
    const anna = tg.user('Anna', { id: 1001 });
    const ben = tg.user('Ben', { id: 1002 });
    await ben.sends('hello');
    await anna.sends('/order');
    await anna.sends('coffee');
    await anna.taps('Tea');
    await ben.taps('Yes');
    await anna.taps('Order');
    anna.sees('{"done":true}');
    await anna.sends('/order');
    await anna.sends('/cancel');
    expect(written).toEqual([]);
    expect(new Set(places)).toEqual(
      new Set([
        'when',
        'prompt',
        'choices',
        'label',
        'otherwise',
        'rows',
        'to',
        'by',
        'prompt elsewhere',
        'meanwhile',
        'answered',
        'summary',
        'yes',
        'text',
      ]),
    );
  });

  it('shows in a prompt what a handler of the same turn has changed', async () => {
    const cart = typed<{ items?: string[] }>();
    const show = flow('show', { session: cart, trigger: '/show' })
      .ask('what', {
        prompt: 'What?',
        validate: (what, _answers, { session }) => {
          session.items = [what];
          return what;
        },
      })
      .ask('ok', { prompt: (_answers, { session }) => `In your cart: ${session.items}` })
      .done(() => {});
    const bot = framework.bot();
    bot.fsm({ states: [show] });
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/show');
    await anna.sends('tea');
    anna.sees('In your cart: tea');
  });
});
