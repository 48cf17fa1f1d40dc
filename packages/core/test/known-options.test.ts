import { describe, expect, it } from 'vitest';
import { createMachine, type SceneOptions as HookedSceneOptions } from '../src/adapter.ts';
import { type AnyFlow, type FlowOptions, flow, type MachineOptions, scene } from '../src/index.ts';
import type { SweepOptions, TurnOptions, WaitingOptions } from '../src/machine/machine-options.ts';
import type { FlowHooks } from '../src/scene/flow/flow.ts';
import type { Question } from '../src/scene/flow/question.ts';
import type { NodeHandlers, SceneOptions } from '../src/scene/node-handlers.ts';
import { hookedScene } from '../src/scene/scene-hooks.ts';

/** Every option that the types know, by the compiler's own list; what is not listed here does not compile. */
type Every<T> = { readonly [K in keyof Required<T>]: true };

type AnyQuestion = Question<object, object, never, never, never, never, never, never, never>;
type AnyHandlers = NodeHandlers<
  {
    data: object;
    start: object;
    params: object;
    result: unknown;
    services: object;
    session: object;
  },
  'text'
>;

const machine: Every<MachineOptions<readonly [], readonly [], undefined>> &
  Every<{ services: unknown }> = {
  states: true,
  context: true,
  scenes: true,
  initial: true,
  storage: true,
  strategy: true,
  namespace: true,
  property: true,
  when: true,
  ttl: true,
  flowTimeout: true,
  polls: true,
  replyKeyboards: true,
  waiting: true,
  lease: true,
  turn: true,
  history: true,
  maxRecordBytes: true,
  log: true,
  attempts: true,
  unknownState: true,
  migrations: true,
  adopt: true,
  onTimeout: true,
  deadlines: true,
  sweep: true,
  commands: true,
  otherCommands: true,
  texts: true,
  language: true,
  clock: true,
  services: true,
};
const waiting: Every<WaitingOptions> = {
  policy: true,
  limit: true,
  answerCallbacksAfter: true,
  interrupt: true,
  burst: true,
};
const turn: Every<TurnOptions> = { max: true, detectReentry: true };
const sweep: Every<SweepOptions> = { every: true, parallel: true };
const flowOptions: Every<FlowOptions<object>> = {
  data: true,
  trigger: true,
  deepLink: true,
  description: true,
  services: true,
  session: true,
  timeout: true,
  back: true,
  controls: true,
  commands: true,
  onTrigger: true,
  otherCommands: true,
  otherInput: true,
  replies: true,
  editedMessages: true,
  prompts: true,
  early: true,
  interrupt: true,
  attempts: true,
  texts: true,
  was: true,
};
const hooks: Every<FlowHooks<object, object>> = {
  canceled: true,
  timedOut: true,
  left: true,
  from: true,
};
const question: Omit<Every<AnyQuestion>, 'prompt'> = {
  accept: true,
  choices: true,
  multiple: true,
  buttons: true,
  columns: true,
  share: true,
  rows: true,
  schema: true,
  validate: true,
  when: true,
  optional: true,
  back: true,
  attempts: true,
  maxLength: true,
  timeout: true,
  onTimeout: true,
  otherwise: true,
  early: true,
  interrupt: true,
  checkout: true,
  to: true,
  by: true,
  meanwhile: true,
  answered: true,
  was: true,
};
const node: Every<SceneOptions<unknown, unknown, unknown, unknown, 'text'>> = {
  data: true,
  params: true,
  result: true,
  services: true,
  session: true,
  accept: true,
  was: true,
  timeout: true,
  afterInput: true,
  deleteInput: true,
};
const handlers: Omit<Every<AnyHandlers>, 'handle' | 'view'> = {
  enter: true,
  resume: true,
  timeout: true,
  leave: true,
};
const shown: Omit<Every<AnyHandlers>, 'view' | 'enter'> = {
  handle: true,
  resume: true,
  timeout: true,
  leave: true,
};
const hooked: Every<HookedSceneOptions<object>> = {
  data: true,
  states: true,
  was: true,
  otherUpdates: true,
};

const asked = { prompt: 'Name?' };
const handle = () => {};
const made: readonly (readonly [string, object, (given: object) => unknown])[] = [
  ['a machine', machine, (given) => createMachine(given)],
  ['its waiting', waiting, (given) => createMachine({ waiting: given })],
  ['its turns', turn, (given) => createMachine({ turn: given })],
  ['its sweeper', sweep, (given) => createMachine({ sweep: given })],
  ['a flow', flowOptions, (given) => flow('f', given).ask('a', asked).done(handle)],
  ['its hooks', hooks, (given) => flow('f').ask('a', asked).done(handle, given)],
  [
    'a question',
    question,
    (given): AnyFlow =>
      flow('f')
        .ask('a', { ...asked, ...given })
        .done(handle),
  ],
  ['a node', node, (given) => scene('n', given).on({ handle })],
  ['its handlers', handlers, (given) => scene('n').on({ handle, ...given })],
  ['those of a view', shown, (given) => scene('n').on({ view: () => 'Hello.', ...given })],
  [
    "a framework's scene",
    hooked,
    (given) => hookedScene('s', given, { hook: () => undefined, handle }),
  ],
];

describe.each(made)('%s', (_name, options, make) => {
  it.each(Object.keys(options))("accepts '%s'", (option) => {
    expect(() => make({ [option]: undefined })).not.toThrow();
  });

  it('rejects unknown options by name, and lists the known ones', () => {
    const refusal = expect.objectContaining({ code: 'INVALID_OPTION' });
    expect(() => make({ misspelled: 1 })).toThrow(refusal);
    expect(() => make({ misspelled: 1 })).toThrow(/Unknown option ".*misspelled"\. Known: /);
  });
});
