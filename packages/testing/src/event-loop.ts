/** The event loop: letting work that is under way run on without waiting for any length of time. */
import { setImmediate as turn } from 'node:timers/promises';

/** How many turns a hop over loopback sockets may take, several times over; an idle turn costs microseconds. */
const manyTurns = 64;

/**
 * Lets promises, immediates and loopback sockets of this process go on until `done` says so, or for a fixed number of turns.
 *
 * Work outside of this process (a database, a file) is not waited for: nothing here can know of it.
 */
export async function settle(done: () => boolean = () => false): Promise<void> {
  for (let turns = 0; turns < manyTurns && !done(); turns++) await turn();
}

/** Lets one turn of the event loop pass, as every answer from a network does. */
export async function nextTurn(): Promise<void> {
  await turn();
}
