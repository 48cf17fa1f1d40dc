import { describe, expect, it } from 'vitest';
import { type ContextMiddleware, createMachine, StateBranches } from '../src/adapter.ts';
import { type FsmContext, type RawUpdate, state, states } from '../src/index.ts';

const bot = { id: 1, call: async () => true };
const update: RawUpdate = {
  update_id: 1,
  message: { message_id: 1, date: 1, chat: { id: 5, type: 'private' }, from: { id: 5 }, text: 'x' },
};

describe('branches by state', () => {
  it.each([1, 10, 1000])('look once into a row of %d for each that runs', async (count) => {
    const tree = Object.fromEntries(Array.from({ length: count }, (_, at) => [`s${at}`, state()]));
    const Many = states('Many', tree);
    const all = Many['~group'].states;
    let looks = 0;
    const rows: ContextMiddleware<object>[] = [];
    const branches = new StateBranches(
      'fsm',
      () => rows.length,
      (row) => rows.push(row),
    );
    const ran: string[] = [];
    for (const member of all) branches.add([member], () => void ran.push(member.id));
    await createMachine().handle(update, bot, async (turn) => {
      turn.state.set(all[count - 1] as never);
      const ctx = {
        get fsm(): FsmContext {
          looks++;
          return turn.state;
        },
      };
      await rows[0]?.(ctx, async () => void ran.push('behind'));
    });
    expect(ran).toEqual([`Many:s${count - 1}`]);
    expect(rows).toHaveLength(1);
    expect(looks).toBe(1);
  });
});
