/** The scripted conversations of the comparison. */

import { setTimeout as pause } from 'node:timers/promises';
import type { Talk } from './talk.ts';

/** Nothing happens any more: locks that dead processes left behind have lapsed, and what they hold up is over (30 s in the Chat SDK). */
const over = 8000;
const afterCrash = 45_000;

/** One situation that bots get into. */
export interface Situation {
  readonly name: string;
  play(talk: Talk): Promise<void>;
}

/** All situations, in the order of the table. */
export const situations: readonly Situation[] = [
  {
    name: 'three quick messages during a slow turn',
    async play({ sends, thinks, quiet }) {
      sends();
      await thinks(1);
      for (let number = 0; number < 3; number++) {
        sends();
        await pause(200);
      }
      await quiet(over);
    },
  },
  {
    name: 'each update is redelivered',
    async play({ sends, quiet, losesAnswers }) {
      for (let number = 0; number < 3; number++) {
        losesAnswers(1);
        sends();
        await quiet(over);
      }
    },
  },
  {
    name: 'the process is killed in a turn, with a message waiting',
    async play({ sends, thinks, quiet, starts, kills }) {
      sends();
      await thinks(1);
      await pause(500);
      sends();
      await pause(500);
      await kills();
      await starts();
      await quiet(afterCrash);
      sends();
      await quiet(over);
    },
  },
  {
    name: 'two processes, six messages',
    async play({ sends, quiet, starts }) {
      await starts();
      for (let number = 0; number < 6; number++) {
        sends();
        await pause(300);
      }
      await quiet(over);
    },
  },
  {
    name: '`/stop`, then another message',
    play: stopping,
  },
  {
    name: '`/stop` at the other process',
    async play(talk) {
      await talk.starts();
      await stopping(talk);
    },
  },
];

async function stopping({ sends, thinks, quiet, isTakenBack }: Talk): Promise<void> {
  sends();
  await thinks(1);
  await pause(300);
  isTakenBack(1);
  sends('/stop');
  await quiet(over);
  sends();
  await quiet(over);
}
