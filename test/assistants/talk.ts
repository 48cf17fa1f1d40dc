/** One conversation of a user with processes of one bot, over the fake Bot API, and what came of it. */

import { setTimeout as pause } from 'node:timers/promises';
import { botApiServer } from '../../packages/testing/src/index.ts';
import type { Program, TestProcess } from '../servers/processes.ts';
import { balancer } from './balancer.ts';
import { type Job, lastWord, type Said } from './model.ts';

/** The outcome of a user's messages. */
export interface Outcome {
  readonly messages: number;
  /** How many are in a complete answer. */
  readonly answered: number;
  /** In no complete answer, although nobody has stopped it. */
  readonly lost: number;
  /** In more than one complete answer. */
  readonly doubled: number;
  /** Answered after one that was written later. */
  readonly late: number;
  /** Complete answers. */
  readonly answers: number;
  /** Whether the answer that was taken back was stopped; `undefined` if none was. */
  readonly stopped: boolean | undefined;
}

/** The actions of a script in a conversation. */
export interface Talk {
  /** Writes the next message of the user, `m1` first, or a command. */
  sends(command?: string): void;
  /** Resolves when the model has begun so many answers. */
  thinks(answers: number): Promise<void>;
  /** Resolves when nothing has happened for so many ms, except that words were written. */
  quiet(ms: number): Promise<void>;
  /** Starts another process; updates are shared out from now on. */
  starts(): Promise<void>;
  /** Kills the process that was started first. */
  kills(): Promise<void>;
  /** Loses the answers to the next updates on their way to Telegram. */
  losesAnswers(count: number): void;
  /** The message with this number was taken back by its user: nobody waits for its answer. */
  isTakenBack(number: number): void;
}

const token = '1:assistant';

/** Plays a script. */
export async function talk(
  program: Program,
  job: Pick<Job, 'best' | 'redis'>,
  script: (talk: Talk) => Promise<void>,
): Promise<Outcome> {
  const telegram = await botApiServer({ token });
  const balance = await balancer();
  const anna = telegram.user('Anna');
  const processes: TestProcess<Said>[] = [];
  const takenBack = new Set<string>();
  let messages = 0;
  let begun = 0;
  let changed = performance.now();
  const onMessage = (process: { port?: number }) => (said: unknown) => {
    changed = performance.now();
    const message = said as Said;
    if ('port' in message) process.port = message.port;
    else if (message.model === 'begins') begun++;
  };
  const until = async (holds: () => boolean) => {
    while (!holds()) await pause(20);
  };
  const starts = async () => {
    const process: { port?: number } = {};
    const options = { onMessage: onMessage(process) };
    const full: Job = { ...job, token, api: telegram.url };
    processes.push(program.start<Said>(full, options));
    await until(() => process.port !== undefined);
    balance.ports = [...balance.ports, process.port ?? 0];
  };
  await starts();
  const hook = `${telegram.url}/bot${token}/setWebhook`;
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ url: balance.url });
  await fetch(hook, { method: 'POST', headers, body });
  try {
    await anna.sends('hello');
    // the Chat SDK answers behind the webhook, which Telegram has confirmed
    await until(() => telegram.transcript().includes('Hello.'));
    await script({
      sends(command) {
        changed = performance.now();
        // resolves when Telegram knows that it was handled
        void anna.sends(command ?? `m${++messages}`).catch(() => {});
      },
      thinks: (answers) => until(() => begun >= answers),
      async quiet(ms) {
        const since = performance.now();
        while (performance.now() - Math.max(changed, since) < ms) await pause(100);
      },
      starts,
      async kills() {
        balance.ports = balance.ports.slice(1);
        await processes.shift()?.kill();
        changed = performance.now();
      },
      losesAnswers(count) {
        balance.lostAnswers = count;
      },
      isTakenBack: (number) => void takenBack.add(`m${number}`),
    });
    const answers = completeAnswers(telegram.calls);
    return { ...outcomeOf(messages, answers, takenBack), answers: answers.length };
  } finally {
    await Promise.all(processes.map((process) => process.kill()));
    await balance.close();
    await telegram.stop();
  }
}

/** The messages that each complete answer names. A message that is edited counts once. */
function completeAnswers(
  calls: readonly { readonly method: string; readonly payload: object; readonly answer: unknown }[],
): readonly (readonly string[])[] {
  const answers = new Map<string, readonly string[]>();
  for (const [number, { method, payload, answer }] of calls.entries()) {
    const { text, rich_message, message_id } = payload as {
      readonly text?: string;
      readonly rich_message?: { readonly markdown?: string };
      readonly message_id?: number;
    };
    const shown = text ?? rich_message?.markdown ?? '';
    const isSent = (answer as { readonly ok?: boolean } | undefined)?.ok === true;
    if (!isSent || /Draft$/.test(method) || !shown.includes(lastWord)) continue;
    answers.set(
      message_id ? `message ${message_id}` : `call ${number}`,
      shown.match(/\bm\d+/g) ?? [],
    );
  }
  return [...answers.values()];
}

function outcomeOf(
  count: number,
  answers: readonly (readonly string[])[],
  takenBack: ReadonlySet<string>,
): Omit<Outcome, 'answers'> {
  const names = Array.from({ length: count }, (_, at) => `m${at + 1}`);
  const found = answers.flat();
  const first = names.map((name) => found.indexOf(name));
  const times = (name: string) => found.filter((each) => each === name).length;
  const isStopped = [...takenBack].every((name) => times(name) === 0);
  return {
    stopped: takenBack.size === 0 ? undefined : isStopped,
    messages: count - takenBack.size,
    answered: names.filter((name) => times(name) > 0 && !takenBack.has(name)).length,
    lost: names.filter((name) => times(name) === 0 && !takenBack.has(name)).length,
    doubled: names.filter((name) => times(name) > 1).length,
    late: first.filter((at, number) => {
      const later = first.slice(number + 1).filter((other) => other >= 0);
      return at >= 0 && later.some((other) => other < at);
    }).length,
  };
}
