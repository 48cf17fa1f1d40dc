/** Work without an update: schedules, web hooks, operators. */

import { createServer } from 'node:http';
import { type FsmFlavor, flow, fsm, isFsmError, noState } from '@telefsm/grammy';
import { Bot, type Context } from 'grammy';

export const survey = flow('survey', { timeout: '2d' })
  .ask('score', { prompt: 'How was your delivery?', choices: ['1', '2', '3'] })
  .ask('refund', {
    prompt: 'Open https://pay.example, we wait here.',
    accept: () => undefined as { ref: string } | undefined,
  }) // only answered from outside
  .done((a) => `Thanks. Refund ${a.refund.ref}.`);

const bot = new Bot<FsmFlavor<Context, typeof survey>>('1:T');
export const machine = fsm({ states: [survey] });
bot.use(machine);
machine.start(bot); // API for work without an update, and the deadline sweeper

async function everyMorning(users: readonly number[]): Promise<void> {
  for (const user of users) {
    try {
      await machine.at({ user }).run((turn) => {
        if (turn.state.is(noState)) turn.state.enter(survey); // never into the middle of something else
      });
    } catch (error) {
      if (isFsmError(error, 'WAIT_TIMEOUT')) console.warn(error.details.key, error.details.ms);
      else console.error(error); // for example 403: the user has blocked the bot
    }
  }
}
createServer(async (req, res) => {
  const user = Number(new URL(req.url ?? '/', 'http://x').searchParams.get('user'));
  const taken = await machine.at({ user }).answer(survey.steps.refund, { ref: 'R-1' });
  // @ts-expect-error the step's answer has a type
  await machine.at({ user }).answer(survey.steps.refund, { ref: 1 });
  res.writeHead(taken ? 200 : 409).end();
});
// an operator's list
machine.observe((change) =>
  console.log(change.key, change.from.current, '→', change.to.current, change.cause),
);
await machine.at({ user: 1 }).run(async (turn) => {
  turn.state.cancel();
  await turn.reply('An operator has closed your request.');
});
void everyMorning;
