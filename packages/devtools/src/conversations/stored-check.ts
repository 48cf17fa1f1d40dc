/** Stored conversations against the code: what a deploy would strand. */

import { type FsmStorage, type MachineDescription, namespacePrefix } from '@telefsm/core';
import { walk } from './listing.ts';

/** A state that is stored and that the code does not have. */
export interface StoredFault {
  /** `error`: its conversations fall under `unknownState`; `warning`: their flow goes on at its first open question. */
  readonly severity: 'error' | 'warning';
  readonly code: 'STORED_STATE_UNKNOWN' | 'STORED_STEP_GONE';
  /** The stored state. */
  readonly where: string;
  readonly message: string;
  /** How many conversations are in it. */
  readonly conversations: number;
  /** Keys of some of them. */
  readonly examples: readonly string[];
}

/** What a check of stored conversations found. */
export interface StoredCheck {
  readonly looked: number;
  readonly faults: readonly StoredFault[];
}

const mostExamples = 3;

/**
 * Walks the conversations of a machine and finds states that its code does not have under their present or a former name.
 *
 * @param progress - hears how many have been looked at, now and then
 */
export async function checkStored(
  storage: FsmStorage,
  description: MachineDescription,
  progress: (looked: number) => void = () => {},
): Promise<StoredCheck> {
  const verdict = judgeOf(description);
  const found = new Map<string, { count: number; readonly examples: string[] }>();
  let looked = 0;
  for await (const { key, state } of walk(storage, {
    prefix: namespacePrefix(description.namespace),
  })) {
    looked += 1;
    progress(looked);
    if (state === null || verdict(state) === 'known') continue;
    const entry = found.get(state) ?? { count: 0, examples: [] };
    entry.count += 1;
    if (entry.examples.length < mostExamples) entry.examples.push(key);
    found.set(state, entry);
  }
  const faults = [...found].map(([state, { count, examples }]) => {
    return faultOf(state, verdict(state) === 'gone', count, examples);
  });
  return { looked, faults };
}

/** What became of a stored state. */
export type Verdict = 'known' | 'gone' | 'unknown';

/** Tells of a stored state whether the code has it, has its flow, or does not know it. */
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

function faultOf(
  state: string,
  isStep: boolean,
  conversations: number,
  examples: readonly string[],
): StoredFault {
  const many = conversations === 1 ? '1 conversation is' : `${conversations} conversations are`;
  const found = `${many} in '${state}', which the code does not have`;
  if (isStep) {
    const message = `${found}: the flow will go on at its first open question. If the step was renamed, name its former name in \`was\`.`;
    return {
      severity: 'warning',
      code: 'STORED_STEP_GONE',
      where: state,
      message,
      conversations,
      examples,
    };
  }
  const message = `${found}: they will be treated as \`unknownState\` says. If the state was renamed, name its former id in \`was\`; else migrate or clear them first.`;
  return {
    severity: 'error',
    code: 'STORED_STATE_UNKNOWN',
    where: state,
    message,
    conversations,
    examples,
  };
}
