/** OpenTelemetry, Prometheus and pino for a program: replace the console exporters by those of your backend. */

import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  ConsoleMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ConsoleSpanExporter,
} from '@opentelemetry/sdk-trace-base';
import type { Machine } from '@telefsm/core';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { serve } from 'srvx';
import { logTurns } from './logs.ts';
import { meterTurns } from './metrics.ts';
import { promTurns } from './prometheus.ts';
import { traceTurns } from './traces.ts';

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const traces = new BasicTracerProvider({
  spanProcessors: [new BatchSpanProcessor(new ConsoleSpanExporter())],
});
trace.setGlobalTracerProvider(traces);
const metrics = new MeterProvider({
  readers: [new PeriodicExportingMetricReader({ exporter: new ConsoleMetricExporter() })],
});

/** Makes the spans of this program. */
export const tracer = trace.getTracer('bot');

/** Observes a machine in every way of this example, and serves `/metrics` on port 9464. Returns how to end it. */
export function observe(machine: Pick<Machine, 'observe'>): () => Promise<void> {
  const register = new Registry();
  traceTurns(machine, tracer);
  meterTurns(machine, metrics.getMeter('bot'));
  promTurns(machine, register);
  logTurns(machine, pino({ level: 'debug' }));
  const server = serve({
    port: 9464,
    gracefulShutdown: false,
    fetch: async () =>
      new Response(await register.metrics(), { headers: { 'content-type': register.contentType } }),
  });
  return async () => {
    await Promise.all([server.close(true), traces.shutdown(), metrics.shutdown()]);
  };
}
