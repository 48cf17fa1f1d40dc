/** Edited messages that change answers, where the next question changes with them. */

import { flow } from '@telefsm/core';
import { location, telegram, virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks } from './frameworks.ts';

function play(framework: Framework, flows: readonly unknown[]) {
  const bot = framework.bot();
  bot.noteErrors();
  const clock = virtualClock();
  const machine = bot.fsm({ states: flows, clock });
  const world = telegram(bot.bot);
  const waits = async (time: Parameters<typeof clock.advance>[0]) => {
    await clock.advance(time);
    await machine.sweep();
  };
  return { anna: world.user('Anna'), waits, world, errors: bot.errors };
}

describe.each(frameworks)('an edited message on %s', (_, framework) => {
  it('that takes the pending question away ends its time and removes its keyboard', async () => {
    const gift = flow('gift', {
      trigger: '/gift',
      editedMessages: 'update',
      prompts: 'removeKeyboards',
    })
      .ask('what', { prompt: 'What?' })
      .ask('size', {
        prompt: 'Size?',
        choices: ['S', 'M'],
        timeout: '1m',
        when: ({ what }) => what === 'shirt',
      })
      .ask('name', { prompt: 'Name?', timeout: '10m' })
      .done(({ what, name }) => `${what} for ${name}.`);
    const { anna, waits, world, errors } = play(framework, [gift]);
    await anna.sends('/gift');
    await anna.sends('shirt');
    anna.sees('Size?');
    const { message_id } = anna.last;
    await anna.edits('cup');
    anna.sees('Name?');
    expect(world.calls).toContainEqual(
      expect.objectContaining({
        method: 'editMessageReplyMarkup',
        payload: expect.objectContaining({ message_id }),
      }),
    );
    await waits('2m');
    await anna.sends('Bob');
    anna.sees('cup for Bob.');
    expect(errors).toEqual([]);
  });

  it('that was the label of a choice may become the label of another', async () => {
    const shirt = flow('shirt', { trigger: '/shirt', editedMessages: 'update' })
      .ask('size', { prompt: 'Size?', choices: { s: 'Small', l: 'Large' }, buttons: 'reply' })
      .ask('name', { prompt: 'Name?' })
      .done(({ size, name }) => `${size} for ${name}.`);
    const { anna, errors } = play(framework, [shirt]);
    await anna.sends('/shirt');
    await anna.sends('Small');
    await anna.edits('large');
    await anna.edits('none');
    await anna.sends('Bob');
    anna.sees('l for Bob.');
    expect(errors).toEqual([]);
  });

  it('may become a label that is numbered, because two choices have the same', async () => {
    const guide = flow('guide', { trigger: '/guide', editedMessages: 'update' })
      .ask('who', {
        prompt: 'Who?',
        choices: { a: 'Anna', b: 'Anna' },
        accept: 'text',
        buttons: 'reply',
      })
      .ask('name', { prompt: 'Name?' })
      .done(({ who }) => `${who}.`);
    const { anna } = play(framework, [guide]);
    await anna.sends('/guide');
    await anna.sends('Anna');
    await anna.edits('Anna (2)');
    await anna.sends('Bob');
    anna.sees('b.');
  });

  it.each([
    ['keep', ['sendMessage']],
    ['edit', ['editMessageText']],
  ] as const)(
    'with prompts: %s, sends a summary again only for another answer',
    async (prompts, expected) => {
      const trip = flow('trip', { trigger: '/trip', editedMessages: 'update', prompts })
        .ask('where', { prompt: 'Where?', accept: 'location' })
        .confirm({
          prompt: ({ where }) => `To ${where.latitude}?`,
        })
        .done(() => 'Done.');
      const { anna, world, errors } = play(framework, [trip]);
      await anna.sends('/trip');
      await anna.sends(location(1, 2));
      const sent = world.updates.at(-1)?.['message'] as object;
      const moves = async (latitude: number) => {
        const before = world.calls.length;
        const at = { latitude, longitude: 2 };
        await world.update({ edited_message: { ...sent, edit_date: 2, location: at } });
        return world.calls.slice(before).map(({ method }) => method);
      };
      expect(await moves(1)).toEqual([]);
      expect(await moves(1)).toEqual([]);
      expect(await moves(3)).toEqual(expected);
      expect(await moves(3)).toEqual([]);
      anna.sees('To 3?');
      expect(errors).toEqual([]);
    },
  );
});
