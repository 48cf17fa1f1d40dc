/** The program of the assistant of `examples/assistant`, behind a webhook. It can be stopped on its way, so that the test kills it there. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as onGrammy from '@telefsm/grammy';
import * as onTelegraf from '@telefsm/telegraf';
import type { LanguageModel } from 'ai';
import { MockLanguageModelV3 } from 'ai/test';
import { Bot, type Context as GrammyContext, webhookCallback } from 'grammy';
import { Telegraf, type Context as TelegrafContext } from 'telegraf';
import { Approval, Assistant, type Desk, trader } from '../../examples/assistant/assistant.ts';
import { mockModel } from '../../examples/assistant/model.ts';
import { type Address, open } from './engines.ts';
import { gatedStorage, type StatementPoint } from './gated-storage.ts';

/** Where it can be stopped. */
export type AssistantPoint =
  | StatementPoint
  | 'the model thinks'
  | 'the model writes'
  | 'the answer is noted';

/** The job of a process. */
export interface AssistantJob {
  readonly framework: 'grammY' | 'Telegraf';
  readonly address: Address;
  /** Of the fake Bot API. */
  readonly api: string;
  readonly token: string;
  readonly operator: number;
}

/** A message to a process: where it stops from now on. */
export interface AssistantTold {
  readonly stopAt: AssistantPoint;
}

/** A message from a process: its port, or the point where it has stopped. */
export type AssistantSaid = { readonly port: number } | { readonly at: AssistantPoint };

const job = JSON.parse(process.argv[2] ?? '') as AssistantJob;
const say = (said: AssistantSaid) => process.send?.(said);
let stop: AssistantPoint | undefined;
/** Whether the model has answered. */
let answered = false;
/** Stops for good. */
const stopAt = (point: AssistantPoint): Promise<never> | undefined => {
  if (stop !== point) return undefined;
  say({ at: point });
  return new Promise(() => {});
};

/** The model of the example, which may get stuck. */
function model(): LanguageModel {
  const usual = mockModel() as MockLanguageModelV3;
  return new MockLanguageModelV3({
    async doStream(options) {
      await stopAt('the model thinks');
      answered = true;
      if (stop !== 'the model writes') return usual.doStream(options);
      const stream = new ReadableStream({
        start(out) {
          out.enqueue({ type: 'stream-start', warnings: [] });
          out.enqueue({ type: 'text-start', id: 't' });
          out.enqueue({ type: 'text-delta', id: 't', delta: 'You said' });
        },
        pull: () => stopAt('the model writes'),
      });
      return { stream };
    },
  });
}

const desk: Desk = { model: model(), operator: job.operator };
const app = [Assistant, Approval, trader] as const;
const options = {
  states: app,
  initial: Assistant,
  services: desk,
  storage: gatedStorage(
    open(job.address).storage,
    (point) =>
      stopAt(point) ??
      (answered && point === 'commit 1 sent' ? stopAt('the answer is noted') : undefined),
  ),
  waiting: { burst: '300ms', interrupt: onGrammy.interruptBy(['stop']) },
  log: { last: 40 },
  lease: 1000,
  sweep: { every: '100ms' },
} as const;

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

async function grammyBot(): Promise<Handle> {
  const bot = new Bot<onGrammy.FsmFlavor<GrammyContext, typeof app>>(job.token, {
    client: { apiRoot: job.api },
  });
  const machine = onGrammy.fsm(options);
  bot.use(machine);
  await bot.init();
  machine.start(bot);
  return webhookCallback(bot, 'http', { timeoutMilliseconds: 55_000 });
}

async function telegrafBot(): Promise<Handle> {
  const bot = new Telegraf<onTelegraf.FsmFlavor<TelegrafContext, typeof app>>(job.token, {
    telegram: { apiRoot: job.api },
  });
  const machine = onTelegraf.fsm(options);
  bot.use(machine);
  bot.botInfo = await bot.telegram.getMe();
  machine.start(bot);
  return bot.webhookCallback('/');
}

const handle = await (job.framework === 'grammY' ? grammyBot() : telegrafBot());
const server = createServer((request, response) => {
  handle(request, response).catch(() => response.writeHead(500).end());
});
server.listen(0, '127.0.0.1', () => say({ port: (server.address() as AddressInfo).port }));
// a test that failed leaves nobody behind
process.on('disconnect', () => process.exit());
process.on('message', (told: AssistantTold) => {
  stop = told.stopAt;
});
