/** The language of the user where no update is handled: deadlines, work from outside, and both after a restart. */

import { flow, scene, translatedTexts, typed } from '@telefsm/core';
import { virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks } from './frameworks.ts';
import { labels, play } from './view-play.ts';

const Greeting = scene('greeting', { timeout: '1m' }).on({
  view: ({ language }) => (language === 'de' ? 'Hallo' : 'Hello'),
  timeout: ({ goto }) => goto(Late),
});
const Late = scene('late', { data: typed<{ day?: string }>() }).on({
  view: ({ language, calendar }) => ({
    text: `Late ${language}`,
    rows: [calendar('day', { min: '2026-03-01', max: '2026-03-31' })],
  }),
});
const Said = scene('said').on({
  enter: ({ language }) => `Said ${language}`,
  handle: ({ again }) => again(),
});
const quick = flow('quick', { trigger: '/quick', timeout: '1m' })
  .ask('name', { prompt: (_, { language }) => `Name (${language})?` })
  .done(() => 'Done.');

const start = (framework: Framework) => {
  const clock = virtualClock();
  const states = [Greeting, Late, Said, quick];
  const options = { clock, texts: translatedTexts() };
  const made = play(framework, states, options);
  made.bot.command('greet', ({ fsm }) => fsm.enter(Greeting));
  const hans = made.world.user('Hans', { language_code: 'de' });
  return {
    ...made,
    clock,
    hans,
    /** A new process with the same storage. */
    async restarts() {
      await made.machine.stop();
      const next = framework.bot();
      const machine = next.fsm({ states, ...options, storage: made.machine.storage });
      await made.world.restart(() => next.bot as never);
      machine.start(next.bot as never);
      return machine;
    },
  };
};

describe.each(frameworks)("the user's language, on %s", (_, framework) => {
  it('is at hand in a view that a deadline shows after a restart', async () => {
    const { hans, clock, restarts } = start(framework);
    await hans.sends('/greet');
    hans.sees('Hallo');
    const machine = await restarts();
    await clock.advance('2m');
    expect(hans.screen().map(({ text }) => text)).toEqual(['Late de']);
    expect(labels(hans.last)[0]?.[1]).toBe('März 2026');
    await machine.stop();
  });

  it('is at hand in prompts from outside after a restart', async () => {
    const { hans, restarts } = start(framework);
    await hans.sends('/greet');
    const machine = await restarts();
    await machine.at({ user: hans.id }).run(({ state }) => state.enter(Said));
    hans.sees('Said de');
    await machine.at({ user: hans.id }).run(({ state }) => state.enter(quick));
    hans.sees('Name (de)?');
    await machine.stop();
  });

  it('is that of the ready-made texts where a deadline speaks', async () => {
    const { hans, clock, restarts } = start(framework);
    await hans.sends('/quick');
    const machine = await restarts();
    await clock.advance('2m');
    hans.sees(/Zeit/);
    await machine.stop();
  });

  it('follows the user who changes it', async () => {
    const { hans, world, machine } = start(framework);
    await hans.sends('/quick');
    const from = { ...hans.raw, language_code: 'fr' };
    const chat = { id: hans.id, type: 'private' as const };
    const message = { message_id: 900, date: 0, chat, from, sticker: { file_id: 's' } };
    await world.update({ message: { ...message, text: '/quick' } });
    await machine.at({ user: hans.id }).run(({ state }) => state.enter(Said));
    hans.sees('Said fr');
  });

  it('is the one that the user has chosen, where the bot says so', async () => {
    const session = typed<{ language?: string }>();
    const clock = virtualClock();
    const Settings = scene('settings', { session }).on({
      view: ({ language, button, leave }) => ({
        text: `Language: ${language}`,
        rows: [
          button('fr', 'fr', ({ session }) => {
            session.language = 'fr';
          }),
          button('close', 'close', leave()),
        ],
      }),
    });
    const { bot, world, machine } = play(framework, [Settings, quick], {
      clock,
      texts: translatedTexts(),
      language: ({ session: { language } }) =>
        typeof language === 'string' ? language : undefined,
    });
    bot.command('settings', ({ fsm }) => fsm.enter(Settings));
    machine.start(bot.bot as never);
    const hans = world.user('Hans', { language_code: 'de' });
    await hans.sends('/settings');
    hans.sees('Language: de');
    await hans.taps('fr');
    hans.sees('Language: fr');
    await hans.taps('close');
    await hans.sends('/quick');
    hans.sees('Name (fr)?');
    await clock.advance('2m');
    hans.sees(/temps/);
    await hans.sends('/quick');
    await hans.sends('/cancel');
    hans.sees(/[Aa]nnul/);
    await machine.at({ user: hans.id }).run(({ state }) => state.enter(quick));
    hans.sees('Name (fr)?');
    // another user of the same bot has chosen none
    const ann = world.user('Ann', { language_code: 'en' });
    await ann.sends('/quick');
    ann.sees('Name (en)?');
    await machine.stop();
  });

  it('of somebody else who answers is their own, and no language that was chosen', async () => {
    const managers = -1_001_000_000_009;
    const refund = flow('refund', { trigger: '/refund' })
      .ask('verdict', {
        to: { chat: managers },
        by: [1],
        prompt: (_, { language }) => `Refund (${language})?`,
        choices: { yes: 'Approve' },
      })
      .done(() => 'Done.');
    const { world } = play(framework, [refund], {
      texts: translatedTexts(),
      language: ({ subject: { user } }) => (user === undefined ? undefined : 'fr'),
    });
    const group = world.group('Managers', [], { id: managers });
    const hans = world.user('Hans', { language_code: 'de' }).in(group);
    await world.user('Anna').sends('/refund');
    hans.sees('Refund (fr)?');
    const { alert } = await hans.taps('Approve');
    expect(alert).toBe('Diese Schaltfläche ist für jemand anderen.');
  });

  it('fails loudly where the bot says it later', async () => {
    const options = { language: (async () => 'fr') as never };
    const { world, bot } = play(framework, [quick], options);
    await world.user('Hans').sends('/quick');
    expect(bot.errors).toEqual([expect.objectContaining({ code: 'INVALID_OPTION' })]);
  });

  it('is not kept when the conversation is over', async () => {
    const { hans, machine } = start(framework);
    await hans.sends('/quick');
    await hans.sends('Hans');
    hans.sees('Done.');
    expect(await machine.storage.peek(machine.at({ user: hans.id }).key)).toBeUndefined();
    await hans.sends('/quick');
    await machine.at({ user: hans.id }).run(({ state }) => state.clear());
    expect(await machine.storage.peek(machine.at({ user: hans.id }).key)).toBeUndefined();
  });

  it('of a conversation that a group shares is that of the user who began it', async () => {
    const { bot, world } = play(framework, [Late], { strategy: 'chat' });
    bot.command('late', ({ fsm }) => fsm.enter(Late));
    const hans = world.user('Hans', { language_code: 'de' });
    const group = world.group('Team');
    await hans.in(group).sends('/late');
    await world.user('Ann').in(group).taps('2');
    hans.in(group).sees('Late de');
  });
});
