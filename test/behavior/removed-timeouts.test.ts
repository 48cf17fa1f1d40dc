/** A deploy changes how long users may take: what was removed times nobody out any more. */

import { type Clock, type FsmStorage, flow, memoryStorage, scene } from '@telefsm/core';
import { telegram, virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks, type Options } from './frameworks.ts';
import { storages } from './storages.ts';

interface Timeout {
  readonly timeout?: '10m';
}

const timedOut = () => 'Too late.';
const flowWith = (ofFlow: Timeout, ofQuestion: Timeout) =>
  flow('form', { trigger: '/form', ...ofFlow })
    .ask('name', { prompt: 'Name?', ...ofQuestion })
    .ask('town', { prompt: 'Town?' })
    .done(({ name, town }) => `${name} of ${town}.`, { timedOut });
const nodeWith = (timeout: Timeout) =>
  scene('node', timeout).on({
    enter: () => 'Name?',
    handle: ({ input, data, again }) => (input.text === 'again' ? again(data) : undefined),
    leave: () => 'Too late.',
  });

type Version = readonly [states: readonly unknown[], options?: Options];

/** A user begins under one version of the bot and continues under another. */
async function deploy(
  framework: Framework,
  [before, after]: readonly [Version, Version],
  makeStorage: (clock: Clock) => FsmStorage = (clock) => memoryStorage({ clock }),
) {
  const clock = virtualClock();
  const storage = makeStorage(clock);
  const make = ([states, options]: Version) => {
    const made = framework.bot();
    const machine = made.fsm({ states, storage, clock, ...options });
    made.command('node', ({ fsm }) => fsm.enter('node'));
    machine.start(made.bot as never);
    return { machine, bot: made.bot };
  };
  const old = make(before);
  const world = telegram(old.bot, { clock });
  const anna = world.user('Anna');
  return {
    clock,
    anna,
    async restarts() {
      await old.machine.stop();
      await world.restart(() => make(after).bot as never);
    },
  };
}

describe.each(frameworks)('after a deploy without a timeout, on %s', (_, framework) => {
  it.each(storages)('a flow continues, in %s', async (_name, makeStorage) => {
    const versions = [[[flowWith({ timeout: '10m' }, {})]], [[flowWith({}, {})]]] as const;
    const { anna, clock, restarts } = await deploy(framework, versions, makeStorage);
    await anna.sends('/form');
    await restarts();
    await clock.advance('9m');
    await anna.sends('Anna');
    await clock.advance('30m');
    await anna.sends('Rome');
    anna.sees('Anna of Rome.');
  });

  it.each([
    ['a flow of a machine without a default continues', {}, { flowTimeout: '10m' }],
    ['a question waits', { timeout: '10m' }, {}],
  ] as const)('%s', async (_name, question, options) => {
    const versions = [[[flowWith({}, question)], options], [[flowWith({}, {})]]] as const;
    const { anna, clock, restarts } = await deploy(framework, versions);
    await anna.sends('/form');
    await restarts();
    await clock.advance('30m');
    await anna.sends('Anna');
    anna.sees('Town?');
  });

  it('a node waits', async () => {
    const versions = [[[nodeWith({ timeout: '10m' })]], [[nodeWith({})]]] as const;
    const { anna, clock, restarts } = await deploy(framework, versions);
    await anna.sends('/node');
    await restarts();
    await clock.advance('30m');
    await anna.sends('again');
    anna.sees('Name?');
  });
});

describe.each(frameworks)('a timeout, on %s', (_, framework) => {
  it('that a deploy has kept still ends a flow', async () => {
    const version = [[flowWith({ timeout: '10m' }, {})]] as const;
    const { anna, clock, restarts } = await deploy(framework, [version, version]);
    await anna.sends('/form');
    await restarts();
    await clock.advance('12m');
    anna.sees('Too late.');
  });

  it.each([0, '0s', '0m'])('of %s is rejected wherever it is set', (timeout) => {
    const none = { timeout: timeout as '10m' };
    for (const make of [() => flowWith(none, {}), () => flowWith({}, none), () => nodeWith(none)]) {
      expect(make).toThrowError(/INVALID_OPTION/);
    }
  });
});
