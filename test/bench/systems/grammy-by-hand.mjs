/** grammY with one handler over a store written by hand. */

import {
  getSetStore,
  mapStore,
  objectStore,
  procedureStore,
  rowStore,
  scriptStore,
  statementStore,
} from '../workload/by-hand.mjs';
import { grammyBot, running } from '../workload/grammy-bot.mjs';
import { raceByHand, stepByHand } from '../workload/programs.mjs';

const stores = {
  map: mapStore,
  getset: getSetStore,
  scripts: scriptStore,
  row: rowStore,
  procedure: procedureStore,
  object: objectStore,
  statements: statementStore,
};

export async function create(options) {
  const bot = grammyBot(options);
  const store = stores[options.variant](options);
  bot.on('message:text', (ctx) =>
    store.with(String(ctx.chat.id), async (session) => {
      const { text } = ctx.msg;
      const answer =
        options.program === 'race'
          ? await raceByHand(session, text, options)
          : stepByHand(session, text);
      await ctx.reply(answer);
    }),
  );
  return running(bot, store.close);
}
