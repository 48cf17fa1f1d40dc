/** The program of a bot whose question is a poll: any process of the bot may get the votes. */

import { appendFileSync } from 'node:fs';
import { flow } from '@telefsm/core';
import { createMachine } from '@telefsm/core/adapter';
import { type Address, open } from './engines.ts';

/** The job of a process. */
export interface PollJob {
  readonly address: Address;
  /** The file that takes each text which was said, one a line. */
  readonly log: string;
}

const job = JSON.parse(process.argv[2] as string) as PollJob;

const Lunch = flow('lunch', { trigger: '/lunch' })
  .ask('vote', {
    prompt: {
      method: 'sendPoll',
      payload: { question: 'Lunch?', options: [], is_anonymous: false },
    },
    accept: 'poll_answer',
  })
  .ask('seats', { prompt: 'Seats?' })
  .done(({ vote, seats }) => `Option ${vote.option_ids.join()}, ${seats} seats.`);

const { storage } = open(job.address);
const machine = createMachine({ states: [Lunch], storage, lease: 1000 });
const bot = {
  id: 1,
  async call(method: string, payload: object) {
    const text = Reflect.get(payload, 'text') ?? Reflect.get(payload, 'question');
    const chat = Reflect.get(payload, 'chat_id');
    appendFileSync(job.log, `${text} in ${chat}\n`);
    return { message_id: 1, ...(method === 'sendPoll' && { poll: { id: `of-${chat}` } }) };
  },
};

// a test that failed leaves nobody behind
process.on('disconnect', () => process.exit());
process.on('message', async (update: { readonly update_id: number }) => {
  await machine.handle(update, bot);
  process.send?.({ handled: update.update_id });
});
process.send?.({ ready: true });
