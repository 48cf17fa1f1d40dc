/** Logs by pino: one line for each turn, and one for each thing that went wrong. */

import type { Machine } from '@telefsm/core';
import type { Logger } from 'pino';

/** Logs what a machine does. No data of conversations and no texts of users are written. */
export function logTurns(machine: Pick<Machine, 'observe'>, logger: Logger): void {
  machine.observe('turn', ({ error, subject: _, ...turn }) => {
    if (error === undefined) logger.debug(turn, 'turn');
    else logger.error({ ...turn, err: said(error) }, 'turn failed');
  });
  machine.observe(({ key, from, to, cause }) => {
    if (from.current === to.current) return;
    logger.info({ key, from: from.current, to: to.current, cause }, 'state changed');
  });
  machine.observe('storageFailed', ({ operation, error }) => {
    logger.warn({ operation, err: said(error) }, 'storage failed');
  });
  machine.observe('poisoned', ({ key, updateId, error }) => {
    logger.error({ key, updateId, err: said(error) }, 'update given up');
  });
  machine.observe('deadlineFailed', ({ key, error, retryIn }) => {
    logger.error({ key, retryIn, err: said(error) }, 'deadline failed');
  });
  machine.observe('repaired', ({ key, reason }) => {
    logger.warn({ key, reason }, 'conversation repaired');
  });
}

/** The rest of an error is left out: errors of frameworks and databases contain the call, with its texts. */
function said(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  return { type: name, message, stack };
}
