import { AssertionError } from 'node:assert';
import { noState, type RawUpdate, state, states } from '@telefsm/core';
import { createMachine } from '@telefsm/core/adapter';
import { describe, expect, it } from 'vitest';
import { assertData, assertState, type ChatMatchers, matchers, telegram } from '../src/index.ts';
import { frameworks } from './bots.ts';

declare module 'vitest' {
  interface Matchers extends ChatMatchers {}
}

expect.extend(matchers);

const Form = states('Form', { name: state(), age: state<{ name: string }>() });

describe.each(frameworks)('matchers on %s', (_, make) => {
  function setUp() {
    const machine = createMachine({ states: [Form] });
    const bot = make({
      async onAny(update, call) {
        await machine.handle(update as RawUpdate, { id: 1, call }, async ({ state, reply }) => {
          const { text } = update['message'] as { readonly text: string };
          if (text === '/quiet') return;
          if (text === '/start') {
            state.set(Form.name);
            await reply('What is your name?');
          } else {
            state.set(Form.age, { name: text });
            await reply({
              text: `How old are you, ${text}?`,
              keyboard: { inline_keyboard: [[{ text: 'Skip', callback_data: 'skip' }]] },
            });
          }
        });
      },
    });
    const world = telegram(bot);
    const anna = world.user('Anna');
    return { world, anna, conversation: machine.at({ user: anna.id, bot: 1 }) };
  }

  it('check what a user sees', async () => {
    const { anna } = setUp();
    await anna.sends('/start');
    expect(anna).toSee('What is your name?');
    expect(anna).toSee(/name/);
    expect(anna).toSee({ kind: 'text' });
    expect(anna).not.toSee('How old are you?');
    expect(anna).not.toSeeNothing();
    await anna.sends('/quiet');
    expect(anna).toSeeNothing();
  });

  it('show the conversation beside what was expected', async () => {
    const { anna } = setUp();
    await anna.sends('/start');
    expect(() => expect(anna).toSee('Hello!')).toThrow(
      /^Anna does not see "Hello!": .*\n\nThe conversation so far:\n\nAnna: \/start\nBot: What is your name\?/,
    );
    expect(() => expect(anna).toSeeNothing()).toThrow('The conversation so far');
    expect(() => expect(anna).not.toSee(/name/)).toThrow(
      'Anna sees "What is your name?", which should not be visible.',
    );
  });

  it('check the state and the data of a conversation', async () => {
    const { anna, conversation } = setUp();
    await expect(conversation).toBeInState(noState);
    await expect(conversation).toBeInState(null);
    await anna.sends('/start');
    await expect(conversation).toBeInState(Form.name);
    await expect(conversation).not.toHaveData({ name: 'Anna' });
    await anna.sends('Anna');
    await expect(conversation).toBeInState('Form:age');
    await expect(conversation).not.toBeInState(Form.name);
    await expect(conversation).toHaveData({ name: 'Anna' });
  });

  it('are assertions of node:assert too, with the transcript of the world', async () => {
    const { world, anna, conversation } = setUp();
    await anna.sends('/start');
    await assertState(conversation, Form.name, world);
    const state = await assertState(conversation, Form.age, world).catch((error) => error);
    expect(state).toBeInstanceOf(AssertionError);
    expect(state).toMatchObject({ actual: 'Form:name', expected: 'Form:age' });
    expect(state.message).toBe(
      "The conversation is in the state 'Form:name', not in the state 'Form:age'.\n\nThe conversation so far:\n\nAnna: /start\nBot: What is your name?\n",
    );
    await assertData(conversation, {});
    const data = await assertData(conversation, { name: 'Anna' }).catch((error) => error);
    expect(data.message).toBe(
      'The conversation has the data {}, which is not what was expected: {"name":"Anna"}.',
    );
  });

  it('pass on errors that are no failed expectations', async () => {
    const broken = { peek: () => Promise.reject(new TypeError('The storage is gone.')) };
    await expect(expect(broken).toBeInState(null)).rejects.toThrow('The storage is gone.');
  });

  it('compare the whole conversation with a snapshot of its transcript', async () => {
    const { world, anna } = setUp();
    await anna.sends('/start');
    await anna.sends('Anna');
    expect(world.transcript()).toMatchInlineSnapshot(`
      "Anna: /start
      Bot: What is your name?
      Anna: Anna
      Bot: How old are you, Anna? [Skip]"
    `);
  });
});
