/** The web frameworks of the page "With your plugins": a wizard continues over their webhooks, and a failed update is delivered again. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { telegram, virtualClock } from '@telefsm/testing';
import express from 'express';
import fastify from 'fastify';
import { type Bot, webhookCallback } from 'grammy';
import { Hono } from 'hono';
import Koa from 'koa';
import bodyParser from 'koa-bodyparser';
import type { Telegraf } from 'telegraf';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { until } from '../servers/until.ts';
import { type StageFramework, stageFrameworks, textOf } from './stages.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;
type Mount = (bot: never) => Handler | Promise<Handler>;

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** How bots of each framework are mounted, as their documentation says. */
const mounts: Readonly<Record<StageFramework['name'], Readonly<Record<string, Mount>>>> = {
  grammY: {
    express: (bot: Bot) => express().use(express.json()).use(webhookCallback(bot, 'express')),
    async fastify(bot: Bot) {
      const app = fastify();
      stops.push(() => app.close());
      app.post('/*', webhookCallback(bot, 'fastify'));
      await app.ready();
      return (request, response) => app.routing(request, response);
    },
    hono: (bot: Bot) =>
      getRequestListener(new Hono().post('/*', webhookCallback(bot, 'hono')).fetch),
    koa: (bot: Bot) => new Koa().use(bodyParser()).use(webhookCallback(bot, 'koa')).callback(),
    http: (bot: Bot) => webhookCallback(bot, 'http'),
  },
  Telegraf: {
    express: (bot: Telegraf) =>
      express()
        .use(express.json())
        .use(async (request, response) => {
          await bot.handleUpdate(request.body);
          response.end();
        }),
    async fastify(bot: Telegraf) {
      const app = fastify();
      stops.push(() => app.close());
      app.post('/*', async (request, reply) => {
        await bot.handleUpdate(request.body as never);
        return reply.send();
      });
      await app.ready();
      return (request, response) => app.routing(request, response);
    },
    hono: (bot: Telegraf) =>
      getRequestListener(
        new Hono().post('/*', async (c) => {
          await bot.handleUpdate(await c.req.json());
          return c.body(null);
        }).fetch,
      ),
    koa: (bot: Telegraf) =>
      new Koa()
        .use(bodyParser())
        .use(async (ctx) => {
          await bot.handleUpdate(ctx.request.body as never);
          ctx.status = 200;
        })
        .callback(),
  },
};

// Koa and Hono print errors that reach them
beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(stageFrameworks)('a wizard on $name', (framework) => {
  it.each(Object.entries(mounts[framework.name]))(
    'continues behind %s, and a failed update is delivered again',
    async (_, mount) => {
      const bot = framework.bot();
      bot.use(framework.session());
      let attempts = 0;
      const wizard = framework.wizard(
        'order',
        async (ctx) => {
          await ctx.reply('What?');
          ctx.wizard.next();
        },
        async (ctx) => {
          ctx.wizard.state['what'] = textOf(ctx);
          ctx.wizard.next();
          if (attempts++ === 0) throw new Error('broken');
          await ctx.reply(`Ordered: ${ctx.wizard.state['what']}`);
        },
      );
      bot.use(framework.stage([wizard]) as never);
      bot.command('order', framework.Stage.enter('order'));
      // Telegraf prints what nobody catches, and ends the process with an error
      if (framework.name === 'Telegraf') {
        (bot.bot as Telegraf).catch((error) => {
          throw error;
        });
      }
      const clock = virtualClock();
      const tg = telegram(bot.bot, {
        via: 'webhook',
        clock,
        webhook: { handler: await mount(bot.bot) },
      });
      try {
        const anna = tg.user('Anna');
        await anna.sends('/order');
        anna.sees('What?');
        await expect(anna.sends('tea')).rejects.toThrow('broken');
        // Telegram waits before it delivers a failed update again
        await until(async () => {
          await clock.advance('1s');
          return tg.transcript().includes('Ordered: tea');
        });
        expect(attempts).toBe(2);
      } finally {
        await tg.stop();
      }
    },
  );
});

describe("Telegraf's own webhookCallback", () => {
  it('answers 200 also if an update fails: it is rolled back, and Telegram does not deliver it again', async () => {
    const [, framework] = stageFrameworks as readonly [StageFramework, StageFramework];
    const bot = framework.bot();
    bot.use(framework.session());
    bot.use(async (ctx) => {
      ctx.session = { ...ctx.session, last: textOf(ctx) };
      if (textOf(ctx) === 'fail') throw new Error('broken');
      await ctx.reply(JSON.stringify(ctx.session));
    });
    const telegraf: Telegraf = bot.bot;
    const caught: unknown[] = [];
    telegraf.catch((error) => {
      caught.push(error);
      throw error;
    });
    const clock = virtualClock();
    const tg = telegram(bot.bot, {
      via: 'webhook',
      clock,
      webhook: { handler: telegraf.webhookCallback('/') },
    });
    try {
      const anna = tg.user('Anna');
      await expect(anna.sends('fail')).rejects.toThrow('broken');
      await clock.advance('1h');
      await anna.sends('hello');
      anna.sees('{"last":"hello"}');
      expect(caught).toHaveLength(1);
    } finally {
      await tg.stop();
    }
  });
});
