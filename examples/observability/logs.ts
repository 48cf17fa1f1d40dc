/** Logs by pino: one line for each turn, and one for each thing that went wrong. */

import type { Machine } from '@telefsm/core';
import type { Logger } from 'pino';

/** Logs what a machine does. No data of conversations and no texts of users are written. */
export function logTurns(machine: Pick<Machine, 'observe'>, logger: Logger): void {
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
