/** Logs by pino: one line for each turn, and one for each thing that went wrong. */

import type { Machine } from '@telefsm/core';
import { type Logger, stdSerializers } from 'pino';

/** Logs what a machine does. No data of conversations and no texts of users are written. */
export function logTurns(machine: Pick<Machine, 'observe'>, parent: Logger): void {
  const logger = parent.child({}, { serializers: { err: shownError } });
  machine.observe('turn', ({ error, subject: _, ...turn }) => {
    if (error === undefined) logger.debug(turn, 'turn');
    else logger.error({ ...turn, err: error }, 'turn failed');
  });
  machine.observe(({ key, from, to, cause }) => {
    if (from.current === to.current) return;
    logger.info({ key, from: from.current, to: to.current, cause }, 'state changed');
  });
  machine.observe('storageFailed', ({ operation, error }) => {
    logger.warn({ operation, err: error }, 'storage failed');
  });
  machine.observe('poisoned', ({ key, updateId, error }) => {
    logger.error({ key, updateId, err: error }, 'update given up');
  });
  machine.observe('deadlineFailed', ({ key, error, retryIn }) => {
    logger.error({ key, retryIn, err: error }, 'deadline failed');
  });
  machine.observe('repaired', ({ key, reason }) => {
    logger.warn({ key, reason }, 'conversation repaired');
  });
}

/**
 * Messages and stacks, also those of the causes. The rest of an error is left out: errors of frameworks and databases contain the call, with
 * its texts.
 */
function shownError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { type, message, stack } = stdSerializers.err(error);
  return { type, message, stack };
}
