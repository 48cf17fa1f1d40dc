/** A record whose memo somebody has stored in another shape: the flow goes on, or asks again, and can always be left. */

import { type FsmStorage, flow } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { storages } from './storages.ts';

const members = [
  'plan',
  'passed',
  'open',
  'given',
  'at',
  'attempts',
  'picked',
  'parts',
  'numbers',
  'labels',
  'album',
  'sent',
  'page',
  'aside',
  'gave',
  'heard',
  'elsewhere',
  'over',
  'invoice',
] as const;
const oddities: readonly unknown[] = [7, 'x', true, null, {}, [7], [null], [['x']], { a: [{}] }];

/** Replaces what is stored, as another program would. */
async function rewrite(
  storage: FsmStorage,
  key: string,
  change: (record: { k?: object }) => void,
): Promise<void> {
  const taken = await storage.acquire(key, { token: 'other', lease: 1000, queue: false });
  if ('busy' in taken) throw new Error('The conversation is busy.');
  const record = JSON.parse(taken.stored?.text ?? '{}');
  change(record);
  const text = JSON.stringify(record);
  await storage.commit(key, { token: 'other', fence: taken.fence }, { state: record.s, text });
}

const form = flow('form', {
  trigger: '/form',
  editedMessages: 'update',
  prompts: 'removeKeyboards',
})
  .ask('toppings', { prompt: 'Toppings?', choices: ['Ham', 'Olives'], multiple: true, attempts: 3 })
  .repeat('guests', {
    each: (guest) => guest.ask('name', { prompt: 'Name?' }),
    again: 'Another?',
    max: 3,
  })
  .confirm({ prompt: 'Right?', edit: true })
  .done(() => 'Done.');

describe.each(frameworks)('an odd record on %s', (_, framework) => {
  describe.each(storages)('in %s', (_name, makeStorage) => {
    it.each(members)('whose memo has another %s keeps nobody in its flow', async (member) => {
      for (const before of [['/form'], ['/form', 'Ham', '/next']]) {
        for (const odd of oddities) {
          const storage = makeStorage();
          const bot = framework.bot();
          bot.noteErrors();
          const machine = bot.fsm({ states: [form], storage });
          const anna = telegram(bot.bot).user('Anna');
          for (const text of before) await anna.sends(text);
          const { key } = machine.at({ user: anna.id });
          await rewrite(storage, key, (record) => {
            record.k = { ...record.k, [member]: odd };
          });
          await anna.sends('Olives');
          await anna.edits('Ham');
          await anna.sends('/cancel');
          expect(await machine.at({ user: anna.id }).peek()).toBeUndefined();
          expect(bot.errors).toEqual([]);
          await storage.close?.();
        }
      }
    });
  });
});
