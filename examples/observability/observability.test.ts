import { context, SpanStatusCode } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { FsmStorage, Machine } from '@telefsm/core';
import { sqliteStorage } from '@telefsm/storage-sqlite';
import { telegram, virtualClock } from '@telefsm/testing';
import { Bot, GrammyError } from 'grammy';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { Telegraf } from 'telegraf';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import * as onGrammy from './grammy.ts';
import { logTurns } from './logs.ts';
import { meterTurns } from './metrics.ts';
import { promTurns } from './prometheus.ts';
import { texts } from './table.ts';
import * as onTelegraf from './telegraf.ts';
import { traceTurns } from './traces.ts';

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});

/** Exporters that keep what they are given. */
function telemetry() {
  const spans = new InMemorySpanExporter();
  const traces = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metrics });
  const meters = new MeterProvider({ readers: [reader] });
  const register = new Registry();
  const lines: { readonly msg: string; readonly [field: string]: unknown }[] = [];
  const logger = pino({ level: 'debug' }, { write: (line) => lines.push(JSON.parse(line)) });
  return {
    tracer: traces.getTracer('test'),
    spans: () => spans.getFinishedSpans(),
    lines,
    register,
    observe(machine: Pick<Machine, 'observe'>) {
      traceTurns(machine, traces.getTracer('test'));
      meterTurns(machine, meters.getMeter('test'));
      promTurns(machine, register);
      logTurns(machine, logger);
    },
    /** The points of a metric: their attributes, and the sum of a counter or the count and sum of a histogram. */
    async points(name: string) {
      await reader.forceFlush();
      const exported = metrics.getMetrics().at(-1)?.scopeMetrics ?? [];
      const found = exported
        .flatMap((scope) => scope.metrics)
        .filter(({ descriptor }) => descriptor.name === name);
      return found
        .flatMap(({ dataPoints }): { attributes: object; value: unknown }[] => [...dataPoints])
        .map(({ attributes, value }) => ({ ...attributes, value }));
    },
  };
}

type Telemetry = ReturnType<typeof telemetry>;

function grammyBot({ tracer, observe }: Telemetry, clock = virtualClock(), storage?: FsmStorage) {
  const bot = new Bot<onGrammy.MyContext>('1:test');
  const machine = onGrammy.setUp(bot, tracer, { clock, ...(storage && { storage }) });
  observe(machine);
  machine.start(bot);
  return telegram(bot, { clock });
}

function telegrafBot({ tracer, observe }: Telemetry, clock = virtualClock(), storage?: FsmStorage) {
  const bot = new Telegraf<onTelegraf.MyContext>('1:test');
  const machine = onTelegraf.setUp(bot, tracer, { clock, ...(storage && { storage }) });
  observe(machine);
  machine.start(bot);
  return telegram(bot, { clock });
}

describe.each([
  ['grammY', grammyBot],
  ['Telegraf', telegrafBot],
])('a bot on %s', (_, start) => {
  it('exports a span for each update and, below it, one for its turn', async () => {
    const seen = telemetry();
    const anna = start(seen).user('Anna');
    await anna.sends('/table');
    await anna.taps('2');
    const [turn, update, ...later] = seen.spans();
    expect(update).toMatchObject({
      name: 'telegram update',
      status: { code: SpanStatusCode.UNSET },
    });
    expect(turn).toMatchObject({
      name: 'telefsm turn',
      attributes: {
        'telefsm.cause': 'update',
        'telefsm.key': `telefsm:b1:c${anna.id}:u${anna.id}`,
      },
    });
    expect(turn?.parentSpanContext?.spanId).toBe(update?.spanContext().spanId);
    expect(later.map(({ name }) => name)).toEqual(['telefsm turn', 'telegram update']);
    expect(later[0]?.spanContext().traceId).not.toBe(turn?.spanContext().traceId);
  });

  it('exports a failed update as an error, in spans, metrics and the log', async () => {
    const seen = telemetry();
    const world = start(seen);
    const anna = world.user('Anna');
    world.fails('sendMessage', { error_code: 400, description: 'Bad Request: chat not found' });
    await expect(anna.sends('hello')).rejects.toThrow('chat not found');
    const [turn, update] = seen.spans();
    for (const span of [turn, update]) {
      expect(span?.status.code).toBe(SpanStatusCode.ERROR);
      expect(span?.events[0]?.attributes?.['exception.message']).toContain('chat not found');
    }
    expect(await seen.points('telefsm.turn.duration')).toMatchObject([
      { cause: 'update', outcome: 'error', value: { count: 1 } },
    ]);
    expect(seen.lines).toMatchObject([{ level: 50, msg: 'turn failed', cause: 'update' }]);
    expect(JSON.stringify(seen.lines)).toContain('chat not found');
    expect(JSON.stringify(seen.lines)).not.toContain(texts.howTo);
  });

  it('logs the causes of an error, without the messages that could not be sent', async () => {
    const seen = telemetry();
    const storage = sqliteStorage(':memory:');
    const refused = { ok: false, error_code: 400, description: 'chat not found' } as const;
    const payload = { chat_id: 1, text: texts.howTo };
    const unsent = new GrammyError('Call failed', refused, 'sendMessage', payload);
    const cause = new Error('connect ECONNREFUSED 127.0.0.1:6379', { cause: unsent });
    vi.spyOn(storage, 'acquire').mockRejectedValue(Object.assign(cause, { payload }));
    vi.spyOn(storage, 'classify').mockReturnValue('fatal');
    const anna = start(seen, virtualClock(), storage).user('Anna');
    await expect(anna.sends('hello')).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    const words = /^The storage failed.*: connect ECONNREFUSED 127.0.0.1:6379: .*chat not found/s;
    const turn = seen.lines.find(({ msg }) => msg === 'turn failed');
    expect(turn).toMatchObject({
      err: {
        type: 'FsmError',
        message: expect.stringMatching(words),
        stack: expect.stringMatching(/caused by: .*ECONNREFUSED.*caused by: .*chat not found/s),
      },
    });
    expect(JSON.stringify(seen.lines)).not.toContain(texts.howTo);
  });

  it('exports turns, waits and late deadlines as metrics, also for Prometheus', async () => {
    const seen = telemetry();
    const clock = virtualClock();
    const anna = start(seen, clock).user('Anna');
    await anna.sends('/table');
    await clock.advance('10m');
    await clock.advance('1m');
    anna.sees('Time is up. Please start again.');
    const turns = await seen.points('telefsm.turn.duration');
    expect(turns).toMatchObject([
      { cause: 'update', outcome: 'ok', value: { count: 1 } },
      { cause: 'deadline', outcome: 'ok', value: { count: 1 } },
    ]);
    expect(await seen.points('telefsm.turn.wait')).toHaveLength(2);
    expect(await seen.points('telefsm.deadline.lateness')).toMatchObject([{ value: { count: 1 } }]);
    const page = await seen.register.metrics();
    expect(page).toContain('telefsm_turn_duration_seconds_count{cause="update",outcome="ok"} 1');
    expect(page).toContain('telefsm_turn_wait_seconds_count{cause="deadline"} 1');
    expect(page).toContain('telefsm_deadline_lateness_seconds_count 1');
    expect(page).toContain('telefsm_lease_losses_total 0');
    const [deadline] = seen.spans().slice(-1);
    expect(deadline).toMatchObject({ name: 'telefsm turn', parentSpanContext: undefined });
  });

  it('counts a turn that another process overtook, as a lost lease', async () => {
    const seen = telemetry();
    const clock = virtualClock();
    const storage = sqliteStorage(':memory:', { clock });
    // The clock of the bot stands still, as in a process that is stopped: it renews nothing.
    const anna = start(seen, virtualClock(), storage).user('Anna');
    const commit = storage.commit.bind(storage);
    vi.spyOn(storage, 'commit').mockImplementationOnce(async (key, ...rest) => {
      await clock.advance('1m');
      await storage.acquire(key, { token: 'another process', lease: 15_000, queue: false });
      return commit(key, ...rest);
    });
    await expect(anna.sends('/table')).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(await seen.points('telefsm.lease.losses')).toMatchObject([{ value: 1 }]);
    expect(await seen.register.metrics()).toContain('telefsm_lease_losses_total 1');
  });

  it('logs each change of a state, and neither texts nor data', async () => {
    const seen = telemetry();
    const anna = start(seen).user('Anna');
    await anna.sends('/table');
    await anna.taps('2');
    await anna.sends('a secret name');
    const changes = seen.lines.filter(({ msg }) => msg === 'state changed');
    expect(changes).toMatchObject([
      { from: null, to: 'table:guests' },
      { from: 'table:guests', to: 'table:name' },
      { from: 'table:name', to: null },
    ]);
    expect(seen.lines.filter(({ msg }) => msg === 'turn')).toHaveLength(3);
    expect(JSON.stringify(seen.lines)).not.toContain('secret');
  });
});
