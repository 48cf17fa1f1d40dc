import { flow, memoryStorage, scene, type Turn } from '@telefsm/core';
import { type TestUser, telegram, virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type BotUnderTest, frameworks, type Options } from './frameworks.ts';

/** A bot whose own commands still have to work, and Anna. */
function play(bot: BotUnderTest, states: readonly object[], options: Options = {}) {
  bot.noteErrors();
  const machine = bot.fsm({ states, ...options });
  bot.command('where', ({ fsm, say }) => say(`At ${fsm.current}.`));
  bot.command('clear', ({ fsm, say }) => {
    fsm.clear();
    return say('Cleared.');
  });
  bot.command('node', ({ fsm }) => fsm.enter('node'));
  const world = telegram(bot.bot);
  /** The errors of messages that could not be sent, as observers get them. */
  const unsent: unknown[] = [];
  machine.observe('sendFailed', ({ error }) => unsent.push(error));
  return { world, machine, unsent, anna: world.user('Anna') };
}

/** Telegram rejects it, whenever it is sent. */
const unsayable = { text: 'I <3 you', parse_mode: 'HTML' } as const;
const failed = 'Something went wrong. Please try again.';

describe.each(frameworks)('a question that can never be asked, on %s', (_, framework) => {
  const long = flow('long', { trigger: '/long', timeout: '10m' })
    .ask('name', { prompt: 'Name?' })
    .ask('story', { prompt: unsayable })
    .done(() => 'Done.');

  it('keeps nobody from the commands of the flow and of the bot', async () => {
    const bot = framework.bot();
    const { anna, world, unsent } = play(bot, [long]);
    await anna.sends('/long');
    await anna.sends('Anna');
    anna.sees(failed);
    expect(unsent).toHaveLength(1);
    await anna.sends('/where');
    anna.sees('At long:story.');
    await anna.sends('/cancel');
    anna.sees('Canceled.');
    await anna.sends('/where');
    anna.sees('At null.');
    expect(bot.errors).toEqual([]);
    // the unsent message does not count as sent
    expect(world.calls.filter(({ answer }) => answer?.ok === false)).toHaveLength(3);
  });

  it('is tried again before each text, which is no answer to it, and the user reads once that it failed', async () => {
    const bot = framework.bot();
    const { anna, world, machine, unsent } = play(bot, [long]);
    const failedCount = () =>
      world.calls.filter(({ payload }) => payload['text'] === failed).length;
    await anna.sends('/long');
    await anna.sends('Anna');
    anna.sees(failed);
    await anna.sends('My story');
    anna.seesNothing();
    await anna.sends('/where');
    for (const photo of ['a', 'b', 'c']) await anna.sends(photo);
    expect([unsent.length, failedCount(), bot.errors]).toEqual([6, 1, []]);
    expect(await machine.at({ user: anna.id }).peek()).toMatchObject({
      current: 'long:story',
      data: { name: 'Anna' },
    });
  });

  it('is reported again when the flow asks it anew, and not after a restart of the bot', async () => {
    const storage = memoryStorage();
    const before = framework.bot();
    const { anna, world } = play(before, [long], { storage });
    for (const text of ['/long', 'Anna', '/long', 'Anna']) await anna.sends(text);
    expect(world.calls.filter(({ payload }) => payload['text'] === failed)).toHaveLength(2);
    const after = framework.bot();
    after.noteErrors();
    await world.restart(() => {
      after.fsm({ states: [long], storage });
      return after.bot;
    });
    await anna.sends('Hello?');
    anna.seesNothing();
    expect(world.calls.at(-1)?.answer?.ok).toBe(false);
    expect([before.errors, after.errors]).toEqual([[], []]);
  });

  it('is asked as soon as Telegram accepts it, and a later question that fails is reported of its own', async () => {
    const bot = framework.bot();
    let isBroken = true;
    const mended = flow('mended', { trigger: '/mended' })
      .ask('a', { prompt: () => (isBroken ? unsayable : 'A?') })
      .ask('b', { prompt: unsayable })
      .done(() => 'Done.');
    const { anna, unsent } = play(bot, [mended]);
    await anna.sends('/mended');
    anna.sees(failed);
    isBroken = false;
    await anna.sends('x');
    anna.sees('A?');
    await anna.sends('1');
    anna.sees(failed);
    expect([unsent.length, bot.errors]).toEqual([2, []]);
  });

  it('keeps nobody from other updates, nor from work outside updates', async () => {
    const bot = framework.bot();
    const { anna, world, machine, unsent } = play(bot, [long]);
    bot.use(({ ctx }, next) =>
      'my_chat_member' in (ctx as { readonly update: object }).update ? undefined : next(),
    );
    await anna.sends('/long');
    await anna.sends('Anna');
    await anna.blocks();
    expect(bot.errors).toEqual([]);
    machine.connect(bot.bot as never);
    await machine.at({ user: anna.id }).run(({ state }) => state.clear());
    expect(unsent).toHaveLength(3);
    await world.user('Anna').unblocks();
    await anna.sends('/where');
    anna.sees('At null.');
  });

  it('does not outlive its time', async () => {
    const bot = framework.bot();
    bot.noteErrors();
    const clock = virtualClock();
    const machine = bot.fsm({ states: [long], clock, storage: memoryStorage({ clock }) });
    const anna = telegram(bot.bot, { clock }).user('Anna');
    await anna.sends('/long');
    await anna.sends('Anna');
    await clock.advance('11m');
    await machine.sweep();
    anna.sees('Time is up. Please start again.');
  });

  it('of a node that throws keeps nobody from the commands of the bot', async () => {
    const bot = framework.bot();
    const enter = () => Promise.reject(new Error('The shop is closed.'));
    const { anna } = play(bot, [scene('node').on({ enter, handle: () => undefined })]);
    await anna.sends('/node');
    expect(bot.errors).toHaveLength(1);
    await anna.sends('hello');
    expect(bot.errors).toHaveLength(2);
    await leavesByCommands(anna);
    expect(bot.errors).toHaveLength(2);
  });

  it.each([
    ['returns', () => unsayable],
    ['sends', ({ reply }: Pick<Turn, 'reply'>) => reply(unsayable)],
  ])(
    'of a node that %s what Telegram rejects keeps nobody from the commands of the bot',
    async (_name, enter) => {
      const bot = framework.bot();
      const { anna, unsent } = play(bot, [scene('node').on({ enter, handle: () => undefined })]);
      await anna.sends('/node');
      anna.sees(failed);
      await anna.sends('hello');
      anna.seesNothing();
      expect(unsent).toHaveLength(2);
      await leavesByCommands(anna);
      expect(bot.errors).toEqual([]);
    },
  );

  it.each([
    [403, { error_code: 403, description: 'Forbidden: bot was blocked by the user' }],
    ['network', 'unreachable'],
  ] as const)('stays to be asked after a failure that passes: %s', async (_name, failure) => {
    const bot = framework.bot();
    const ask = flow('ask', { trigger: '/ask' })
      .ask('name', { prompt: 'Name?' })
      .done(({ name }) => `Hello, ${name}!`);
    const { anna, world } = play(bot, [ask]);
    world.fails('sendMessage', failure);
    await anna.sends('/ask');
    anna.seesNothing();
    await anna.sends('Are you there?');
    anna.sees('Name?');
    await anna.sends('Anna');
    anna.sees('Hello, Anna!');
  });
});

async function leavesByCommands(anna: TestUser): Promise<void> {
  await anna.sends('/where');
  anna.sees('At node.');
  await anna.sends('/clear');
  anna.sees('Cleared.');
  await anna.sends('/where');
  anna.sees('At null.');
}
