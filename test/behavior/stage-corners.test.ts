/** Corners of moved-in scenes, on both frameworks: options of the stage, classes, errors in hooks, keys of the bot's own. */

import { memoryStorage } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type SceneOfEither, type StageFramework, stageFrameworks, textOf } from './stages.ts';

function botWith(
  framework: StageFramework,
  scenes: readonly SceneOfEither[],
  settings: Parameters<StageFramework['session']>[0] = {},
  options: object = {},
) {
  const bot = framework.bot();
  bot.use(framework.session(settings));
  const stage = framework.stage(scenes, options);
  bot.use(stage as never);
  return bot;
}

describe.each(stageFrameworks)('a moved-in bot on $name', (framework) => {
  it('keeps scenes in the session that `property` and `sessionName` name, also over a restart', async () => {
    const storage = memoryStorage();
    const make = () => {
      const room = framework.scene('room');
      room.use((ctx) => ctx.reply(`In the room, ${JSON.stringify(ctx.scene.state)}`));
      const bot = botWith(
        framework,
        [room],
        { storage, property: 'place' },
        { sessionName: 'place' },
      );
      bot.command('enter', framework.Stage.enter('room', { floor: 2 }));
      bot.use((ctx) => ctx.reply(`Outside, ${JSON.stringify(Reflect.get(ctx, 'place') ?? null)}`));
      return bot.bot;
    };
    const tg = telegram(make());
    const anna = tg.user('Anna');
    await anna.sends('/enter');
    await tg.restart(make);
    await anna.sends('hello');
    anna.sees('In the room, {"floor":2}');
  });

  it('rejects a lazy session by name, since a scene would be lost with its promise', async () => {
    const bot = framework.bot();
    bot.use((ctx, next) => {
      Reflect.set(ctx, 'session', Promise.resolve({}));
      return next();
    });
    bot.use(framework.stage([framework.scene('room')]) as never);
    const anna = telegram(bot.bot).user('Anna');
    await expect(anna.sends('a')).rejects.toThrow('session(), not lazySession()');
  });

  it('begins ctx.scene.session as `defaultSession` of the stage says, for each user', async () => {
    const room = framework.scene('room');
    room.use((ctx) => {
      ctx.scene.session['seen'] = Number(ctx.scene.session['seen']) + 1;
      return ctx.reply(`Seen ${ctx.scene.session['seen']}`);
    });
    const bot = botWith(framework, [room], {}, { default: 'room', defaultSession: { seen: 10 } });
    const tg = telegram(bot.bot);
    await tg.user('Anna').sends('a');
    const ben = tg.user('Ben');
    await ben.sends('a');
    ben.sees('Seen 11');
    await ben.sends('b');
    ben.sees('Seen 12');
  });

  it('shares a wizard in a group by `getSessionKey`: members answer its steps in order', async () => {
    const wizard = framework.wizard(
      'order',
      async (ctx) => {
        await ctx.reply('What?');
        ctx.wizard.next();
      },
      async (ctx) => {
        ctx.wizard.state['what'] = textOf(ctx);
        ctx.wizard.next();
      },
      async (ctx) => {
        await ctx.reply(`${textOf(ctx)} × ${ctx.wizard.state['what']}`);
        await ctx.scene.leave();
      },
    );
    const bot = botWith(framework, [wizard], {
      getSessionKey: (ctx) => String((ctx as { chat?: { id: number } }).chat?.id),
    });
    bot.command('order', framework.Stage.enter('order'));
    const tg = telegram(bot.bot);
    const [anna, ben] = [tg.user('Anna'), tg.user('Ben')];
    const group = tg.group('Group', [anna, ben]);
    await anna.in(group).sends('/order');
    await Promise.all([anna.in(group).sends('tea'), ben.in(group).sends('3')]);
    ben.in(group).sees('3 × tea');
  });

  it('an error in an enter handler leaves the user where they were', async () => {
    const lobby = framework.scene('lobby');
    lobby.use((ctx, next) => (textOf(ctx) === '/in' ? next() : ctx.reply('In the lobby.')));
    const broken = framework.scene('broken');
    broken.enter(async (ctx) => {
      ctx.scene.state['half'] = true;
      throw new Error('broken');
    });
    const bot = botWith(framework, [lobby, broken]);
    bot.command('lobby', framework.Stage.enter('lobby'));
    bot.command('in', framework.Stage.enter('broken'));
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/lobby');
    await expect(anna.sends('/in')).rejects.toThrow('broken');
    await anna.sends('hello');
    anna.sees('In the lobby.');
  });

  it('a step beyond the last one leaves the wizard with the next update', async () => {
    const wizard = framework.wizard('w', (ctx) => void ctx.wizard.selectStep(9));
    let left = 0;
    wizard.leave(() => void left++);
    const bot = botWith(framework, [wizard]);
    bot.command('go', framework.Stage.enter('w'));
    bot.use((ctx) => ctx.reply(`In ${ctx.scene.current?.id}`));
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/go');
    await anna.sends('a');
    expect(left).toBe(1);
    await anna.sends('b');
    anna.sees('In undefined');
  });

  it('scenes may enter others from their enter and leave handlers', async () => {
    const log: string[] = [];
    const first = framework.scene('first');
    const second = framework.scene('second');
    first.enter(async (ctx) => {
      log.push('first');
      await ctx.scene.enter('second', { from: 'first' });
    });
    first.leave(() => void log.push('left first'));
    second.enter((ctx) => void log.push(`second from ${ctx.scene.state['from']}`));
    second.use((ctx) => ctx.reply(JSON.stringify(ctx.scene.state)));
    const bot = botWith(framework, [first, second]);
    bot.command('go', framework.Stage.enter('first'));
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/go');
    expect(log).toEqual(['first', 'left first', 'second from first']);
    await anna.sends('hello');
    anna.sees('{"from":"first"}');
  });

  it('handlers before the stage have the session, and change it in the same turn', async () => {
    const bot = framework.bot();
    bot.use(framework.session({ defaultSession: () => ({ count: 0 }) }));
    bot.use((ctx, next) => {
      Reflect.set(ctx.session ?? {}, 'count', Number(ctx.session?.['count']) + 1);
      return next();
    });
    const room = framework.scene('room');
    room.use((ctx) => {
      if (textOf(ctx) === 'fail') throw new Error('broken');
      return ctx.reply(`Count ${ctx.session?.['count']}`);
    });
    bot.use(framework.stage([room], { default: 'room' }) as never);
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('a');
    await expect(anna.sends('fail')).rejects.toThrow('broken');
    await anna.sends('b');
    anna.sees('Count 2');
  });

  it('a class of the bot may extend a scene', async () => {
    const Base = Reflect.get(framework.scene('any'), 'constructor') as new (
      id: string,
    ) => SceneOfEither;
    class Room extends Base {
      constructor() {
        super('room');
        this.enter((ctx) => this.greet(ctx));
        this.command('leave', (ctx) => ctx.scene.leave());
        this.leave((ctx) => ctx.reply('Bye.'));
      }
      greet(ctx: Parameters<Parameters<SceneOfEither['enter']>[0]>[0]) {
        return ctx.reply(`Welcome to ${this.id}.`);
      }
    }
    const bot = botWith(framework, [new Room()]);
    bot.command('enter', framework.Stage.enter('room'));
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/enter');
    anna.sees('Welcome to room.');
    await anna.sends('/leave');
    anna.sees('Bye.');
  });
});
