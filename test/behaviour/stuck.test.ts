import { flow, memoryStorage, scene } from '@telefsm/core';
import { telegram, virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type BotUnderTest, frameworks } from './frameworks.ts';

/** A bot whose own commands still have to work, and Anna. */
function play(bot: BotUnderTest, states: readonly object[]) {
  bot.noteErrors();
  const machine = bot.fsm({ states });
  bot.command('where', ({ fsm, say }) => say(`At ${fsm.current}.`));
  bot.command('clear', ({ fsm, say }) => {
    fsm.clear();
    return say('Cleared.');
  });
  bot.command('node', ({ fsm }) => fsm.enter('node'));
  const world = telegram(bot.bot);
  return { world, machine, anna: world.user('Anna') };
}

describe.each(frameworks)('a question that can never be asked, on %s', (_, framework) => {
  const long = flow('long', { trigger: '/long', timeout: '10m' })
    .ask('name', { prompt: 'Name?' })
    .ask('story', { prompt: 'x'.repeat(5000) })
    .done(() => 'Done.');

  it('keeps nobody from the commands of the flow and of the bot', async () => {
    const bot = framework.bot();
    const { anna, world } = play(bot, [long]);
    await anna.sends('/long');
    await anna.sends('Anna');
    expect(bot.errors).toHaveLength(1);
    await anna.sends('/where');
    anna.sees('At long:story.');
    await anna.sends('/cancel');
    anna.sees('Cancelled.');
    await anna.sends('/where');
    anna.sees('At null.');
    expect(bot.errors).toHaveLength(1);
    // what the bot could not say was not taken for said
    expect(world.calls.filter(({ answer }) => answer?.ok === false)).toHaveLength(3);
  });

  it('is tried again before a text, which is no answer to it, and its error is told', async () => {
    const bot = framework.bot();
    const { anna, machine } = play(bot, [long]);
    await anna.sends('/long');
    await anna.sends('Anna');
    await anna.sends('My story');
    anna.seesNothing();
    expect(bot.errors).toHaveLength(2);
    expect(await machine.at({ user: anna.id }).peek()).toMatchObject({
      state: 'long:story',
      data: { name: 'Anna' },
    });
  });

  it('keeps nobody from other updates, nor from work outside updates', async () => {
    const bot = framework.bot();
    const { anna, world, machine } = play(bot, [long]);
    const failed: unknown[] = [];
    machine.observe('speechFailed', ({ error }) => failed.push(error));
    bot.use(({ ctx }, next) =>
      'my_chat_member' in (ctx as { readonly update: object }).update ? undefined : next(),
    );
    await anna.sends('/long');
    await anna.sends('Anna');
    await anna.blocks();
    expect(bot.errors).toHaveLength(1);
    machine.connect(bot.bot as never);
    await machine.at({ user: anna.id }).run(({ state }) => state.clear());
    expect(failed).toHaveLength(2);
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

  it.each([
    ['throws', () => Promise.reject(new Error('The shop is closed.'))],
    ['says what cannot be said', () => 'x'.repeat(5000)],
  ])('of a node that %s keeps nobody from the commands of the bot', async (_name, enter) => {
    const bot = framework.bot();
    const node = scene('node').on({ enter, handle: () => undefined });
    const { anna } = play(bot, [node]);
    await anna.sends('/node');
    expect(bot.errors).toHaveLength(1);
    await anna.sends('hello');
    expect(bot.errors).toHaveLength(2);
    await anna.sends('/where');
    anna.sees('At node.');
    await anna.sends('/clear');
    anna.sees('Cleared.');
    await anna.sends('/where');
    anna.sees('At null.');
    expect(bot.errors).toHaveLength(2);
  });
});
