/** Views that are shown again from outside, at most once a second in a chat: Telegram allows about one edit a second there. */

import { sleep } from '../lease/calls.ts';
import type { ConversationAddress } from '../transaction/facts.ts';
import type { OpenTurn } from '../transaction/runtime.ts';
import type { MachineRuntime } from './runtime.ts';

/** Ms between two renders in one chat. */
const interval = 1000;

/** When what may begin, by the monotonic clock. */
interface Pace {
  /** Chats, and what has none: their next render. */
  readonly chats: Map<number | string, number>;
  /** Conversations whose render waits. */
  readonly waiting: Map<string, Promise<void>>;
}

const machines = new WeakMap<MachineRuntime, Pace>();

type Render = () => Promise<unknown>;

/** Shows the view again, where there is one; as the work of a turn. */
export function showAgain({ copy, registry, effects }: OpenTurn): void {
  const { scene } = copy.top;
  const behavior = scene === null ? undefined : registry.scenes.get(scene)?.behavior;
  if (behavior?.screen !== undefined) effects.note({ kind: 'ask' });
}

/** Renders now, or when a second has passed since the last time in this chat; calls for a conversation that waits share its render. */
export function paced(
  rt: MachineRuntime,
  { key, subject }: ConversationAddress,
  render: Render,
): Promise<void> {
  const { chats, waiting } = paceOf(rt);
  const before = waiting.get(key);
  if (before !== undefined) return before;
  const now = rt.clock.monotonic();
  for (const [chat, at] of chats) if (at <= now) chats.delete(chat);
  const chat = subject.chat ?? key;
  const at = chats.get(chat) ?? now;
  chats.set(chat, at + interval);
  if (at <= now) return begin(render);
  const rendered = sleep(at - now, rt.clock).then(() => {
    waiting.delete(key);
    return begin(render);
  });
  waiting.set(key, rendered);
  return rendered;
}

async function begin(render: Render): Promise<void> {
  await render();
}

function paceOf(rt: MachineRuntime): Pace {
  const pace = machines.get(rt) ?? { chats: new Map(), waiting: new Map() };
  machines.set(rt, pace);
  return pace;
}
