/** The assistant's process is killed in each phase of an answer; another one goes on. */

import { interruptBy } from '@telefsm/core';
import { MockLanguageModelV3 } from 'ai/test';
import { describe, expect, it } from 'vitest';
import { Approval, Assistant, trader } from '../../examples/assistant/assistant.ts';
import { mockModel } from '../../examples/assistant/model.ts';
import { type Bench, bench } from '../../packages/core/test/fixtures/bench.ts';
import { textStorage } from '../../packages/core/test/fixtures/text-storage.ts';
import { virtualClock } from '../../packages/testing/src/virtual-clock.ts';

const operator = 77;

/** Two processes on one storage; the first one can be killed: from then on nothing that it does arrives anywhere. */
function processes(model = mockModel()) {
  const clock = virtualClock();
  let isDead = false;
  const never = () => new Promise<never>(() => {});
  const storage = textStorage(clock, (call) => (isDead ? never() : call.execute()));
  const make = (view: unknown, of: unknown): Bench => {
    const made = bench({
      clock,
      storage: view,
      states: [Assistant, Approval, trader],
      initial: Assistant,
      services: { model: of, operator },
      waiting: { burst: '1s', interrupt: interruptBy(['stop']) },
      log: { last: 40 },
    });
    made.machine.start(made.bot);
    return made;
  };
  const first = make(storage, model);
  const second = make(storage.view(), mockModel());
  return {
    clock,
    first,
    second,
    kill() {
      isDead = true;
      void first.machine.stop();
    },
    sentTexts: () => [...first.sentTexts(), ...second.sentTexts()],
  };
}

/** A model that has begun to think when its process dies. */
function stuckModel() {
  let begun = () => {};
  const hasBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const model = new MockLanguageModelV3({
    doStream: () => {
      begun();
      return new Promise<never>(() => {});
    },
  });
  return { model, hasBegun };
}

describe('an assistant whose process is killed', () => {
  it('between two messages of a thought: the next process answers both, once', async () => {
    const { clock, first, second, kill, sentTexts } = processes();
    await first.send(1, 'hello');
    await first.send(1, 'What is');
    kill();
    await second.send(1, 'the weather');
    await clock.advance(30_000);
    expect(sentTexts().filter((text) => /You said/.test(String(text)))).toContain(
      'You said: What is\nthe weather',
    );
    expect((await second.peek(1))?.log?.at(-1)).toEqual({
      role: 'bot',
      text: 'You said: What is\nthe weather',
    });
  });

  it.each(['the weather', 'buy TSLA'])('while the model thinks about "%s"', async (question) => {
    const { model, hasBegun } = stuckModel();
    const { clock, first, second, kill } = processes(model);
    await first.send(1, 'hello');
    await first.send(1, question);
    // the second process is slower this time
    await second.machine.stop();
    await clock.advance(3000);
    await hasBegun;
    kill();
    second.machine.start(second.bot);
    await clock.advance(90_000);
    const log = (await second.peek(1))?.log ?? [];
    expect(log.at(-1)?.text).toBe(
      question === 'buy TSLA' ? 'Done: bought 1 of TSLA.' : 'You said: the weather',
    );
    expect(log.filter(({ role }) => role === 'user')).toHaveLength(2);
    expect(second.sentTexts()).not.toHaveLength(0);
  });

  it('while an operator is asked: the answer reaches the user by the next process', async () => {
    const { clock, first, second, kill } = processes();
    await first.send(1, 'hello');
    await first.send(1, 'sell everything');
    await second.machine.stop();
    await clock.advance(3000);
    const asked = first.calls.findLast(({ payload }) => payload['chat_id'] === operator);
    const markup = asked?.payload['reply_markup'] as
      | { readonly inline_keyboard: readonly (readonly { readonly callback_data: string }[])[] }
      | undefined;
    kill();
    const chat = { id: operator, type: 'private', first_name: 'Olga' };
    const message_id = asked === undefined ? 0 : first.calls.indexOf(asked) + 1;
    second.machine.start(second.bot);
    await second.give({
      update_id: 900_000,
      callback_query: {
        id: 'q',
        from: { id: operator, is_bot: false, first_name: 'Olga' },
        chat_instance: 'c',
        data: markup?.inline_keyboard[0]?.[0]?.callback_data ?? '',
        message: { message_id, date: 1, chat, text: '…', reply_markup: markup },
      },
    });
    expect(second.sentTexts()).toContain('The operator agrees.');
    expect(second.sentTexts()).toContain('sell everything: allowed by Olga');
    expect((await second.peek(1))?.current).toBe('assistant');
  });
});
