/** The event loop: letting work that is under way run on without waiting for any length of time. */
import timers from 'node:timers/promises';

/** Ends with the current turn of the event loop; read once, so that fake timers of a test have no effect. */
const { setImmediate: turn } = timers;

/** How many turns mean that nothing continues: a hop over loopback sockets takes some; an idle turn costs microseconds. */
const manyTurns = 64;
/** Where waiting ends for a bot that never comes to rest. */
const mostTurns = 20_000;

/** How often {@link loading} is awaited while nothing seems to continue: work may load one part after another. */
const loadings = 8;

let stirrings = 0;

/** Notes that a bot has done something: {@link rest} continues waiting. */
export function stir(): void {
  stirrings += 1;
}

/**
 * Lets promises, immediates and loopback sockets of this process continue until `done` says so, or for a fixed number of turns.
 *
 * Work outside of this process (a database, a file) is not waited for: it cannot be observed from here.
 */
export async function untilIdle(done: () => boolean = () => false): Promise<void> {
  for (let turns = 0; turns < manyTurns && !done(); turns++) await turn();
}

/**
 * Lets modules load that core imports only when they are needed.
 *
 * A loader such as tsx resolves even a loaded module in a thread, which no turn of the event loop waits for. It usually answers in order.
 */
async function loading(): Promise<void> {
  await import('./loaded-later.ts');
}

/** Lets everything of this process continue until no bot has done anything for a number of turns. */
export async function rest(): Promise<void> {
  let seen = stirrings;
  for (let quiet = 0, turns = 0; quiet < manyTurns && turns < mostTurns; turns++) {
    if (turns % (manyTurns / loadings) === 0) await loading();
    await turn();
    quiet = seen === stirrings ? quiet + 1 : 0;
    seen = stirrings;
  }
}

/** Lets one turn of the event loop pass, as every answer from a network does. */
export async function nextTurn(): Promise<void> {
  await turn();
}
