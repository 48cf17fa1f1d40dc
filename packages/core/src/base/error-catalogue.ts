/** The catalogue of everything that can go wrong: its facts, its message, and what to do. */

/** What each error knows; the keys are every code that telefsm throws. */
export interface FsmErrorDetails {
  TURN_ENDED: { readonly member: string };
  NO_CONVERSATION: { readonly updateType: string; readonly strategy: string };
  NOT_INSTALLED: { readonly property: string };
  INSTALLED_TWICE: { readonly property: string };
  PROPERTY_TAKEN: { readonly property: string };
  NOT_CONNECTED: { readonly method: string };
  NO_CONTEXT: { readonly scene: string; readonly hook: string };
  INVALID_OPTION: { readonly option: string; readonly expected: string; readonly found: string };
  INVALID_NAME: { readonly name: string; readonly of: string; readonly expected: string };
  INVALID_TARGET: { readonly where: string; readonly found: string; readonly expected: string };
  STATE_REUSED: { readonly first: string; readonly second: string };
  STATE_UNBOUND: { readonly where: string };
  GROUP_DUPLICATE: { readonly group: string };
  STATE_UNKNOWN: { readonly state: string; readonly known: readonly string[] };
  SCENE_UNKNOWN: { readonly scene: string; readonly known: readonly string[] };
  SCENE_DUPLICATE: { readonly scene: string };
  STEP_DUPLICATE: { readonly flow: string; readonly step: string };
  STEP_UNKNOWN: { readonly flow: string; readonly step: string; readonly known: readonly string[] };
  FLOW_EMPTY: { readonly flow: string };
  FLOW_CYCLE: { readonly flow: string; readonly path: readonly string[] };
  NO_NEIGHBOUR: { readonly state: string | null; readonly direction: 'next' | 'previous' };
  NO_HISTORY: { readonly state: string | null };
  NO_SCENE: { readonly verb: string };
  NOT_SETTABLE: { readonly state: string; readonly scene: string };
  INVALID_TRANSITION: { readonly scene: string; readonly returned: string };
  TRANSITION_LOOP: { readonly scenes: readonly string[] };
  DATA_INVALID: { readonly state: string; readonly issues: readonly string[] };
  DATA_NOT_JSON: { readonly path: string; readonly found: string };
  RECORD_TOO_LARGE: { readonly bytes: number; readonly limit: number };
  RECORD_UNREADABLE: { readonly key: string; readonly reason: string };
  RECORD_NEWER: { readonly key: string; readonly version: number; readonly known: number };
  MIGRATION_MISSING: { readonly version: number; readonly known: readonly number[] };
  INVALID_KEY: { readonly bytes: number; readonly limit: number };
  LEASE_LOST: {
    readonly key: string;
    readonly keptBefore: boolean;
    /** Another attempt has handled the same update. */
    readonly handled: boolean;
  };
  COMMIT_UNKNOWN: { readonly key: string };
  STORAGE_FAILED: {
    readonly key: string;
    readonly operation: string;
    readonly keptBefore: boolean;
  };
  STORAGE_NEWER: { readonly storage: string; readonly version: number; readonly known: number };
  WAIT_TIMEOUT: { readonly key: string; readonly ms: number };
  QUEUE_FULL: { readonly key: string; readonly limit: number };
  BUSY: { readonly key: string };
  REENTERED: { readonly key: string };
  STOPPED: { readonly operation: string };
  DEADLINES_UNAVAILABLE: { readonly what: string };
}

/** Every code of an {@link FsmError}. */
export type FsmErrorCode = keyof FsmErrorDetails;

/** How an error reads: what happened with the facts, then what to do. */
interface CatalogueEntry<Code extends FsmErrorCode> {
  message(details: FsmErrorDetails[Code]): string;
  readonly fix: string;
}

const list = (names: readonly unknown[]) => names.join(', ') || 'none';
const kept = (before: boolean) =>
  before
    ? 'only what this update had committed before was kept'
    : 'nothing of this update was kept';

/** Every error with its message and what to do; the page of errors in the documentation is made from it. */
export const errorCatalogue: { readonly [Code in FsmErrorCode]: CatalogueEntry<Code> } = {
  TURN_ENDED: {
    message: (d) => `'${d.member}' was used after its update had ended; the change would be lost.`,
    fix: 'Look for a missing `await`. For work after the update use machine.at(…).run(…).',
  },
  NO_CONVERSATION: {
    message: (d) =>
      `This update (${d.updateType}) has no conversation under the strategy '${d.strategy}'.`,
    fix: 'Guard the handler by `key !== undefined`, or choose another strategy.',
  },
  NOT_INSTALLED: {
    message: (d) => `There is no FSM at ctx.${d.property}.`,
    fix: 'Install it with bot.use(fsm()) before everything that uses it.',
  },
  INSTALLED_TWICE: {
    message: (d) => `This update already has an FSM at ctx.${d.property}.`,
    fix: 'Call bot.use(fsm()) once; a second machine needs its own `property` and `namespace`.',
  },
  PROPERTY_TAKEN: {
    message: (d) => `The framework's context already has a property '${d.property}'.`,
    fix: 'Choose another fsm({ property }).',
  },
  NOT_CONNECTED: {
    message: (d) => `No bot is connected, so '${d.method}' cannot be called.`,
    fix: 'Name the bot with machine.connect(bot) or machine.start(bot).',
  },
  NO_CONTEXT: {
    message: (d) =>
      `The '${d.hook}' hook of the scene '${d.scene}' needs the framework's context, and there is no update.`,
    fix: 'Outside updates use scene(…).on(…) or a flow, which need none.',
  },
  INVALID_OPTION: {
    message: (d) => `The option '${d.option}' is ${d.found}; expected ${d.expected}.`,
    fix: 'Correct the option.',
  },
  INVALID_NAME: {
    message: (d) => `'${d.name}' cannot name ${d.of}: expected ${d.expected}.`,
    fix: 'Give it such a name.',
  },
  INVALID_TARGET: {
    message: (d) => `${d.where} was given ${d.found}; expected ${d.expected}.`,
    fix: 'Look for a misspelt name, and for files that import each other, where `undefined` was found.',
  },
  STATE_REUSED: {
    message: (d) => `One state() stands at '${d.first}' and again at '${d.second}'.`,
    fix: 'Call state() once for each name.',
  },
  STATE_UNBOUND: {
    message: (d) => `${d.where} was given a state() that no group has named.`,
    fix: 'Put it into states(name, { … }) and use the member of that group.',
  },
  GROUP_DUPLICATE: {
    message: (d) =>
      `Two different groups of this machine are named '${d.group}'; scenes and flows are groups too.`,
    fix: 'Rename one.',
  },
  STATE_UNKNOWN: {
    message: (d) =>
      `The state '${d.state}' is not in this machine. Known states: ${list(d.known)}.`,
    fix: 'Add its group to fsm({ states }), or name its former id in state({ was }).',
  },
  SCENE_UNKNOWN: {
    message: (d) =>
      `The scene '${d.scene}' is not in this machine. Known scenes: ${list(d.known)}.`,
    fix: 'Add it to fsm({ states }) or fsm({ scenes }).',
  },
  SCENE_DUPLICATE: {
    message: (d) => `Two scenes of this machine are named '${d.scene}'.`,
    fix: 'Rename one.',
  },
  STEP_DUPLICATE: {
    message: (d) => `The flow '${d.flow}' has two steps named '${d.step}'.`,
    fix: 'Rename one.',
  },
  STEP_UNKNOWN: {
    message: (d) => `The flow '${d.flow}' has no step '${d.step}'. Its steps: ${list(d.known)}.`,
    fix: 'Use the name of a step.',
  },
  FLOW_EMPTY: {
    message: (d) => `The flow '${d.flow}' asks nothing.`,
    fix: 'Add a step before done().',
  },
  FLOW_CYCLE: {
    message: (d) => `The flow '${d.flow}' includes itself: ${d.path.join(' → ')}.`,
    fix: 'Use repeat() for several rounds, or call() another flow.',
  },
  NO_NEIGHBOUR: {
    message: (d) => `The state '${d.state ?? 'none'}' has no ${d.direction} state in its group.`,
    fix: 'Name the state with set(…), or clear() at the end.',
  },
  NO_HISTORY: {
    message: (d) => `There is nothing to go back to from '${d.state ?? 'no state'}'.`,
    fix: 'Call back() only after a move; how many moves are kept is fsm({ history }).',
  },
  NO_SCENE: {
    message: (d) => `'${d.verb}' needs an active scene, and there is none.`,
    fix: 'Enter a scene first, or use set(null) or clear() for plain states. What has been left can be read only.',
  },
  NOT_SETTABLE: {
    message: (d) =>
      `'${d.state}' belongs to the scene '${d.scene}' and cannot be set from outside.`,
    fix: 'Enter the scene, or answer its step.',
  },
  INVALID_TRANSITION: {
    message: (d) => `The handler of '${d.scene}' returned ${d.returned}.`,
    fix: 'Return what goto, call, again, stay, back or leave gives, or nothing to stay.',
  },
  TRANSITION_LOOP: {
    message: (d) => `Scenes hand over to each other without end: ${d.scenes.join(' → ')} → …`,
    fix: 'An `enter` hook must not always enter another scene.',
  },
  DATA_INVALID: {
    message: (d) => `The data of '${d.state}' does not match its schema: ${d.issues.join('; ')}.`,
    fix: 'Correct the data, add a migration, or choose a policy with fsm({ unknownState }).',
  },
  DATA_NOT_JSON: {
    message: (d) => `Data at '${d.path}' is ${d.found}, which JSON cannot keep.`,
    fix: 'Keep plain JSON: a Date as text, a Map or Set as an array, no functions, no classes.',
  },
  RECORD_TOO_LARGE: {
    message: (d) => `The conversation would take ${d.bytes} bytes; the limit is ${d.limit}.`,
    fix: 'Store large values elsewhere, or raise fsm({ maxRecordBytes }).',
  },
  RECORD_UNREADABLE: {
    message: (d) => `What is stored under '${d.key}' is no record of telefsm: ${d.reason}.`,
    fix: 'See what else writes there; choose a policy with fsm({ unknownState }).',
  },
  RECORD_NEWER: {
    message: (d) =>
      `The conversation '${d.key}' was written by version ${d.version}; this process knows ${d.known}. It was left alone.`,
    fix: 'Deploy the newer version here too.',
  },
  MIGRATION_MISSING: {
    message: (d) => `Migration ${d.version} is not usable. Declared: ${list(d.known)}.`,
    fix: 'Number migrations from 1, or leave the option out.',
  },
  INVALID_KEY: {
    message: (d) => `The key of this conversation takes ${d.bytes} bytes; the limit is ${d.limit}.`,
    fix: 'Return shorter parts from the strategy, or a shorter namespace.',
  },
  LEASE_LOST: {
    message: (d) =>
      `The conversation '${d.key}' was taken by another process, or deleted, while this update ran; ${kept(d.keptBefore)}.`,
    fix: 'Make handlers shorter than turn.max. A redelivered update is handled anew, unless `keptBefore`.',
  },
  COMMIT_UNKNOWN: {
    message: (d) =>
      `The storage did not answer for '${d.key}', so it is not known whether the update was kept.`,
    fix: 'A redelivery is safe: it runs only if nothing was kept. See the cause.',
  },
  STORAGE_FAILED: {
    message: (d) => `The storage failed at '${d.operation}' for '${d.key}'; ${kept(d.keptBefore)}.`,
    fix: 'See the cause.',
  },
  STORAGE_NEWER: {
    message: (d) =>
      `'${d.storage}' was set up by a newer telefsm (version ${d.version}); this one knows ${d.known}. It was left alone.`,
    fix: 'Deploy the newer version here too.',
  },
  WAIT_TIMEOUT: {
    message: (d) => `The conversation '${d.key}' was busy for ${d.ms} ms.`,
    fix: 'Look for a handler that does not end, or that waits for its own conversation. Work by machine.at(…) belongs in afterCommit(…).',
  },
  QUEUE_FULL: {
    message: (d) => `${d.limit} updates of '${d.key}' are waiting already.`,
    fix: 'Look for a slow handler, or raise fsm({ waiting: { limit } }).',
  },
  BUSY: {
    message: (d) => `The conversation '${d.key}' is busy, and this machine refuses to wait.`,
    fix: 'Try again, or choose fsm({ waiting: { policy: "queue" } }).',
  },
  REENTERED: {
    message: (d) =>
      `A handler of '${d.key}' opened the same conversation again, which would wait for itself.`,
    fix: 'Use the state that the handler has, or do it in afterCommit(…).',
  },
  STOPPED: {
    message: (d) => `The machine has been stopped, so '${d.operation}' was not begun.`,
    fix: 'Stop the bot before the machine.',
  },
  DEADLINES_UNAVAILABLE: {
    message: (d) => `${d.what} needs deadlines, which this storage cannot fire by itself.`,
    fix: 'Use a storage with deadlines, or accept fsm({ deadlines: "on-update" }).',
  },
};
