/** Stored conversations against the code: what a deploy would strand. */

import { type FsmStorage, isFsmError } from '@telefsm/core';
import type { MachineDescription, UpdateMachine } from '@telefsm/core/adapter';
import type { StoredConversation } from '@telefsm/core/storage';
import { botPrefix, describeMachine, namespacePrefix, parseKey } from '@telefsm/core/tools';
import { walk } from './listing.ts';

/** As much of a machine as a check of its storage needs. */
export type CheckedMachine = Pick<UpdateMachine, 'inspect' | '~runtime'>;

/** A fault of stored conversations: a state, a step or a record that the code cannot continue. */
export interface StoredFault {
  /** `error`: its conversations fall under `unknownState`, or are not handled; `warning`: their flow continues at its first open question. */
  readonly severity: 'error' | 'warning';
  readonly code: StoredFaultCode;
  /** The stored state. */
  readonly where: string;
  readonly message: string;
  /** How many conversations are in it. */
  readonly conversations: number;
  /** Keys of some of them. */
  readonly examples: readonly string[];
}

/** Kinds of a {@link StoredFault}. */
export type StoredFaultCode =
  | 'STORED_STATE_UNKNOWN'
  | 'STORED_STEP_GONE'
  | 'STORED_DATA_INVALID'
  | 'STORED_RECORD_UNREADABLE'
  | 'STORED_RECORD_NEWER'
  | 'STORED_CHECK_FAILED';

/** The result of a check of stored conversations. */
export interface StoredCheck {
  readonly looked: number;
  /** The bots that have conversations in the storage, of those that were checked. */
  readonly bots: readonly number[];
  readonly faults: readonly StoredFault[];
}

/** A fault of one conversation; `detail` is that of the first one of its kind. */
interface Finding {
  readonly code: StoredFaultCode;
  readonly where: string;
  readonly detail: string;
}

const mostExamples = 3;

/** How stored conversations are checked. */
export interface StoredCheckOptions {
  /** The id of the only bot whose conversations are checked. Default: every bot's. */
  readonly bot?: number | undefined;
  /** Called now and then with how many have been checked. */
  progress?(looked: number): void;
}

/** Walks the conversations of a machine and looks at each as its next update would: state, scenes, data by its schema, migrations. */
export async function checkStored(
  storage: FsmStorage,
  machine: CheckedMachine,
  { bot, progress }: StoredCheckOptions = {},
): Promise<StoredCheck> {
  const description = describeMachine(machine);
  const verdict = judgeOf(description);
  const found = new Map<string, Finding & { count: number; readonly examples: string[] }>();
  let looked = 0;
  const bots = new Set<number>();
  for await (const stored of walk(storage, { prefix: prefixOf(description, bot) })) {
    looked += 1;
    progress?.(looked);
    const parts = parseKey(stored.key);
    if (parts !== undefined) bots.add(parts.bot);
    const finding = await findingIn(machine, stored, verdict);
    if (finding === undefined) continue;
    const kind = `${finding.code} ${finding.where}`;
    const entry = found.get(kind) ?? { ...finding, count: 0, examples: [] };
    entry.count += 1;
    if (entry.examples.length < mostExamples) entry.examples.push(stored.key);
    found.set(kind, entry);
  }
  const faults = [...found.values()].map((entry): StoredFault => {
    const { code, where, count, examples } = entry;
    const severity = code === 'STORED_STEP_GONE' ? 'warning' : 'error';
    const message = messageOf(entry, count);
    return { severity, code, where, message, conversations: count, examples };
  });
  return { looked, bots: [...bots], faults };
}

/** Begins the keys of a machine's conversations, or of those of one of its bots. */
export function prefixOf({ namespace }: MachineDescription, bot: number | undefined): string {
  return bot === undefined ? namespacePrefix(namespace) : botPrefix(namespace, bot);
}

async function findingIn(
  machine: CheckedMachine,
  conversation: StoredConversation,
  verdict: (state: string) => Verdict,
): Promise<Finding | undefined> {
  const where = conversation.state ?? '(no state)';
  try {
    const unknown = await machine.inspect(conversation);
    if (unknown === undefined) {
      const isGone = conversation.state !== null && verdict(conversation.state) === 'gone';
      return isGone ? { code: 'STORED_STEP_GONE', where, detail: '' } : undefined;
    }
    const { stored, reason, issues } = unknown;
    const detail = issues.join('; ');
    if (reason === 'data') return { code: 'STORED_DATA_INVALID', where: stored, detail };
    if (reason === 'record') return { code: 'STORED_RECORD_UNREADABLE', where, detail };
    return { code: 'STORED_STATE_UNKNOWN', where: stored, detail };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const isNewer = isFsmError(error, 'RECORD_NEWER');
    return { code: isNewer ? 'STORED_RECORD_NEWER' : 'STORED_CHECK_FAILED', where, detail };
  }
}

/** The verdict on a stored state. */
export type Verdict = 'known' | 'gone' | 'unknown';

/** Returns whether the code has a stored state, has only its flow, or has neither. */
export function judgeOf({
  states,
  scenes,
  strict,
}: MachineDescription): (state: string) => Verdict {
  const known = new Set(states.flatMap(({ id, was }) => [id, ...was]));
  const flows = scenes.flatMap(({ id, was }) => [id, ...was].map((name) => ({ name, id })));
  return (state) => {
    if (known.has(state)) return 'known';
    const flow = flows.find(
      ({ name }) => state.startsWith(`${name}:`) || state.startsWith(`${name}.`),
    );
    if (flow === undefined) return strict ? 'unknown' : 'known';
    // where a scene is renamed, so are its states: theirs begin with its id
    return known.has(`${flow.id}${state.slice(flow.name.length)}`) ? 'known' : 'gone';
  };
}

function messageOf({ code, where, detail }: Finding, count: number): string {
  const are = count === 1 ? '1 conversation is' : `${count} conversations are`;
  const policy = 'treated as `unknownState` says';
  switch (code) {
    case 'STORED_STEP_GONE':
      return `${are} in '${where}', which the code does not have: the flow will continue at its first open question. If the step was renamed, add its former name in \`was\`.`;
    case 'STORED_STATE_UNKNOWN':
      return `${are} in '${where}', which the code does not have: they will be ${policy}. If the state was renamed, name its former id in \`was\`; else migrate or clear them first.`;
    case 'STORED_DATA_INVALID':
      return `${are} in '${where}' with data that its schema rejects (${detail}): they will be ${policy}. Add a migration, or let the schema accept the stored data.`;
    case 'STORED_RECORD_UNREADABLE':
      return `${are} unreadable (${detail}): they will be ${policy}. See what else writes to this storage.`;
    case 'STORED_RECORD_NEWER':
      return `${are} of a newer version, and left alone: their updates will fail. ${detail}`;
    case 'STORED_CHECK_FAILED':
      return `${are} in '${where}', and a migration or a schema throws when it sees them: their updates will fail. It said: ${detail}`;
  }
}
