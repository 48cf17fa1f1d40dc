/** grammY with one handler over a store written by hand. */

import {
  copyStore,
  getSetStore,
  mapStore,
  objectStore,
  procedureStore,
  rowStore,
  scriptStore,
  statementStore,
} from '../workload/by-hand.mjs';
import { grammyBot, running } from '../workload/grammy-bot.mjs';
import { longByHand, raceByHand, stepByHand } from '../workload/programs.mjs';

const stores = {
  map: mapStore,
  copy: copyStore,
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
      const { program } = options;
      const step = program === 'long' ? longByHand : stepByHand;
      const isRace = program === 'race';
      await ctx.reply(isRace ? await raceByHand(session, text, options) : step(session, text));
    }),
  );
  return running(bot, store.close);
}
