import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type BotApiServer, botApiServer } from '@telefsm/testing';
import type { APIGatewayProxyEventV2, ScheduledEvent } from 'aws-lambda';
import { type Server, serve } from 'srvx';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { post, secret } from './stage.ts';

const cronSecret = 'only-the-schedule-has-it';
const ours = { 'x-telegram-bot-api-secret-token': secret };

/** One instance of a platform: answers requests, and is called by a schedule. */
interface Instance {
  fetch(request: Request): Promise<Response>;
  /** Resolves to the answer of the schedule's call. */
  schedule(): Promise<unknown>;
}

const bySchedule = () =>
  new Request('https://bot.example/api/telegram', {
    headers: { authorization: `Bearer ${cronSecret}` },
  });

let starts = 0;

/** Loads an entry point as a cold start does: it reads the environment, and makes its own bot. */
async function coldStart<Entry>(path: string): Promise<Entry> {
  const { href } = new URL(path, import.meta.url);
  return await import(/* @vite-ignore */ `${href}?start=${++starts}`);
}

const platforms: Readonly<Record<string, () => Promise<Instance>>> = {
  async 'AWS Lambda'() {
    const { handler } = await coldStart<typeof import('./lambda.ts')>('./lambda.ts');
    return {
      async fetch(request) {
        const answer = await handler(await eventOf(request));
        const { statusCode } = answer as { readonly statusCode: number };
        return new Response(null, { status: statusCode });
      },
      schedule: () => handler(scheduledEvent()),
    };
  },
  async Vercel() {
    const { GET, POST } = await coldStart<typeof import('./api/telegram.ts')>('./api/telegram.ts');
    return { fetch: POST, schedule: async () => (await GET(bySchedule())).text() };
  },
  async 'Deno and Bun'() {
    const { default: server } = await coldStart<typeof import('./fetch.ts')>('./fetch.ts');
    return {
      fetch: server.fetch,
      schedule: async () => (await server.fetch(bySchedule())).text(),
    };
  },
};

/** The event of a function URL for a request. The body is encoded as AWS encodes bodies that are not text. */
async function eventOf(request: Request): Promise<APIGatewayProxyEventV2> {
  const { pathname, host } = new URL(request.url);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: pathname,
    rawQueryString: '',
    headers: { ...Object.fromEntries(request.headers), host },
    requestContext: {
      accountId: 'anonymous',
      apiId: 'abc',
      domainName: host,
      domainPrefix: 'abc',
      http: {
        method: request.method,
        path: pathname,
        protocol: 'HTTP/1.1',
        sourceIp: '149.154.167.220',
        userAgent: '',
      },
      requestId: randomUUID(),
      routeKey: '$default',
      stage: '$default',
      time: '29/Nov/2026:03:00:00 +0000',
      timeEpoch: 1_795_921_200_000,
    },
    body: Buffer.from(await request.text()).toString('base64'),
    isBase64Encoded: true,
  };
}

/** The event of an EventBridge rule. */
function scheduledEvent(): ScheduledEvent & { readonly 'detail-type': 'Scheduled Event' } {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '123456789012',
    time: '2026-11-29T03:00:00Z',
    region: 'eu-central-1',
    resources: ['arn:aws:events:eu-central-1:123456789012:rule/every-minute'],
    detail: {},
  };
}

describe.each(Object.entries(platforms))('the function on %s', (_, start) => {
  let telegram: BotApiServer;
  let server: Server;
  let instances: Instance[];
  let url: string;
  beforeEach(async () => {
    telegram = await botApiServer();
    vi.stubEnv('BOT_TOKEN', '1:function');
    vi.stubEnv('WEBHOOK_SECRET', secret);
    vi.stubEnv('CRON_SECRET', cronSecret);
    vi.stubEnv('BOT_API', telegram.url);
    vi.stubEnv('REDIS_PREFIX', randomUUID());
    instances = [];
    for (const _cold of ['a cold start', 'another one']) {
      instances.push(await start());
    }
    let calls = 0;
    server = serve({
      hostname: '127.0.0.1',
      port: 0,
      silent: true,
      gracefulShutdown: false,
      fetch: (request) => (instances[calls++ % 2] as Instance).fetch(request),
    });
    await server.ready();
    url = server.url as string;
    await post(`${telegram.url}/bot1:function/setWebhook`, { url, secret_token: secret });
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await telegram.stop();
    await server.close(true);
  });

  it('shares a conversation between two instances', async () => {
    const anna = telegram.user('Anna');
    for (const text of ['/basket', 'tea', 'Tee & Käse 🧀']) await anna.sends(text);
    anna.sees('In your basket: tea, Tee & Käse 🧀.');
    await anna.sends('/pay');
    anna.sees('Paid for 2. Thank you!');
  });

  it('rejects a forged call, and skips a redelivery', async () => {
    const anna = telegram.user('Anna');
    await anna.sends('/basket');
    await anna.sends('tea');
    expect(await post(url, telegram.updates.at(-1))).toBe(401);
    expect(await post(url, telegram.updates.at(-1), ours)).toBe(200);
    await anna.sends('cake');
    anna.sees('In your basket: tea, cake.');
  });

  it('answers the call of a schedule', async () => {
    const answers = await Promise.all(instances.map((each) => each.schedule()));
    expect(answers).toContainEqual(expect.toBeOneOf(['0 fired', { fired: 0 }]));
  });
});

describe('the function on Vercel', () => {
  it('is configured under the path of its file, and checks the secret of the schedule', async () => {
    const config = JSON.parse(await readFile(new URL('vercel.json', import.meta.url), 'utf8'));
    const [{ path }] = config.crons;
    expect(Object.keys(config.functions)).toEqual([`${path.slice(1)}.ts`]);
    vi.stubEnv('BOT_TOKEN', '1:function');
    vi.stubEnv('WEBHOOK_SECRET', secret);
    vi.stubEnv('CRON_SECRET', cronSecret);
    const { GET } = await coldStart<typeof import('./api/telegram.ts')>('./api/telegram.ts');
    vi.unstubAllEnvs();
    expect((await GET(new Request('https://bot.example/api/telegram'))).status).toBe(401);
    expect((await GET(bySchedule())).status).toBe(200);
  });
});
