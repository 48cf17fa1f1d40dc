/** Random programs: what happens to a bot, and what its handlers and hooks do meanwhile. */

import type { Failure } from '@telefsm/testing';
import fc from 'fast-check';

/** Data of a state, answers or a session. */
export interface Data {
  readonly [name: string]: unknown;
}

/** A scene, node or flow of the bot. */
export type SceneName = 'A' | 'B' | 'N' | 'V' | 'F' | 'R';

/** One step of a handler or hook. */
export type Verb =
  | { readonly verb: 'set'; readonly state: 'a' | 'b' | 'c' | null; readonly data?: Data }
  | { readonly verb: 'update' | 'replace' | 'edit'; readonly data: Data }
  | { readonly verb: 'clear' | 'back' | 'cancel' | 'reenter' | 'next' | 'previous' }
  | { readonly verb: 'commit'; readonly isAwaited: boolean }
  | { readonly verb: 'enter'; readonly scene: SceneName; readonly data?: Data }
  | {
      readonly verb: 'call';
      readonly scene: SceneName;
      readonly data: Data;
      readonly into?: string;
    }
  | { readonly verb: 'leave'; readonly result?: unknown }
  | { readonly verb: 'expire'; readonly after: string | number | null }
  /** Changes the session of a node or flow; `undefined` removes a value. */
  | { readonly verb: 'session'; readonly name: string; readonly value: number | undefined }
  | { readonly verb: 'reply'; readonly text: string }
  | { readonly verb: 'afterCommit'; readonly throws: boolean }
  | { readonly verb: 'throw' }
  /** The transition that the handler of a node returns. */
  | {
      readonly verb: 'return';
      readonly move: 'goto' | 'call' | 'again' | 'stay' | 'back' | 'leave';
      readonly scene: SceneName;
      readonly data: Data;
    };

/** The steps of one handler or hook. */
export type Script = readonly Verb[];

/** Where a conversation is. */
export type Where = 'private' | 'group' | 'topic' | 'business';

/** One thing that happens to the bot. Each handler or hook that runs meanwhile takes the next script. */
export type Deed = { readonly scripts: readonly Script[] } & (
  | { readonly do: 'says'; readonly who: 0 | 1; readonly where: Where; readonly text: string }
  /** Presses a button that is shown; 0 is the last one. */
  | {
      readonly do: 'presses';
      readonly who: 0 | 1;
      readonly where: Where;
      readonly button: number;
    }
  /** `machine.at(address).run()`. */
  | { readonly do: 'runs'; readonly who: 0 | 1; readonly where: Where }
  /** `machine.at(address).answer()`. */
  | {
      readonly do: 'answers';
      readonly who: 0 | 1;
      readonly where: Where;
      readonly step: 'name' | 'size';
    }
  /** Time passes. */
  | { readonly do: 'waits'; readonly ms: number }
  /** Telegram rejects the next call of a method. */
  | { readonly do: 'fails'; readonly method: string; readonly failure: Failure }
  /** An earlier update is delivered again; 0 is the last one. */
  | { readonly do: 'repeats'; readonly update: number }
);

/** What happens, one after the other. */
export type Program = readonly Deed[];

const data = fc.constantFrom<Data>(
  {},
  { x: 1 },
  { x: undefined },
  { y: [1, { z: null }] },
  { name: 'N' },
  { size: 'S' },
  // names that JavaScript objects have
  JSON.parse('{"__proto__":{"a":1}}'),
  { constructor: 'c' },
  { toString: 1 },
  { '': 0 },
  { '0': -0 },
);
const scene = fc.constantFrom<SceneName>('A', 'B', 'N', 'V', 'F', 'R');

/** Literals keep their types in `fc.record`. */
const just = <const T>(value: T) => fc.constant(value);

const verb: fc.Arbitrary<Verb> = fc.oneof(
  fc.record(
    { verb: just('set'), state: fc.constantFrom('a', 'b', 'c', null), data },
    { requiredKeys: ['verb', 'state'] },
  ),
  fc.record({ verb: fc.constantFrom('update', 'replace', 'edit'), data }),
  fc.record({
    verb: fc.constantFrom('clear', 'back', 'back', 'cancel', 'reenter', 'next', 'previous'),
  }),
  fc.record({ verb: just('commit'), isAwaited: fc.boolean() }),
  fc.record({ verb: just('enter'), scene, data }, { requiredKeys: ['verb', 'scene'] }),
  fc.record(
    { verb: just('call'), scene, data, into: fc.constantFrom('into', '__proto__', 'name') },
    { requiredKeys: ['verb', 'scene', 'data'] },
  ),
  fc.record(
    { verb: just('leave'), result: fc.constantFrom<unknown>(1, { r: 1 }, null, []) },
    { requiredKeys: ['verb'] },
  ),
  fc.record({ verb: just('expire'), after: fc.constantFrom('1s', '1m', 0, 5000, null) }),
  fc.record({
    verb: just('session'),
    name: fc.constantFrom('p', 'q', '__proto__'),
    value: fc.option(fc.nat(3), { nil: undefined }),
  }),
  fc.record({ verb: just('reply'), text: fc.constantFrom('hi', 'there') }),
  fc.record({ verb: just('afterCommit'), throws: fc.boolean() }),
  fc.record({ verb: just('throw') }),
  fc.record({
    verb: just('return'),
    move: fc.constantFrom('goto', 'call', 'again', 'stay', 'back', 'leave'),
    scene,
    data,
  }),
);

const scripts = fc.array(fc.array(verb, { maxLength: 3 }), { maxLength: 5 });
const who = fc.constantFrom(0, 1);
const where = fc.constantFrom<Where>('private', 'private', 'private', 'group', 'topic', 'business');
const text = fc.oneof(
  // what the handlers of scenes take
  { weight: 5, arbitrary: just('x') },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...['/f', '/f', '/r', '/cancel', '/back', '/help'],
      ...['Ann', 'Ann', 'S', 'S', 'Yes', 'No', 'Done', '7'],
    ),
  },
);
/** Without 429: how long Telegram asks to wait is remembered by the process. */
const failure = fc.constantFrom<Failure>(
  { error_code: 400 },
  { error_code: 403 },
  { error_code: 500 },
  'unreachable',
);

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 20, arbitrary: fc.record({ do: just('says'), who, where, text, scripts }) },
  {
    weight: 10,
    arbitrary: fc.record({ do: just('presses'), who, where, button: fc.nat(3), scripts }),
  },
  fc.record({ do: just('runs'), who, where, scripts }),
  fc.record({
    do: just('answers'),
    who,
    where,
    step: fc.constantFrom('name', 'size'),
    scripts,
  }),
  fc.record({
    do: just('waits'),
    ms: fc.constantFrom(500, 1500, 70_000, 3_600_000),
    scripts,
  }),
  fc.record({
    do: just('fails'),
    method: fc.constantFrom('sendMessage', 'answerCallbackQuery', 'editMessageText'),
    failure,
    scripts: just([]),
  }),
  fc.record({ do: just('repeats'), update: fc.nat(6), scripts }),
);

/** All programs. */
export const program: fc.Arbitrary<Program> = fc.array(deed, { minLength: 1, maxLength: 14 });

/** Changes the steps of all scripts, or leaves them out. */
function withScripts(deeds: Program, change: (step: Verb) => readonly Verb[]): Program {
  return deeds.map((deed) => ({
    ...deed,
    scripts: deed.scripts.map((script) => script.flatMap(change)),
  }));
}

/**
 * Programs that await their commits. What a handler does beside a commit that it does not await belongs to that commit or to the next one,
 * as the storage is fast or slow.
 */
export const patient: fc.Arbitrary<Program> = program.map((deeds) =>
  withScripts(deeds, (step) => [step.verb === 'commit' ? { ...step, isAwaited: true } : step]),
);

/** Programs whose handlers and hooks begin a commit after each step, sometimes two at once, and await none. */
export const hasty: fc.Arbitrary<Program> = program.map((deeds) =>
  withScripts(deeds, (step) => {
    const commit = { verb: 'commit', isAwaited: false } as const;
    return step.verb === 'commit' || step.verb === 'reply' ? [commit, commit] : [step, commit];
  }),
);

/** Programs in which no handler throws, and no call is rejected. */
export const faultless: fc.Arbitrary<Program> = program.map((deeds) =>
  withScripts(without(deeds, 'fails', 'repeats'), (step) =>
    step.verb === 'throw' || ('throws' in step && step.throws) ? [] : [step],
  ),
);

/** Leaves out some deeds. */
export function without(deeds: Program, ...left: readonly Deed['do'][]): Program {
  return deeds.filter((each) => !left.includes(each.do));
}
