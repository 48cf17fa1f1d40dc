/** `@grammyjs/conversations`: a function that is replayed from its log at every update. */

import { conversations, createConversation } from '@grammyjs/conversations';
import { RedisAdapter } from '@grammyjs/storage-redis';
import { answerEveryApi, grammyBot, running } from '../workload/grammy-bot.mjs';
import {
  confirmText,
  doneText,
  longLength,
  parseAge,
  pause,
  texts,
} from '../workload/programs.mjs';

export async function create(options) {
  answerEveryApi(options);
  const bot = grammyBot(options);
  const redis = options.storage === 'redis' ? options.redis() : undefined;
  const adapter = redis && new RedisAdapter({ instance: redis });
  bot.use(
    conversations(adapter ? { storage: { type: 'key', prefix: options.prefix, adapter } } : {}),
  );
  const start = starters[options.program](bot, options);
  bot.command(options.program === 'form' ? 'form' : 'begin', (ctx) =>
    ctx.conversation.enter(start),
  );
  return running(bot, () => redis?.disconnect());
}

const starters = {
  form(bot) {
    bot.use(createConversation(form, 'form'));
    return 'form';
  },
  dispatch(bot, { n }) {
    for (let at = 0; at < n; at++) {
      const id = `s${at}`;
      // one answer, and then it ends: a longer one would measure its log
      const once = async (conversation, ctx) => {
        await ctx.reply('begun');
        const heard = await conversation.waitFor('message:text');
        await heard.reply(id);
      };
      bot.use(createConversation(once, id));
    }
    return `s${n - 1}`;
  },
  race(bot, options) {
    bot.use(createConversation(counterWith(options), 'counter'));
    return 'counter';
  },
  long(bot) {
    bot.use(createConversation(long, 'long'));
    return 'long';
  },
};

async function form(conversation, ctx) {
  const answers = {};
  await ctx.reply(texts.name);
  answers.name = (await conversation.waitFor('message:text')).msg.text;
  await ctx.reply(texts.age);
  for (;;) {
    const heard = await conversation.waitFor('message:text');
    answers.age = parseAge(heard.msg.text);
    if (answers.age !== undefined) break;
    await heard.reply(texts.badAge);
  }
  await ctx.reply(texts.city);
  answers.city = (await conversation.waitFor('message:text')).msg.text;
  await ctx.reply(texts.email);
  answers.email = (await conversation.waitFor('message:text')).msg.text;
  await ctx.reply(confirmText(answers));
  const { msg } = await conversation.waitFor('message:text');
  await ctx.reply(msg.text === 'yes' ? doneText(answers) : 'Canceled');
}

const counterWith = ({ mode, delay }) =>
  async function counter(conversation, ctx) {
    let n = 0;
    await ctx.reply('begun');
    for (;;) {
      const heard = await conversation.waitFor('message:text');
      if (heard.msg.text === 'read') return void (await heard.reply(`n=${n}`));
      const before = n;
      await conversation.external(() => pause(delay));
      n = mode === 'after' ? n + 1 : before + 1;
      await heard.reply('inc');
    }
  };

async function long(conversation, ctx) {
  const answers = {};
  for (let at = 0; at < longLength; at++) {
    await ctx.reply(`q${at}`);
    answers[`q${at}`] = (await conversation.waitFor('message:text')).msg.text;
  }
  await ctx.reply(`q${longLength}`);
}
