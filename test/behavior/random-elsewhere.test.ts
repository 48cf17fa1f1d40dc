/** Random users who are asked, and operators who answer for them in another chat: each question is open once and answered once. */

import { flow, invalid, memoryStorage, redo } from '@telefsm/core';
import { type Shown, type TestUser, telegram, virtualClock } from '@telefsm/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnyFsm, type Framework, frameworks } from './frameworks.ts';

const office = -1_001_000_000_077;
const boss = 501;

/** What somebody does, and a number that chooses among what can be done. */
type Deed =
  | { readonly do: 'says'; readonly who: number; readonly text: string }
  | { readonly do: 'goes on'; readonly who: number; readonly dice: number }
  | { readonly do: 'decides' | 'both decide'; readonly who: number; readonly dice: number }
  | { readonly do: 'waits' | 'restarts'; readonly ms: number };

const texts = ['/claim', '/cancel', '/back', '/other', 'tea', 'bad', 'Edit', 'Ok', 'Approve'];
const who = fc.nat(2);
const dice = fc.nat(59);
const one = <Name extends string>(name: Name) => fc.constant(name);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ do: one('says'), who, text: fc.constantFrom(...texts) }),
  { weight: 4, arbitrary: fc.record({ do: one('goes on'), who, dice }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('decides', 'both decide'), who, dice }) },
  fc.record({
    do: fc.constantFrom('waits', 'restarts'),
    ms: fc.constantFrom(60_000, 2_000_000, 8_000_000),
  }),
);

/** A claim, whose items and verdict somebody else decides. */
const claim = (count: (what: string) => void) =>
  flow('claim', {
    trigger: '/claim',
    timeout: '2h',
    onTrigger: 'continue',
    otherCommands: 'passAndAsk',
    controls: ['back', 'cancel'],
  })
    .ask('what', { prompt: 'What?', validate: (text) => (text === 'bad' ? invalid('Bad.') : text) })
    .repeat('items', {
      each: (item) =>
        item.ask('name', { prompt: 'Item?' }).ask('verdict', {
          to: { chat: office },
          prompt: ({ name }) => `Item ${name}?`,
          choices: ['Fine', 'Wrong', 'Rename'],
          validate: (verdict) => (verdict === 'Rename' ? redo('name') : verdict),
          answered: (verdict) => {
            count(verdict);
            return `Item: ${verdict}`;
          },
        }),
      again: 'More?',
      max: 2,
    })
    .ask('result', {
      to: { user: boss },
      by: [boss],
      prompt: ({ what }) => `Claim ${what}?`,
      choices: ['Approve', 'Decline'],
      timeout: '1h',
      onTimeout: () => ({ answer: 'Decline' }),
      answered: (result) => {
        count(result);
        return `Claim: ${result}`;
      },
    })
    .confirm({ prompt: ({ what, result }) => `${what}: ${result}?`, edit: true })
    .done(({ what }) => `Saved ${what}.`);

/** Plays deeds, and checks after each one that the open questions, and no other ones, have buttons. */
async function playDeeds(framework: Framework, list: readonly Deed[]) {
  const clock = virtualClock();
  const storage = memoryStorage({ clock });
  const counted: string[] = [];
  const pressed: string[] = [];
  let bot = framework.bot();
  let machine!: AnyFsm;
  const start = () => {
    bot = framework.bot();
    machine = bot.fsm({ states: [claim((what) => counted.push(what))], storage, clock });
    machine.start(bot.bot as never);
    bot.command('other', ({ say }) => say('Another command.'));
    return bot.bot;
  };
  const world = telegram(start(), { clock });
  const [anna, ben] = [world.user('Anna'), world.user('Ben')];
  const group = world.group('Friends', [anna]);
  const topic = world.group('Forum', [ben], { is_forum: true }).topic('Topic');
  const users = [anna, anna.in(group), ben.in(topic)];
  const olga = world.user('Olga', { id: boss });
  const managers = world.group('Managers', [olga], { id: office });
  const operators = [olga, olga.in(managers), world.user('Otto').in(managers)];
  /** Every question that an operator was ever shown. */
  const seen = operators.map((): Shown[] => []);

  const buttonsIn = (user: TestUser) => user.screen().filter(({ buttons }) => buttons.length > 0);
  const taps = async (user: TestUser, on: Shown, number: number) => {
    const labels = on.buttons.flat();
    const label = labels[number % labels.length] as string;
    pressed.push(label);
    expect([label, (await user.taps(label, on)).answered]).toEqual([label, true]);
  };
  const decides = async (operator: number, number: number) => {
    const on = seen[operator]?.at(-1 - (number % 3));
    if (on !== undefined) await taps(operators[operator] as TestUser, on, Math.floor(number / 3));
  };
  const goesOn = (user: TestUser, number: number) => {
    const last = user.screen().at(-1);
    if (last === undefined || /^(?:Saved|Canceled|Time)/.test(last.text))
      return user.sends('/claim');
    return last.buttons.length === 0 || /^(?:What|Item)/.test(last.text)
      ? user.sends('tea')
      : taps(user, last, number);
  };
  const does = async (what: Deed): Promise<unknown> => {
    switch (what.do) {
      case 'says':
        return users[what.who]?.sends(what.text);
      case 'goes on':
        return goesOn(users[what.who] as TestUser, what.dice);
      case 'decides':
        return decides(what.who, what.dice);
      case 'both decide':
        return Promise.all([decides(1, what.dice), decides(2, what.dice * 7)]);
      case 'waits':
        return clock.advance(what.ms);
      case 'restarts':
        await machine.stop();
        return world.restart(start);
    }
  };
  const states = async () => {
    const where = [
      { user: anna.id },
      { user: anna.id, chat: group.id },
      { user: ben.id, chat: topic.id },
    ];
    const found = await Promise.all(where.map((at) => machine.at(at).peek()));
    return found.map((at) => at?.current ?? null);
  };

  for (const what of list) {
    // ids of entries are made of the time
    await clock.advance(100);
    await does(what);
    operators.forEach((operator, at) => {
      const known = new Set(seen[at]?.map(({ message_id }) => message_id));
      seen[at]?.push(...buttonsIn(operator).filter(({ message_id }) => !known.has(message_id)));
    });
    const now = await states();
    const open = [olga, olga.in(managers)].map((operator) => buttonsIn(operator).length);
    const waiting = [/:result$/, /verdict$/].map(
      (asked) => now.filter((state) => asked.test(state ?? '')).length,
    );
    expect({ what, open, transcript: world.transcript() }).toMatchObject({ open: waiting });
  }
  for (const user of users) await user.sends('/cancel');
  expect(await states()).toEqual([null, null, null]);
  expect(bot.errors).toEqual([]);
  await machine.stop();
  return { counted, pressed };
}

describe.each(frameworks)('questions to somebody else, on %s', (_, framework) => {
  it('are open once, take one answer, and block nobody, whatever comes in between', async () => {
    let answers = 0;
    const property = fc.asyncProperty(
      fc.array(deed, { minLength: 60, maxLength: 60 }),
      async (list) => {
        const { counted, pressed } = await playDeeds(framework, list);
        for (const what of new Set(counted)) {
          const times = (all: readonly string[]) => all.filter((each) => each === what).length;
          expect(times(counted)).toBeLessThanOrEqual(times(pressed));
        }
        answers += counted.length;
      },
    );
    await fc.assert(property, { numRuns: 12 });
    // bots that are never answered show nothing
    expect(answers).toBeGreaterThan(12);
  }, 60_000);
});
