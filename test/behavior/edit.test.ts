/** `ctx.state.edit()`: data is frozen, so changes in place are made to a draft. */

import type { FsmContext } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';

interface Cart {
  readonly items: readonly { readonly name: string; readonly count: number }[];
  readonly note?: string;
}
type CartContext = FsmContext & { readonly data: Cart };

describe.each(frameworks)('edit() on %s', (_, framework) => {
  async function handled(work: (fsm: CartContext) => void) {
    const bot = framework.bot();
    bot.noteErrors();
    const machine = bot.fsm();
    bot.use(({ fsm, text }) => {
      if (text === 'start') fsm.replace({ items: [{ name: 'tea', count: 1 }], note: 'hot' });
      else work(fsm as CartContext);
    });
    const { user } = telegram(bot.bot);
    const anna = user('Anna');
    await anna.sends('start');
    await anna.sends('work');
    const stored = await machine.at({ user: anna.id }).peek();
    return { data: stored?.data, errors: bot.errors };
  }

  it('keeps what the draft has become, at any depth, and returns the whole', async () => {
    let returned: Cart | undefined;
    const { data, errors } = await handled((fsm) => {
      const before = fsm.data;
      returned = fsm.edit((draft) => {
        draft.items.push({ name: 'cake', count: 1 });
        for (const item of draft.items) item.count += 1;
        delete draft.note;
      });
      expect(before).toEqual({ items: [{ name: 'tea', count: 1 }], note: 'hot' });
      expect(Object.isFrozen(fsm.data.items[0])).toBe(true);
    });
    const items = [
      { name: 'tea', count: 2 },
      { name: 'cake', count: 2 },
    ];
    expect(data).toEqual({ items });
    expect(returned).toEqual({ items });
    expect(errors).toEqual([]);
  });

  it.each<readonly [string, (draft: object) => unknown, string]>([
    ['a promise', async () => {}, 'INVALID_OPTION'],
    ['a new object', (draft) => ({ ...draft, note: 'cold' }), 'INVALID_OPTION'],
    [
      'nothing, but leaves a Date in the draft,',
      (draft) => void Object.assign(draft, { at: new Date(0) }),
      'DATA_NOT_JSON',
    ],
  ])('rejects a function that returns %s and changes nothing', async (_name, change, code) => {
    const { data, errors } = await handled((fsm) => void fsm.edit(change as () => void));
    expect(errors).toMatchObject([{ code }]);
    expect(data).toEqual({ items: [{ name: 'tea', count: 1 }], note: 'hot' });
  });
});
