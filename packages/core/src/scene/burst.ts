/** Messages that a node collects and answers together. They are stored as they come, so a crash or a redelivery loses and repeats none. */

import { holds } from '../base/holds.ts';
import { burstTimer, type SceneRun } from '../conversation/behavior.ts';
import type { SessionTurn } from '../conversation/turn.ts';
import { fromOf } from '../update/address.ts';
import { inputOf, type UserInput } from '../update/input.ts';
import { messagesIn } from '../update/messages.ts';
import type { RawUpdate } from '../update/raw-update.ts';

/** How many messages are collected before they are answered without waiting for more. */
const most = 100;

/** Collected messages as one turn. */
export interface Burst {
  readonly turn: SessionTurn<object>;
  readonly input: UserInput;
}

/** Keeps a message to be answered with others; `false` if it is answered by itself. */
export function collect(run: SceneRun, { update }: UserInput): boolean {
  const { burst } = run.defaults;
  const [message] = messagesIn(update);
  if (burst === undefined || message === undefined) return false;
  const kept = [...updatesIn(run.memo), update].sort((a, b) => numberOf(a) - numberOf(b));
  run.keep({ memo: { ...run.memo, burst: kept } });
  run.arm(burstTimer, kept.length < most ? burst.quiet : 0);
  return true;
}

/** Two processes may store two messages in another order than they were written in. */
function numberOf(update: RawUpdate): number {
  return messagesIn(update)[0]?.message_id ?? 0;
}

/** Takes what was collected, out of the memo; `undefined` if there is nothing. */
export function takeBurst(run: SceneRun): Burst | undefined {
  const updates = updatesIn(run.memo);
  const { burst: _, ...memo } = run.memo;
  run.keep({ memo });
  const inputs = updates.flatMap((update) => inputOf(update) ?? []);
  const last = inputs.at(-1);
  if (last === undefined) return undefined;
  const isWhole = run.defaults.burst?.answer !== 'latest';
  const input = isWhole ? joined(inputs, last) : last;
  return { turn: turnOf(run.turn, updates, last.update), input };
}

function updatesIn({ burst }: SceneRun['memo']): readonly RawUpdate[] {
  return Array.isArray(burst) ? burst.filter(isUpdate) : [];
}

function isUpdate(found: unknown): found is RawUpdate {
  return holds(found, 'update_id');
}

function joined(inputs: readonly UserInput[], last: UserInput): UserInput {
  if (last.kind !== 'text') return last;
  const texts = inputs.flatMap((input) => (input.kind === 'text' ? [input.text] : []));
  const text = texts.join('\n');
  return { ...last, text, value: text };
}

/** The turn of the last message. It inherits, so that services are not looked at before their time. */
function turnOf(
  turn: SessionTurn<object>,
  updates: readonly RawUpdate[],
  update: RawUpdate,
): SessionTurn<object> {
  const own = {
    id: `${turn.subject.bot}:${update.update_id}`,
    update,
    from: fromOf(update),
    messages: updates.flatMap(messagesIn),
  };
  return Object.create(turn, Object.getOwnPropertyDescriptors(own));
}
