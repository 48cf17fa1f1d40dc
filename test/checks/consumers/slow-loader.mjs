/** A test of a deadline whose modules a loader resolves in a thread of its own, as tsx does. */

import assert from 'node:assert/strict';
import { register } from 'node:module';

// Each answer is later than all turns of the event loop in which the clock could end.
register(
  `data:text/javascript,export async function resolve(specifier, context, next) {
    await new Promise((answered) => setTimeout(answered, 2));
    return next(specifier, context);
  }`,
);
const { flow, fsm } = await import('@telefsm/grammy');
const { telegram, virtualClock } = await import('@telefsm/testing');
const { Bot } = await import('grammy');

const clock = virtualClock();
const bot = new Bot('1:test');
const quick = flow('quick', { trigger: '/quick', timeout: '10m' })
  .ask('answer', { prompt: 'Well?', choices: ['Yes', 'No'] })
  .done(() => 'Thank you.', { timedOut: () => 'Too late.' });
const machine = fsm({ states: [quick], clock });
bot.use(machine);
machine.start(bot);

const anna = telegram(bot, { clock }).user('Anna');
await anna.sends('/quick');
anna.sees('Well?');
await clock.advance('11m');
anna.sees('Too late.');
await machine.stop();
assert.equal(await machine.at({ user: anna.id }).peek(), undefined);
