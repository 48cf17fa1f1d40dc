/** The assistant, killed in each phase of an answer and continued by another process. */

import { afterAll, describe, expect, it } from 'vitest';
import { Approval, Assistant, trader } from '../../examples/assistant/assistant.ts';
import { mockModel } from '../../examples/assistant/model.ts';
import { createMachine } from '../../packages/core/src/adapter.ts';
import { botApiServer } from '../../packages/testing/src/index.ts';
import { balancer } from '../assistants/balancer.ts';
import { bundle, type Program, type TestProcess } from '../servers/processes.ts';
import { until } from '../servers/until.ts';
import type {
  AssistantJob,
  AssistantPoint,
  AssistantSaid,
  AssistantTold,
} from './assistant-bot.ts';
import { type Address, open } from './engines.ts';
import { engineOf, engines, type RunningEngine } from './servers.ts';

const program: { built?: Promise<Program> } = {};
const token = '1:assistant';

/** Removes the bundle of the bot. */
async function removeAssistants(): Promise<void> {
  const { built } = program;
  delete program.built;
  await (await built)?.remove();
}

/** A user, an operator, and the processes of one bot. */
async function setUp(engine: RunningEngine, framework: AssistantJob['framework']) {
  program.built ??= bundle(new URL('./assistant-bot.ts', import.meta.url));
  const { start } = await program.built;
  const world = await botApiServer({ token });
  const balance = await balancer();
  const [anna, olga] = [world.user('Anna'), world.user('Olga')];
  const address = engine.newAddress();
  const job: AssistantJob = { framework, address, api: world.url, token, operator: olga.id };
  let process: TestProcess<AssistantSaid, AssistantTold> | undefined;
  const starts = async () => {
    process = start<AssistantSaid, AssistantTold>(job);
    const said = await process.next();
    balance.ports = ['port' in said ? said.port : 0];
  };
  await starts();
  await fetch(`${world.url}/bot${token}/setWebhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url: balance.url }),
  });
  await anna.sends('hello');
  return {
    world,
    anna,
    olga,
    /** Lets the process stop at a point while something happens, kills it there, and starts the next. */
    async isKilled(at: AssistantPoint, what: () => Promise<unknown>) {
      process?.tell({ stopAt: at });
      const happened = what();
      expect(await process?.next()).toEqual({ at });
      if (at === 'the model writes') {
        await until(() => world.calls.some(({ method }) => method === 'sendMessageDraft'));
      }
      await process?.kill();
      await starts();
      return happened;
    },
    /** Kills the process, and starts the next. */
    async isReplaced() {
      await process?.kill();
      await starts();
    },
    /** How often the bot has said this to a user. */
    times: (user: { readonly id: number }, text: string) =>
      world.calls.filter(
        ({ method, payload, answer }) =>
          !method.endsWith('Draft') &&
          answer?.ok === true &&
          Number(payload['chat_id']) === user.id &&
          payload['text'] === text,
      ).length,
    /** The stored conversation. */
    async kept() {
      const { storage, close } = open(address);
      const services = { model: mockModel() };
      const states = [Assistant, Approval, trader];
      const machine = createMachine({ states, initial: Assistant, services, storage } as object);
      const snapshot = await machine.at({ user: anna.id, bot: 1 }).peek();
      await machine.stop();
      await close();
      return { state: snapshot?.current, log: snapshot?.log?.map(({ text }) => text) };
    },
    async end() {
      await process?.kill();
      await balance.close();
      await world.stop();
    },
  };
}

type Room = Awaited<ReturnType<typeof setUp>>;

const question = 'A customer asks: sell everything';
const agreed = 'The operator agrees.';

const phases: readonly { readonly name: string; play(room: Room): Promise<void> }[] = [
  {
    name: 'between two messages of a thought',
    async play({ anna, isReplaced, times, kept }) {
      await anna.sends('What is');
      await isReplaced();
      await anna.sends('the weather');
      const answers = async () =>
        (await kept()).log?.filter((text) => /^You said/.test(text)) ?? [];
      const words = 'You said: What is\nthe weather';
      // a slow start may have answered the first one already
      const apart = ['You said: What is', 'You said: the weather'];
      await until(async () => [words, apart.join()].includes((await answers()).join()));
      expect(times(anna, words) + times(anna, 'You said: the weather')).toBe(1);
    },
  },
  {
    name: 'in the quiet time, when nothing else comes',
    async play({ anna, isReplaced, times, kept }) {
      await anna.sends('the weather');
      await isReplaced();
      await until(async () => (await kept()).log?.at(-1) === 'You said: the weather');
      expect(times(anna, 'You said: the weather')).toBe(1);
    },
  },
  ...(['the model thinks', 'the model writes', 'the answer is noted'] as const).map((at) => ({
    name: `when ${at}`,
    async play({ anna, isKilled, times, kept }: Room) {
      await isKilled(at, () => anna.sends('the weather'));
      await until(async () => (await kept()).log?.at(-1) === 'You said: the weather');
      // an answer that was sent and not noted is sent again
      const isTwice = at === 'the answer is noted';
      expect(times(anna, 'You said: the weather')).toBe(isTwice ? 2 : 1);
      expect((await kept()).log?.filter((text) => text === 'the weather')).toHaveLength(1);
    },
  })),
  {
    name: 'before the message of a user is noted',
    async play({ anna, isKilled, times, kept }) {
      await isKilled('commit 1 sent', () => anna.sends('the weather'));
      await until(async () => (await kept()).log?.at(-1) === 'You said: the weather');
      expect(times(anna, 'You said: the weather')).toBe(1);
    },
  },
  {
    name: 'while the operator is asked',
    async play({ anna, olga, isReplaced, times, kept }) {
      await anna.sends('sell everything');
      await until(() => times(olga, question) === 1);
      await until(async () => (await kept()).state === 'approval:verdict');
      await isReplaced();
      await olga.taps('Allow');
      await until(() => times(anna, agreed) === 1);
      expect(times(olga, 'sell everything: allowed by Olga')).toBe(1);
      await until(async () => (await kept()).state === 'assistant');
    },
  },
  {
    name: "when the operator's answer is about to be noted",
    async play({ anna, olga, isKilled, times, kept }) {
      await anna.sends('sell everything');
      await until(() => times(olga, question) === 1);
      await until(async () => (await kept()).state === 'approval:verdict');
      await isKilled('commit 1 sent', () => olga.taps('Allow'));
      await until(() => times(anna, agreed) === 1);
      expect(times(olga, 'sell everything: allowed by Olga')).toBe(1);
    },
  },
];

/** Kills the assistant in each phase on one engine, on both frameworks. */
export function describeKills(engine: Address['engine']): void {
  afterAll(removeAssistants);
  describe.each(engines.filter(({ name }) => name === engine))('on $name', ({ start }) => {
    const on = engineOf(start);
    describe.each(['grammY', 'Telegraf'] as const)(
      'the assistant on %s goes on when it is killed',
      (framework) => {
        it.each(phases)('$name', async ({ play }) => {
          const room = await setUp(on.engine, framework);
          try {
            await play(room);
          } finally {
            await room.end();
          }
        });
      },
    );
  });
}
