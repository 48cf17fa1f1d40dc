import { describe, expect, it } from 'vitest';
import { createMachine } from '../src/adapter.ts';
import { flow, type RawUpdate } from '../src/index.ts';

const order = flow('order')
  .ask('product', { prompt: 'What?' })
  .ask('quantity', { prompt: 'How many?' })
  .done(() => 'Ordered.');

function world() {
  const sentTexts: unknown[] = [];
  const bot = {
    id: 1,
    async call(_method: string, payload: object) {
      sentTexts.push(Reflect.get(payload, 'text'));
      return { message_id: sentTexts.length, chat: { id: 5 } };
    },
  };
  const machine = createMachine({
    states: [order],
    adopt: (turn) => turn.state.enter(order, { product: 'Phone' }),
  });
  return { sentTexts, bot, machine: machine.connect(bot) };
}

describe('a conversation that is adopted in the middle of a flow', () => {
  it('is asked its open question by work outside an update that does nothing more', async () => {
    const { sentTexts, machine } = world();
    await machine.at({ user: 5 }).run(() => {});
    expect(sentTexts).toEqual(['How many?']);
  });

  it('takes the update that led to it for an answer', async () => {
    const { sentTexts, bot, machine } = world();
    const update: RawUpdate = {
      update_id: 1,
      message: {
        message_id: 1,
        date: 1,
        chat: { id: 5, type: 'private' },
        from: { id: 5 },
        text: '3',
      },
    };
    await machine.handle(update, bot);
    expect(sentTexts).toEqual(['Ordered.']);
  });
});
