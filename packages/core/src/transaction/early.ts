/** Which updates were sent before the question was asked that is pending when their turn comes. */

import type { LocalQueues } from '../lease/queue.ts';

/** The notes of a machine's turns about questions. Only updates that waited in this process can be distinguished. */
export interface EarlyUpdates {
  /** How many updates had come when each conversation was asked last; only of those for which somebody waits. */
  readonly asked: ReadonlyMap<string, number>;
  /** An update begins to wait: its number, from 1. */
  arrives(): number;
  /** A question is about to be asked while updates wait. */
  asks(key: string): void;
  /** Whether the last question was asked after the update had come. */
  isEarly(key: string, arrival: number): boolean;
  /** A turn is about to end. */
  leaves(key: string): void;
}

/** Makes the notes of one machine. */
export function earlyUpdates(queues: LocalQueues): EarlyUpdates {
  let arrivals = 0;
  const asked = new Map<string, number>();
  return {
    asked,
    arrives: () => ++arrivals,
    asks: (key) => void asked.set(key, arrivals),
    isEarly: (key, arrival) => arrival <= (asked.get(key) ?? 0),
    leaves(key) {
      if (queues.waiting(key) === 0) asked.delete(key);
    },
  };
}
