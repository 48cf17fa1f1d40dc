import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import type { Turn, UserInput } from '../src/index.ts';
import { interruptBy, memoryStorage, state, states } from '../src/index.ts';
import { type SceneBehavior, sceneEngine } from '../src/scene-kit.ts';
import { bench, gate, message } from './fixtures/bench.ts';
import { textStorage } from './fixtures/text-storage.ts';

const Form = states('Form', { name: state(), age: state() });

const isCancel = ({ update }: UserInput) =>
  (update['message'] as { text?: string } | undefined)?.text === '/cancel';

describe.each([
  ['memory', () => memoryStorage({ clock: virtualClock() })],
  ['a shared storage', () => textStorage(virtualClock())],
])('an update that interrupts, in %s', (_, storage) => {
  const make = () => bench({ storage: storage(), waiting: { interrupt: interruptBy(isCancel) } });

  it('aborts the turn that runs, rolls it back, and is next', async () => {
    const { send, peek } = make();
    const log: string[] = [];
    await send(1, 'start', ({ state: fsm }) => fsm.set(Form.name, { from: 'start' }));
    const [begun, stuck] = [gate(), gate()];
    let signal: AbortSignal | undefined;
    const slow = send(1, 'check this', async (turn: Turn) => {
      signal = turn.signal;
      begun.open();
      turn.state.set(Form.age, { from: 'slow' });
      turn.state.afterCommit(() => void log.push('after the slow commit'));
      await stuck.opened;
      expect(() => turn.state.update({ late: true })).toThrow(/TURN_ENDED/);
      log.push('slow ends');
    });
    const queued = send(1, 'are you there?', () => void log.push('queued'));
    await begun.opened;
    await send(1, '/cancel', ({ state: fsm }) => {
      log.push(`cancel at ${fsm.current} from ${fsm.get('from')}`);
    });
    expect(signal?.aborted).toBe(true);
    expect(signal?.reason).toMatchObject({ code: 'INTERRUPTED' });
    await slow;
    await queued;
    stuck.open();
    await Promise.resolve();
    expect(log).toEqual(['cancel at Form:name from start', 'queued', 'slow ends']);
    expect(await peek(1)).toMatchObject({ current: 'Form:name', data: { from: 'start' } });
  });

  it('waits for the turn of a payment, which does not come again', async () => {
    const { give, send, peek } = make();
    const [begun, stored] = [gate(), gate()];
    const chat = { id: 1, type: 'private', first_name: 'User' };
    const from = { id: 1, is_bot: false, first_name: 'User' };
    const successful_payment = { currency: 'XTR', total_amount: 1 };
    const paid = { message_id: 900, date: 1, chat, from, successful_payment };
    const paying = give({ update_id: 900, message: paid }, async ({ state: fsm }) => {
      begun.open();
      await stored.opened;
      fsm.set(Form.name, { paid: true });
    });
    await begun.opened;
    const cancel = send(1, '/cancel', ({ state: fsm }) => void fsm.update({ seen: fsm.current }));
    stored.open();
    await Promise.all([paying, cancel]);
    expect((await peek(1))?.data).toEqual({ paid: true, seen: 'Form:name' });
  });

  it.each(['drop', 'busy', 'reject'] as const)(
    'waits for the turn of a payment under the policy %s, in this process and in another one',
    async (policy) => {
      const clock = virtualClock();
      const shared = textStorage(clock);
      const waiting = { policy, interrupt: interruptBy(isCancel) };
      const there = bench({ clock, storage: shared.view(), waiting });
      for (const here of [bench({ clock, storage: storage(), waiting }), there]) {
        const paying = here === there ? bench({ clock, storage: shared, waiting }) : here;
        const [begun, stored] = [gate(), gate()];
        const chat = { id: 1, type: 'private', first_name: 'User' };
        const from = { id: 1, is_bot: false, first_name: 'User' };
        const successful_payment = { currency: 'XTR', total_amount: 1 };
        const paid = { message_id: 900, date: 1, chat, from, successful_payment };
        const log: string[] = [];
        const first = paying.give({ update_id: 900, message: paid }, async () => {
          begun.open();
          await stored.opened;
          log.push('paid');
        });
        await begun.opened;
        const cancel = here.send(1, '/cancel', () => void log.push('cancel'));
        await clock.advance('2s');
        stored.open();
        await here.outlast(Promise.all([first, cancel]));
        expect(log).toEqual(['paid', 'cancel']);
      }
    },
  );

  it('leaves the interrupted update handled: its redelivery is skipped, also in an empty conversation', async () => {
    const { give, send, notified } = make();
    const duplicates = notified('duplicate');
    for (const begin of [false, true]) {
      if (begin) await send(1, 'start', ({ state: fsm }) => fsm.set(Form.name));
      const stuck = gate();
      const slow = message(1, 'slow');
      const first = give(slow, () => stuck.opened);
      await send(1, '/cancel');
      await first;
      let isHandledAgain = false;
      await give(slow, () => {
        isHandledAgain = true;
      });
      expect(isHandledAgain).toBe(false);
      stuck.open();
    }
    expect(duplicates).toHaveLength(2);
  });

  it('keeps what the turn had committed before, and what failed in it is no error of the bot', async () => {
    const { send, peek } = make();
    const [begun, stuck] = [gate(), gate()];
    const slow = send(1, 'slow', async ({ state: fsm }) => {
      fsm.set(Form.name);
      await fsm.commit();
      fsm.set(Form.age);
      begun.open();
      await stuck.opened;
      throw new Error('too late');
    });
    await begun.opened;
    await send(1, '/cancel');
    await slow;
    stuck.open();
    await Promise.resolve();
    expect((await peek(1))?.current).toBe('Form:name');
  });

  it('keeps the handlers of a turn from starting that is still being opened', async () => {
    const { send } = make();
    let hasBegun = false;
    const slow = send(1, 'slow', () => {
      hasBegun = true;
    });
    await Promise.all([slow, send(1, '/cancel')]);
    expect(hasBegun).toBe(false);
  });

  it('of another conversation interrupts nothing, and alone it is an update like others', async () => {
    const { send, peek } = make();
    const held = gate();
    const slow = send(1, 'slow', async ({ state: fsm }) => {
      await held.opened;
      fsm.set(Form.name);
    });
    await send(2, '/cancel', ({ state: fsm }) => fsm.set(Form.age));
    held.open();
    await slow;
    expect([(await peek(1))?.current, (await peek(2))?.current]).toEqual(['Form:name', 'Form:age']);
  });
});

describe('an input that was sent before the question was asked', () => {
  it('is early for its scene, also when it waited behind others; a later one is not', async () => {
    const early: [string, boolean][] = [];
    const first = gate();
    const asked: SceneBehavior = {
      engine: sceneEngine,
      was: [],
      states: [],
      first: () => null,
      ask: () => () => 'Question?',
      async handle(run) {
        const text = run.input?.kind === 'text' ? run.input.text : '';
        early.push([text, run.early]);
        if (text !== 'answer') return;
        await first.opened;
        run.ask();
      },
    };
    const scene = { id: 'asked', '~scene': asked as never };
    const { send, sentTexts } = bench({ scenes: [scene] });
    await send(1, 'begin', ({ state: fsm }) => fsm.enter('asked' as never));
    const answer = send(1, 'answer');
    const others = [send(1, 'are you there?'), send(1, 'hello?')];
    first.open();
    await Promise.all([answer, ...others]);
    await send(1, 'later');
    expect(sentTexts()).toEqual(['Question?', 'Question?']);
    expect(early).toEqual([
      ['answer', false],
      ['are you there?', true],
      ['hello?', true],
      ['later', false],
    ]);
  });
});
