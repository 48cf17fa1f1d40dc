import { flow } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks, type Options } from './frameworks.ts';

const paint = flow('paint', { trigger: '/paint', cleanUp: 'deletePrompts' })
  .ask('what', { prompt: 'What?' })
  .ask('colour', { prompt: 'Which colour?', choices: ['Red', 'Blue'], buttons: 'reply' })
  .ask('size', { prompt: 'Which size?' })
  .done(({ what, colour, size }) => `A ${size} ${what} in ${colour}.`);

function play(framework: Framework, options: Options = {}) {
  const bot = framework.bot();
  bot.noteErrors();
  bot.fsm({ states: [paint], ...options });
  return { world: telegram(bot.bot), errors: bot.errors };
}

describe.each(frameworks)('flows on %s', (_, framework) => {
  it('in a channel, which takes no keyboards but inline ones, ask without forcing replies', async () => {
    const { world, errors } = play(framework, { strategy: 'chat' });
    const channel = world.channel('News');
    const anna = world.user('Anna').in(channel);
    await channel.posts('/paint');
    await channel.posts('house');
    expect(channel.messages.map(({ text }) => text)).toEqual(['Which colour?']);
    await anna.taps('Red');
    await channel.posts('small');
    expect(channel.messages.map(({ text }) => text)).toEqual(['A small house in Red.']);
    expect(errors).toEqual([]);
  });

  it('for a business account, where the same holds, take buttons and labels, and delete prompts by the connection', async () => {
    const { world, errors } = play(framework);
    const anna = world.user('Anna').in(await world.user('Owner').connects());
    await anna.sends('/paint');
    await anna.sends('house');
    await anna.taps('Red');
    await anna.sends('small');
    anna.sees('A small house in Red.');
    await anna.sends('/paint');
    await anna.sends('car');
    await anna.sends('Blue');
    await anna.sends('/cancel');
    anna.sees('Cancelled.');
    expect(errors).toEqual([]);
    const deleted = world.calls.filter(({ method }) => method.startsWith('delete'));
    expect(deleted.map(({ method }) => method)).toEqual(Array(6).fill('deleteBusinessMessages'));
    expect(deleted.every(({ answer }) => answer?.ok)).toBe(true);
  });

  it('in a group forces a reply of whoever wrote', async () => {
    const { world } = play(framework);
    const anna = world.user('Anna');
    await anna.in(world.group('Friends', [anna])).sends('/paint');
    expect(world.calls[0]?.payload).toMatchObject({
      reply_markup: { force_reply: true, selective: true },
      reply_parameters: { message_id: expect.any(Number) },
    });
  });
});
