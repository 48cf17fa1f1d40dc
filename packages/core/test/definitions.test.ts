import { describe, expect, it } from 'vitest';
import * as adapter from '../src/adapter.ts';
import * as core from '../src/index.ts';

// code that a bot author without a compiler may write
// biome-ignore lint/suspicious/noExplicitAny: that is what plain JavaScript is
const { createMachine, flow, isFsmError, scene, state, states } = { ...core, ...adapter } as any;

// biome-ignore lint/suspicious/noExplicitAny: see above
type Loose = any;

/** The flow that a question makes. */
const asking = (question?: object, options?: object) =>
  flow('f', options)
    .ask('x', question)
    .done(() => undefined);

/** Mistakes that are rejected at the definition, not when a user meets them: the option, and the value found there. */
const nonsense: readonly (readonly [option: string, found: string, define: () => unknown])[] = [
  // misspelled options
  ['sates', 'unknown', () => createMachine({ sates: [] })],
  ['waiting.polcy', 'unknown', () => createMachine({ waiting: { polcy: 'drop' } })],
  ['f triger', 'unknown', () => asking({ prompt: 'X?' }, { triger: '/x' })],
  ['f:x promt', 'unknown', () => asking({ prompt: 'X?', promt: 'X?' })],
  [
    'f done cancelled',
    'unknown',
    () => flow('f').ask('x', { prompt: 'X?' }).done(asking, { cancelled: asking }),
  ],
  ['f:sure promt', 'unknown', () => flow('f').confirm({ name: 'sure', promt: 'X?' })],
  ['f:r maximum', 'unknown', () => flow('f').repeat('r', { maximum: 2 })],
  ['node datas', 'unknown', () => scene('node', { datas: {} })],
  ['node onEnter', 'unknown', () => scene('node').on({ handle() {}, onEnter() {} })],
  // machines
  ['strategy', '5', () => createMachine({ strategy: 5 })],
  ['strategy', 'null', () => createMachine({ strategy: null })],
  ['states', 'an object', () => createMachine({ states: states('A', { a: state() }) })],
  ['scenes', 'an object', () => createMachine({ scenes: {} })],
  ['storage', 'an instance of Map', () => createMachine({ storage: new Map() })],
  ['unknownState', "'rest'", () => createMachine({ unknownState: 'rest' })],
  ['otherCommands', "'no'", () => createMachine({ otherCommands: 'no' })],
  ['attempts', '0', () => createMachine({ attempts: 0 })],
  ['waiting.policy', "'wait'", () => createMachine({ waiting: { policy: 'wait' } })],
  // flows
  ['f trigger', "''", () => asking({ prompt: 'X?' }, { trigger: '' })],
  ['f trigger', "'/my order'", () => asking({ prompt: 'X?' }, { trigger: '/my order' })],
  ['f trigger', "'/order-now'", () => asking({ prompt: 'X?' }, { trigger: '/order-now' })],
  ['f trigger', 'an array', () => asking({ prompt: 'X?' }, { trigger: ['/a', '/b'] })],
  ['f deepLink', "''", () => asking({ prompt: 'X?' }, { deepLink: '' })],
  ['f onTrigger', "'again'", () => asking({ prompt: 'X?' }, { onTrigger: 'again' })],
  ['f otherCommands', "'stop'", () => asking({ prompt: 'X?' }, { otherCommands: 'stop' })],
  ['f otherInput', "'no'", () => asking({ prompt: 'X?' }, { otherInput: 'no' })],
  ['f attempts', '0', () => asking({ prompt: 'X?' }, { attempts: 0 })],
  ['f done', 'undefined', () => flow('f').ask('x', { prompt: 'X?' }).done()],
  // questions
  ['f:x prompt', 'missing', () => asking()],
  ['f:x prompt', 'missing', () => asking({ prompt: null })],
  ['f:x prompt', 'missing', () => asking({ prompt: '' })],
  ['f:x accept', "'foto'", () => asking({ prompt: 'X?', accept: 'foto' })],
  ['f:x accept', 'an array', () => asking({ prompt: 'X?', accept: ['text', 'foto'] })],
  ['f:x accept', 'an array', () => asking({ prompt: 'X?', accept: [] })],
  ['f:x accept', 'an object', () => asking({ prompt: 'X?', accept: { album: 'foto' } })],
  ['f:x choices', 'none', () => asking({ prompt: 'X?', choices: {} })],
  ['f:x choices', "'Yes'", () => asking({ prompt: 'X?', choices: 'Yes' })],
  ['f:x choices', 'null', () => asking({ prompt: 'X?', choices: null })],
  ['f:x choices', 'undefined', () => asking({ prompt: 'X?', choices: [undefined] })],
  ['f:x choices', 'an instance of Map', () => asking({ prompt: 'X?', choices: new Map() })],
  ['f:x buttons', "'below'", () => asking({ prompt: 'X?', choices: ['a'], buttons: 'below' })],
  ['f:x schema', 'an object', () => asking({ prompt: 'X?', schema: {} })],
  ['f:x validate', 'an instance of RegExp', () => asking({ prompt: 'X?', validate: /x/ })],
  ['f:x when', 'true', () => asking({ prompt: 'X?', when: true })],
  ['f:x attempts', "'3'", () => asking({ prompt: 'X?', attempts: '3' })],
  // nodes
  ['id of the scene', "''", () => scene('')],
  ['id of the scene', 'undefined', () => scene()],
  ['node handle', 'undefined', () => scene('node').on({ enter: () => 'Hi.' })],
  ['node accept', "'foto'", () => scene('node', { accept: 'foto' }).on({ handle() {} })],
  ['node data', 'an object', () => scene('node', { data: {} }).on({ handle() {} })],
  // states
  ['state()', "'name'", () => state('name')],
  ['state()', 'an object', () => state({ parse() {} })],
];

describe('plain JavaScript', () => {
  it.each(nonsense)('is rejected at the definition where %s is %s', (option, found, define) => {
    let thrown: Loose;
    try {
      define();
    } catch (error) {
      thrown = error;
    }
    expect(isFsmError(thrown, 'INVALID_OPTION'), String(thrown)).toBe(true);
    expect(thrown.details).toMatchObject({ option, found });
  });

  it.each([
    ['a group', () => states(undefined, {})],
    ['a group', () => states(5, {})],
    ['a flow', () => flow(5)],
    ["a step of 'f'", () => flow('f').ask(5, { prompt: 'X?' })],
  ])('is rejected where it names %s by what is no name', (of, define) => {
    expect(define).toThrow(
      expect.objectContaining({ code: 'INVALID_NAME', details: expect.objectContaining({ of }) }),
    );
  });

  it('is rejected where a group has no members, or takes those of another', () => {
    const A = states('A', { a: state(), b: state() });
    expect(() => states('B')).toThrow(expect.objectContaining({ code: 'INVALID_TARGET' }));
    expect(() => states('B', null)).toThrow(expect.objectContaining({ code: 'INVALID_TARGET' }));
    const reused = (define: () => unknown) =>
      expect(define).toThrow(
        expect.objectContaining({
          code: 'STATE_REUSED',
          details: { first: 'A:a', second: expect.stringMatching(/^B/) },
        }),
      );
    reused(() => states('B', { a: A.a }));
    reused(() => states('B', { A }));
  });

  it('is rejected where another object has the id of a scene of the machine', () => {
    const one = asking({ prompt: 'X?' });
    expect(() => createMachine({ states: [one], initial: asking({ prompt: 'X?' }) })).toThrow(
      expect.objectContaining({ code: 'SCENE_DUPLICATE', details: { scene: 'f' } }),
    );
  });

  it('rejects members of a group that are no state, no group and no id', () => {
    const A = states('A', { a: state() });
    for (const one of [undefined, null, 5, {}, state()])
      expect((core as Loose).contains(A, one)).toBe(false);
  });

  it('learns from set() which targets it accepts', async () => {
    const A = states('A', { a: state() });
    const machine = createMachine();
    const bot = { id: 1, call: async () => true };
    const message = { message_id: 1, date: 1, chat: { id: 5 }, from: { id: 5 }, text: 'x' };
    for (const [at, target] of [
      A,
      core.noState,
      core.anyState,
      '',
      '*',
      undefined,
      [A.a],
    ].entries()) {
      const done = machine.handle({ update_id: at, message }, bot, ({ state: fsm }: Loose) =>
        fsm.set(target),
      );
      await expect(done).rejects.toMatchObject({
        code: 'INVALID_TARGET',
        message: expect.stringContaining('Expected a state, its id, or `null`'),
      });
    }
  });
});
