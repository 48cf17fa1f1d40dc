/** Wake-ups: how a process is notified that it was handed a conversation it waits for. */

import type { Clock } from '../base/clock.ts';
import type { StorageStatements } from '../storage/statements.ts';

/** How long a message channel that could not be opened is left alone, in ms. */
const pause = 60_000;

/** The message channel of one machine; opened at the first contention. */
export interface WakeUps {
  /** Whether messages arrive. */
  readonly isOpen: boolean;
  /** Whether messages arrive from now on. */
  open(): Promise<boolean>;
  close(): void;
}

/** Makes the wake-ups of a machine. */
export function wakeUpsOf(
  storage: StorageStatements,
  clock: Clock,
  handedOver: (token: string, fence: number) => void,
  report: (operation: string, error: unknown) => void,
): WakeUps {
  let stop: (() => void) | undefined;
  let opening: Promise<boolean> | undefined;
  let nextTry = Number.NEGATIVE_INFINITY;
  let closed = 0;

  const listen = async (): Promise<boolean> => {
    if (storage.granted === undefined) return false;
    const before = closed;
    try {
      const end = await storage.granted(handedOver);
      if (closed === before) stop = end;
      // nobody would end it any more, and the process could not exit
      else end();
      return closed === before;
    } catch (error) {
      report('granted', error);
      // of a channel that was closed meanwhile: the next one may be opening already
      if (closed !== before) return false;
      nextTry = clock.monotonic() + pause;
      opening = undefined;
      return false;
    }
  };
  return {
    get isOpen() {
      return stop !== undefined;
    },
    async open() {
      if (opening === undefined && clock.monotonic() < nextTry) return false;
      opening ??= listen();
      return opening;
    },
    close() {
      closed++;
      stop?.();
      stop = undefined;
      opening = undefined;
    },
  };
}
