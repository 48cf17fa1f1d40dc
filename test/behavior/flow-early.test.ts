import { flow, type Interrupt, interruptBy, invalid, typed } from '@telefsm/core';
import { telegram, virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { userOf } from './play.ts';

/** A check that lasts until it is let go on. */
function slowCheck() {
  let open: () => void = () => {};
  let begun: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const hasBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const reasons: unknown[] = [];
  const services = {
    check(text: string, signal: AbortSignal): Promise<string> {
      begun();
      return new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => {
          reasons.push(signal.reason.code);
          reject(signal.reason);
        });
        void gate.then(() => resolve(text));
      });
    },
  };
  return { services, open, hasBegun, reasons };
}

type Services = ReturnType<typeof slowCheck>['services'];

const form = (early?: 'answer' | 'ask' | 'ignore', whole?: 'answer' | 'ask' | 'ignore') =>
  flow('form', {
    trigger: '/form',
    services: typed<Services>(),
    ...(whole !== undefined && { early: whole }),
  })
    .ask('name', {
      prompt: 'Name?',
      validate: (text, _, { services, signal }) => services.check(text, signal),
    })
    .ask('age', { prompt: 'Age?', ...(early !== undefined && { early }) })
    .done(({ name, age }) => `${name}, ${age}`);

describe.each(frameworks)(
  'a text that was sent before the question was asked on %s',
  (_, framework) => {
    const world = (early?: 'answer' | 'ask' | 'ignore', whole?: 'answer' | 'ask' | 'ignore') => {
      const check = slowCheck();
      const { bot, fsm } = framework.bot();
      fsm({ states: [form(early, whole)], services: check.services });
      const chat = telegram(bot);
      const { open, hasBegun, reasons } = check;
      return { open, hasBegun, reasons, chat, anna: chat.user('Anna') };
    };
    const hurried = async (
      early?: 'answer' | 'ask' | 'ignore',
      whole?: 'answer' | 'ask' | 'ignore',
    ) => {
      const all = world(early, whole);
      const { anna, hasBegun, open } = all;
      await anna.sends('/form');
      const slow = anna.sends('Anna');
      await hasBegun;
      const second = anna.sends('are you there?');
      open();
      await Promise.all([slow, second]);
      return all;
    };

    it('is not an answer by default: the question is asked again', async () => {
      const { anna, chat } = await hurried();
      expect(chat.calls.filter(({ payload }) => payload['text'] === 'Age?')).toHaveLength(2);
      await anna.sends('30');
      anna.sees('Anna, 30');
    });

    it('answers with `early` of the step', async () => {
      const { anna } = await hurried('answer');
      anna.sees('Anna, are you there?');
    });

    it('is ignored with `early` of the step', async () => {
      const { anna, chat } = await hurried('ignore');
      expect(chat.calls.filter(({ payload }) => payload['text'] === 'Age?')).toHaveLength(1);
      await anna.sends('30');
      anna.sees('Anna, 30');
    });

    it('the flow sets it for all its questions, and a step for itself', async () => {
      const { anna } = await hurried(undefined, 'answer');
      anna.sees('Anna, are you there?');
      const other = await hurried('ask', 'answer');
      await other.anna.sends('30');
      other.anna.sees('Anna, 30');
    });

    it('confirms nothing: a summary is shown again', async () => {
      const check = slowCheck();
      const { bot, fsm } = framework.bot();
      const pay = flow('pay', { trigger: '/pay', services: typed<Services>() })
        .ask('sum', {
          prompt: 'How much?',
          validate: (text, _answers, { services, signal }) => services.check(text, signal),
        })
        .confirm({ prompt: ({ sum }) => `Pay ${sum}?` })
        .done(({ sum }) => `Paid ${sum}.`);
      fsm({ states: [pay], services: check.services });
      const chat = telegram(bot);
      const anna = chat.user('Anna');
      await anna.sends('/pay');
      const slow = anna.sends('5');
      await check.hasBegun;
      const yes = anna.sends('Yes');
      check.open();
      await Promise.all([slow, yes]);
      anna.sees('Pay 5?');
      await anna.taps('Yes');
      anna.sees('Paid 5.');
    });

    it('a command and a text after the question are not early', async () => {
      const { anna, open, hasBegun } = world();
      await anna.sends('/form');
      const slow = anna.sends('Anna');
      await hasBegun;
      const cancel = anna.sends('/cancel');
      open();
      await Promise.all([slow, cancel]);
      anna.sees('Canceled.');
    });
  },
);

describe.each(frameworks)('`interrupt` of a question on %s', (_, framework) => {
  const bio = (interrupt: Interrupt) =>
    flow('bio', { trigger: '/bio', services: typed<Services>() })
      .ask('name', {
        prompt: 'Name?',
        validate: (text) => (text.length > 20 ? invalid('Too long.') : text),
      })
      .ask('bio', {
        prompt: 'About you?',
        interrupt: interruptBy(interrupt),
        validate: (text, _answers, { services, signal }) => services.check(text, signal),
      })
      .ask('mail', {
        prompt: 'Mail?',
        validate: (text, _answers, { services, signal }) => services.check(text, signal),
      })
      .done(({ name, bio: about }) => `${name}: ${about}`);

  const begun = async (interrupt: Interrupt) => {
    const check = slowCheck();
    const { bot, fsm, command } = framework.bot();
    fsm({ states: [bio(interrupt)], services: check.services });
    command('help', ({ say }) => say('Help'));
    const anna = telegram(bot).user('Anna');
    await anna.sends('/bio');
    await anna.sends('Anna');
    const slow = anna.sends('I like tea');
    await check.hasBegun;
    const { open, reasons } = check;
    return { open, reasons, anna, slow };
  };

  it('/cancel aborts the signal of a slow `validate` and cancels the flow', async () => {
    const { anna, slow, reasons } = await begun('commands');
    await anna.sends('/cancel');
    await slow;
    anna.sees('Canceled.');
    expect(reasons).toEqual(['INTERRUPTED']);
  });

  it('another command is handled at once, and the question stays without an answer', async () => {
    const { anna, slow, reasons, open } = await begun('commands');
    await anna.sends('/help');
    await slow;
    anna.sees('Help');
    expect(reasons).toEqual(['INTERRUPTED']);
    open();
    await anna.sends('I like coffee');
    anna.sees('Mail?');
  });

  it('a command that it does not name waits', async () => {
    const { anna, slow, reasons, open } = await begun(['cancel']);
    const help = anna.sends('/help');
    open();
    await Promise.all([slow, help]);
    anna.sees('Help');
    expect(reasons).toEqual([]);
  });

  it('ends no turn of another question', async () => {
    const first = slowCheck();
    const second = slowCheck();
    let calls = 0;
    const services: Services = {
      check: (text, signal) => (calls++ === 0 ? first : second).services.check(text, signal),
    };
    const anna = userOf(framework, [bio('any')], { services });
    await anna.sends('/bio');
    await anna.sends('Anna');
    first.open();
    await anna.sends('I like tea');
    const slow = anna.sends('anna@example.org');
    await second.hasBegun;
    const cancel = anna.sends('/cancel');
    second.open();
    await Promise.all([slow, cancel]);
    expect(second.reasons).toEqual([]);
  });

  it('ends the check of messages that were collected', async () => {
    const check = slowCheck();
    const { bot, fsm } = framework.bot();
    const about = flow('about', { trigger: '/about', services: typed<Services>() })
      .ask('parts', {
        prompt: 'In many messages?',
        accept: { burst: 'text' },
        interrupt: interruptBy(['cancel']),
        validate: (parts, _answers, { services, signal }) =>
          services.check(parts.join(' '), signal),
      })
      .done(({ parts }) => parts);
    const clock = virtualClock();
    const machine = fsm({ states: [about], services: check.services, clock });
    const anna = telegram(bot, { clock }).user('Anna');
    await machine.start(bot as never);
    await anna.sends('/about');
    await anna.sends('I');
    await anna.sends('like tea');
    const pause = clock.advance(3000);
    await check.hasBegun;
    const cancel = anna.sends('/cancel');
    await Promise.all([pause, cancel]);
    anna.sees('Canceled.');
    expect(check.reasons).toEqual(['INTERRUPTED']);
    await machine.stop();
  });
});
