/** The details of all errors, and the messages and fixes of those that every bot may meet. */

/** The details of each error; the keys are all codes that telefsm throws. */
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
  NO_NEIGHBOR: { readonly state: string | null; readonly direction: 'next' | 'previous' };
  NO_HISTORY: { readonly state: string | null };
  NO_SCENE: { readonly verb: string };
  NOT_SETTABLE: { readonly state: string; readonly scene: string };
  INVALID_TRANSITION: {
    readonly scene: string;
    readonly returned: string;
    /** The verb of a transition that was made and not returned. */
    readonly made?: string | undefined;
  };
  TRANSITION_LOOP: { readonly scenes: readonly string[] };
  DATA_INVALID: { readonly state: string; readonly issues: readonly string[] };
  DATA_NOT_JSON: { readonly path: string; readonly found: string };
  DATA_FROZEN: { readonly reason: string };
  TEXT_TOO_LONG: { readonly found: string };
  RECORD_TOO_LARGE: { readonly bytes: number; readonly limit: number };
  RECORD_UNREADABLE: { readonly key: string; readonly reason: string };
  RECORD_NEWER: { readonly key: string; readonly version: number; readonly known: number };
  INVALID_MIGRATION: { readonly version: number; readonly known: readonly number[] };
  INVALID_KEY: { readonly bytes: number; readonly limit: number };
  LEASE_LOST: {
    readonly key: string;
    readonly committedBefore: boolean;
    /** Another attempt has handled the same update. */
    readonly handled: boolean;
  };
  COMMIT_UNKNOWN: { readonly key: string };
  STORAGE_FAILED: {
    readonly key: string;
    readonly operation: string;
    readonly committedBefore: boolean;
  };
  STORAGE_UNUSABLE: {
    /** The file, table, key or server that is wrong. */
    readonly storage: string;
    readonly reason: string;
    /** The fix for the operator, as a sentence. */
    readonly remedy: string;
  };
  STORAGE_NEWER: { readonly storage: string; readonly version: number; readonly known: number };
  WAIT_TIMEOUT: { readonly key: string; readonly ms: number };
  QUEUE_FULL: { readonly key: string; readonly limit: number };
  BUSY: { readonly key: string };
  REENTERED: { readonly key: string };
  INTERRUPTED: { readonly key: string };
  STOPPED: { readonly operation: string };
  DEADLINES_UNAVAILABLE: { readonly what: string };
}

/** Every code of an {@link FsmError}. */
export type FsmErrorCode = keyof FsmErrorDetails;

/** The text of an error: what happened, with the values found, and then what to do. */
export interface CatalogueEntry<Code extends FsmErrorCode> {
  message(details: FsmErrorDetails[Code]): string;
  readonly fix: string;
}

const list = (names: readonly unknown[]) => names.join(', ') || 'none';
const kept = (before: boolean) =>
  before ? 'only what was committed before was kept' : 'nothing was committed';

/** Names the known id that looks like a misspelled one, else all of them. */
export function suggestion(found: string, known: readonly string[]): string {
  // a short id may differ in fewer letters: with two of them, every other short id would be close
  const most = Math.min(2, Math.floor(found.length / 2));
  const close = known.find((name) => distance(found.toLowerCase(), name.toLowerCase()) <= most);
  return close === undefined ? ` Known: ${list(known)}.` : ` Did you mean "${close}"?`;
}

/** How many letters must be inserted, removed or replaced (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [at, letter] of [...from].entries()) {
    const next = [at + 1];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (letter === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

/** The errors of one part of telefsm. */
export type Sentences<Code extends FsmErrorCode> = { readonly [C in Code]: CatalogueEntry<C> };

/** The codes whose sentences only scenes carry. */
export type SceneErrorCode =
  | 'STEP_DUPLICATE'
  | 'STEP_UNKNOWN'
  | 'FLOW_EMPTY'
  | 'FLOW_CYCLE'
  | 'NO_CONTEXT'
  | 'INVALID_TRANSITION'
  | 'TRANSITION_LOOP'
  | 'DATA_INVALID'
  | 'INTERRUPTED';

/** The codes whose sentences only the adapters of frameworks carry. */
export type InstallErrorCode = 'NOT_INSTALLED' | 'INSTALLED_TWICE' | 'PROPERTY_TAKEN';

type KernelErrorCode = Exclude<FsmErrorCode, SceneErrorCode | InstallErrorCode>;

/** The errors that every bot may meet, with their messages and what to do. */
export const kernelSentences: Sentences<KernelErrorCode> = {
  TURN_ENDED: {
    message: (d) => `"${d.member}" was used after its turn ended.`,
    fix: 'Add the missing `await`. For work after the turn, use machine.at(…).run(…).',
  },
  NO_CONVERSATION: {
    message: (d) =>
      `This update (${d.updateType}) has no conversation under the strategy "${d.strategy}".`,
    fix: 'Check that `ctx.state.key` (on Telegraf `ctx.fsm.key`) is defined, or choose another strategy.',
  },
  NOT_CONNECTED: {
    message: (d) => `No bot is connected, so "${d.method}" cannot be called.`,
    fix: 'Call machine.connect(bot) or machine.start(bot).',
  },
  INVALID_OPTION: {
    message: (d) =>
      d.found === 'unknown'
        ? `Unknown option "${d.option}".${suggestion(d.option.replace(/^.*[ .]/, ''), d.expected.split(', '))}`
        : d.found === 'missing'
          ? `Missing option "${d.option}". Expected ${d.expected}.`
          : `Invalid option "${d.option}": found ${d.found}. Expected ${d.expected}.`,
    fix: 'Correct the option.',
  },
  INVALID_NAME: {
    message: (d) => `Invalid name for ${d.of}: "${d.name}". Expected ${d.expected}.`,
    fix: 'Choose another name.',
  },
  INVALID_TARGET: {
    message: (d) => `${d.where} was given ${d.found}. Expected ${d.expected}.`,
    fix: 'If it was undefined, check for a typo or a circular import.',
  },
  STATE_REUSED: {
    message: (d) => `The same state() is used for both "${d.first}" and "${d.second}".`,
    fix: 'Call state() once per name.',
  },
  STATE_UNBOUND: {
    message: (d) => `${d.where} was given a state() that belongs to no group.`,
    fix: 'Declare it in states(name, { … }) and use the member of that group.',
  },
  GROUP_DUPLICATE: {
    message: (d) => `Two groups of this machine are named "${d.group}".`,
    fix: 'Rename one. Scenes and flows are groups too.',
  },
  STATE_UNKNOWN: {
    message: (d) => `Unknown state "${d.state}".${suggestion(d.state, d.known)}`,
    fix: 'Add its group to fsm({ states }), or declare the former id with state({ was }).',
  },
  SCENE_UNKNOWN: {
    message: (d) => `Unknown scene "${d.scene}".${suggestion(d.scene, d.known)}`,
    fix: 'Add it to fsm({ states }) or fsm({ scenes }). A flow on a stage needs session({ stage }) or fsm({ scenes: stage.asScenes() }).',
  },
  SCENE_DUPLICATE: {
    message: (d) => `Two scenes of this machine are named "${d.scene}".`,
    fix: 'Rename one.',
  },
  NO_NEIGHBOR: {
    message: (d) =>
      d.state === null
        ? `No state is set, so there is no ${d.direction} state.`
        : `State "${d.state}" has no ${d.direction} state in its group.`,
    fix: 'Move with set(…), or call clear() at the end.',
  },
  NO_HISTORY: {
    message: (d) =>
      `There is no earlier state to go back to${d.state === null ? '' : ` from "${d.state}"`}.`,
    fix: 'Call back() only after a move. fsm({ history }) sets how many moves are stored.',
  },
  NO_SCENE: {
    message: (d) => `"${d.verb}" needs an active scene. A scene that was left is read-only.`,
    fix: 'Enter a scene first. For plain states, use set(null) or clear().',
  },
  NOT_SETTABLE: {
    message: (d) => `State "${d.state}" belongs to scene "${d.scene}" and cannot be set.`,
    fix: 'Enter the scene instead.',
  },
  DATA_NOT_JSON: {
    message: (d) => `The data at "${d.path}" is ${d.found}, which JSON cannot represent.`,
    fix: 'Use plain JSON: a string for a Date, an array for a Map or Set, no functions or classes.',
  },
  DATA_FROZEN: {
    message: (d) => `A handler tried to change frozen data: ${d.reason}.`,
    fix: 'Data and answers are read-only. Change data with ctx.state.edit((draft) => …), or change a copy.',
  },
  TEXT_TOO_LONG: {
    message: (d) => `Telegram rejected a message as too long: "${d.found}".`,
    fix: 'Send at most 4,096 characters, or 1,024 in a caption. To have longer texts split for you, use entities instead of parse_mode.',
  },
  RECORD_TOO_LARGE: {
    message: (d) => `The conversation needs ${d.bytes} bytes, but the limit is ${d.limit}.`,
    fix: 'Store large values elsewhere, or raise fsm({ maxRecordBytes }).',
  },
  RECORD_UNREADABLE: {
    message: (d) => `The value at "${d.key}" is not a telefsm record: ${d.reason}.`,
    fix: 'Find out what else writes to this key, or choose a policy with fsm({ unknownState }).',
  },
  RECORD_NEWER: {
    message: (d) =>
      `Conversation "${d.key}" was written by newer code (version ${d.version}), but this process supports ${d.known}. It was not changed.`,
    fix: 'Deploy the newer version here too.',
  },
  INVALID_MIGRATION: {
    message: (d) =>
      d.known.length === 0
        ? 'The option "migrations" is empty.'
        : `Invalid migration number ${d.version}. Declared: ${list(d.known)}.`,
    fix: 'Number migrations from 1 with whole numbers, or omit the option.',
  },
  INVALID_KEY: {
    message: (d) =>
      `The key of this conversation needs ${d.bytes} bytes, but the limit is ${d.limit}.`,
    fix: 'Return shorter parts from the strategy, or use a shorter namespace.',
  },
  LEASE_LOST: {
    message: (d) =>
      `Another process acquired or deleted the conversation "${d.key}", or its turn exceeded turn.max; ${kept(d.committedBefore)}.`,
    fix: 'Keep handlers shorter than turn.max. Telegram may redeliver the update.',
  },
  COMMIT_UNKNOWN: {
    message: (d) =>
      `The storage did not answer for "${d.key}", so it is unknown whether the turn was committed.`,
    fix: 'Read `cause`, the error of your database client. A redelivery is safe: it runs only if nothing was committed.',
  },
  STORAGE_FAILED: {
    message: (d) => `The storage failed to ${d.operation} "${d.key}"; ${kept(d.committedBefore)}.`,
    fix: 'Read `cause`, the error of your database client.',
  },
  STORAGE_UNUSABLE: {
    message: (d) => `${d.storage} cannot be used: ${d.reason}. ${d.remedy}`,
    fix: 'Once this is fixed, updates are handled again.',
  },
  STORAGE_NEWER: {
    message: (d) =>
      `"${d.storage}" was set up by a newer telefsm (version ${d.version}), but this one supports ${d.known}. It was not changed.`,
    fix: 'Deploy the newer version here too.',
  },
  WAIT_TIMEOUT: {
    message: (d) => `Conversation "${d.key}" was busy for ${d.ms} ms, so the call did not run.`,
    fix: 'Find the handler that does not end, or that waits for its own conversation. Move calls of machine.at(…) into afterCommit(…).',
  },
  QUEUE_FULL: {
    message: (d) => `${d.limit} updates of "${d.key}" are already waiting.`,
    fix: 'Find the slow handler, or raise fsm({ waiting: { limit } }).',
  },
  BUSY: {
    message: (d) => `Conversation "${d.key}" is busy with another turn.`,
    fix: 'Try again, or set fsm({ waiting: { policy: "queue" } }).',
  },
  REENTERED: {
    message: (d) =>
      `A handler of "${d.key}" opened its own conversation and would wait for itself.`,
    fix: 'Use ctx.state of the handler, or move the call into afterCommit(…).',
  },
  STOPPED: {
    message: (d) => `The machine was stopped, so "${d.operation}" did not begin.`,
    fix: 'Stop the bot before the machine.',
  },
  DEADLINES_UNAVAILABLE: {
    message: (d) => `${d.what} needs deadlines, and this storage cannot fire them.`,
    fix: 'Use a storage with deadlines, or set fsm({ deadlines: "on-update" }): deadlines then fire with the next update.',
  },
};
