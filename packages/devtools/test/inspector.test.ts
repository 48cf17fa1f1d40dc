import { request } from 'node:http';
import { memoryStorage, state, states } from '@telefsm/core';
import { createMachine, type UpdateMachine } from '@telefsm/core/adapter';
import { afterEach, describe, expect, it } from 'vitest';
import { order } from '../../../examples/order/order.ts';
import { type Inspector, type InspectorOptions, inspector } from '../src/index.ts';

const Form = states('Form', { name: state(), age: state() });
const told: { readonly method: string; readonly payload: object }[] = [];
let opened: Inspector | undefined;

async function open(
  options: InspectorOptions = {},
  storage = memoryStorage(),
  more: { readonly log?: { readonly last: number } } = {},
) {
  const machine: UpdateMachine = createMachine({ states: [order, Form], storage, ...more });
  machine.connect({
    id: 1,
    async call(method, payload) {
      told.push({ method, payload });
      return { message_id: told.length };
    },
  });
  opened = await inspector(machine as never, { token: 'secret', ...options });
  return { machine, talk: (user: number) => machine.at({ bot: 1, user }), page: opened };
}
afterEach(async () => {
  told.length = 0;
  await opened?.stop();
  opened = undefined;
});

const key = (user: number) => `telefsm:b1:c${user}:u${user}`;
const base = () => `http://127.0.0.1:${opened?.port}`;
const bearer = { authorization: 'Bearer secret' };

async function get(path: string, headers: Record<string, string> = bearer) {
  const answer = await fetch(base() + path, { headers, redirect: 'manual' });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

/** As a browser would never send it: any Host, and a path that is not tidied up. */
function raw(
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: opened?.port, path, headers }, (answer) => {
      let text = '';
      answer.on('data', (part) => (text += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    })
      .on('error', reject)
      .end();
  });
}

async function act(
  action: string,
  form: Record<string, string>,
  headers: Record<string, string> = bearer,
) {
  const body = new URLSearchParams(form);
  const answer = await fetch(`${base()}/api/${action}`, { method: 'POST', headers, body });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
}
const json = async (path: string) => JSON.parse((await get(`/api/${path}`)).text);

describe('access to the inspector', () => {
  it('needs the token', async () => {
    await open();
    for (const path of ['/', '/conversations', '/api/graph', '/events', '/style.css']) {
      expect((await get(path, {})).status).toBe(401);
      expect((await get(path, { authorization: 'Bearer wrong' })).status).toBe(401);
      expect((await get(`${path}?token=wrong`, {})).status).toBe(401);
    }
    expect((await get('/')).status).toBe(200);
  });

  it('gets a cookie for the token, which leaves the address', async () => {
    const { page } = await open();
    const first = await fetch(page.url, { redirect: 'manual' });
    expect(first.status).toBe(303);
    expect(first.headers.get('location')).toBe('/');
    const cookie = first.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict; Path=\/$/);
    expect((await get('/', { cookie: cookie.split(';')[0] as string })).status).toBe(200);
  });

  it('is never led to another host by the address that sets the cookie', async () => {
    await open();
    const answer = await get('//evil.example/?token=secret', {});
    expect(answer.headers.get('location')).toBe('/');
  });

  it('gets another token each time if none is given', async () => {
    const { machine } = await open();
    const first = await inspector(machine as never);
    const second = await inspector(machine as never);
    expect(first.token).toMatch(/^[\w-]{32}$/);
    expect(second.token).not.toBe(first.token);
    await first.stop();
    await second.stop();
  });

  it.each(['', ' ', 'a;b', 'x\ny'])(
    'is not asked for the token %j, which guards nothing',
    async (token) => {
      const { machine } = await open();
      await expect(inspector(machine as never, { token })).rejects.toMatchObject({
        code: 'INVALID_OPTION',
        details: { option: 'token' },
      });
    },
  );

  it('must call the page by its own name: a name that points here is rejected', async () => {
    await open();
    const port = opened?.port;
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1:1`]) {
      expect((await raw('/', { ...bearer, host })).status).toBe(403);
    }
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
      expect((await raw('/', { ...bearer, host })).status).toBe(200);
    }
  });

  it('may call it by the names of a proxy that were allowed', async () => {
    await open({ allowedHosts: ['inspector.internal'] });
    expect((await raw('/', { ...bearer, host: 'inspector.internal' })).status).toBe(200);
  });

  it('must not come from another origin', async () => {
    await open({ write: true });
    const cookie = { cookie: `telefsm-${opened?.port}=secret` };
    for (const foreign of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      expect((await get('/', { ...bearer, ...foreign })).status).toBe(403);
      expect((await act('clear', { key: key(1) }, { ...cookie, ...foreign })).status).toBe(403);
    }
    // a cookie alone, and nothing that says where the form stood
    expect((await act('clear', { key: key(1) }, cookie)).status).toBe(403);
    expect((await act('clear', { key: key(1) }, { ...cookie, origin: base() })).status).toBe(422);
  });

  it('listens on this computer only, unless `host` is set', async () => {
    const { page } = await open();
    expect(page.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=secret$/);
  });
});

describe('what is sent', () => {
  it('allows no script but its own file, no frame and no other host', async () => {
    await open();
    const { headers, text } = await get('/');
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(text).not.toMatch(/<script(?! src="\/script\.js" defer><\/script>)|\son\w+=|style="/);
    expect(text).not.toMatch(/https?:\/\//);
  });

  it('holds script in user data as text', async () => {
    const { talk } = await open();
    const evil = '</pre><script>alert(1)</script><img src=x onerror=alert(1)>"\'';
    await talk(1).run((turn) => turn.state.set(Form.name, { evil }));
    const page = await get(`/conversation?key=${encodeURIComponent(key(1))}`);
    expect(page.text).toContain('&lt;/pre&gt;&lt;script&gt;alert(1)');
    expect(page.text).not.toContain('<script>alert');
    expect(page.text).not.toContain('<img');
    const search = await get(
      `/conversations?search=${encodeURIComponent(evil)}&state=${encodeURIComponent(evil)}`,
    );
    expect(search.text).not.toContain('<script>alert');
    const unknown = await get(
      `/conversation?key=${encodeURIComponent(evil)}&notice=${encodeURIComponent(evil)}`,
    );
    expect(unknown.text).not.toContain('<script>alert');
    expect(unknown.text).not.toContain('<img');
  });

  it('is no file of the computer, whatever the path', async () => {
    await open();
    const host = `127.0.0.1:${opened?.port}`;
    for (const path of [
      '/../../../../etc/passwd',
      '/..%2f..%2fetc/passwd',
      '/style.css/../../package.json',
      '/%00',
      '//etc/passwd',
      '/api/../../x',
    ]) {
      const { status, text } = await raw(path, { ...bearer, host });
      expect([404, 400]).toContain(status);
      expect(text).not.toContain('root:');
      expect(text).not.toContain('"name"');
    }
  });

  it('hides values by name at any depth, also in the timeline and in JSON', async () => {
    const { talk } = await open({ redact: ['phone'] });
    await talk(1).run((turn) =>
      turn.state.set(Form.name, { phone: '+4917012345', at: { phone: '+4930' } }),
    );
    await talk(1).run((turn) => turn.state.set(Form.age));
    const path = `conversation?key=${encodeURIComponent(key(1))}`;
    for (const text of [(await get(`/${path}`)).text, (await get(`/api/${path}`)).text]) {
      expect(text).not.toContain('+49');
      expect(text).toContain('•••');
    }
  });

  it('shows the log of recent messages, and hides its texts', async () => {
    const from = { id: 1, is_bot: false, first_name: 'Anna' };
    const chat = { id: 1, type: 'private', first_name: 'Anna' };
    const bot = { id: 1, call: async () => ({ message_id: 9 }) };
    const path = `conversation?key=${encodeURIComponent(key(1))}`;
    const say = async (redact?: readonly string[]) => {
      const options: InspectorOptions = redact === undefined ? {} : { redact };
      const { machine } = await open(options, memoryStorage(), { log: { last: 3 } });
      const message = { message_id: 1, date: 1, from, chat, text: 'my secret' };
      await machine.handle({ update_id: 1, message }, bot, async ({ state, reply }) => {
        state.set(Form.name);
        await reply('your secret');
      });
      const { data } = await json(path);
      const page = (await get(`/${path}`)).text;
      await opened?.stop();
      return { log: JSON.parse(data).log, page };
    };
    const shown = await say();
    expect(shown.log).toEqual([
      { role: 'user', text: 'my secret' },
      { role: 'bot', text: 'your secret' },
    ]);
    expect(shown.page).toContain('your secret');
    const hidden = await say(['text']);
    expect(hidden.log).toEqual([
      { role: 'user', text: '•••' },
      { role: 'bot', text: '•••' },
    ]);
    expect(hidden.page).not.toContain('secret<');
    expect(hidden.page).not.toContain('my secret');
  });

  it('hides values that a function selects', async () => {
    const { talk } = await open({ redact: (name, value) => (name === 'mail' ? 'a mail' : value) });
    await talk(1).run((turn) => turn.state.set(Form.name, { mail: 'anna@example.org' }));
    const { data } = await json(`conversation?key=${encodeURIComponent(key(1))}`);
    expect(JSON.parse(data)).toEqual({ mail: 'a mail' });
  });
});

describe('its data', () => {
  it('counts stored conversations, and follows commits', async () => {
    const storage = memoryStorage();
    const before = createMachine({ states: [order, Form], storage });
    for (let user = 1; user <= 3; user++) {
      await before.at({ bot: 1, user }).run((turn) => turn.state.set(Form.name));
    }
    const { talk } = await open({}, storage);
    const now = async () => {
      const { steps, isCounting } = await json('overview');
      return {
        isCounting,
        ...Object.fromEntries(
          steps.map((step: { id: string; now: number }) => [step.id, step.now]),
        ),
      };
    };
    await expect.poll(now).toMatchObject({ isCounting: false, 'Form:name': 3, 'Form:age': 0 });
    await talk(1).run((turn) => turn.state.set(Form.age));
    await talk(4).run((turn) => turn.state.set(Form.age));
    await talk(2).run((turn) => turn.state.clear());
    expect(await now()).toMatchObject({ 'Form:name': 1, 'Form:age': 2 });
  });

  it('counts who reached a step, continued, left it, and how long it took', async () => {
    let time = 1_700_000_000_000;
    const clock = {
      now: () => time,
      monotonic: () => time,
      setTimeout: () => undefined,
      clearTimeout() {},
    };
    const { talk } = await open({ clock });
    const start = (user: number) => talk(user).run((turn) => turn.state.enter(order));
    for (const user of [1, 2, 3]) await start(user);
    time += 5000;
    for (const user of [1, 2]) await talk(user).answer(order.steps.product, 'phone');
    await talk(3).run((turn) => turn.state.cancel());
    const { steps } = await json('overview');
    expect(steps.find(({ id }: { id: string }) => id === 'order:product')).toEqual({
      id: 'order:product',
      now: 0,
      reached: 3,
      answered: 2,
      back: 0,
      finished: 0,
      dropped: 1,
      timedOut: 0,
      medianMs: 5000,
    });
  });

  it('counts a flow as finished where it was done, and as left where it was canceled, also at its last step', async () => {
    const { talk } = await open();
    const toTheEnd = async (user: number) => {
      await talk(user).run((turn) => turn.state.enter(order));
      await talk(user).answer(order.steps.product, 'phone');
      await talk(user).answer(order.steps.quantity, 2);
      await talk(user).answer(order.steps.address, 'Torstraße 1, Berlin');
    };
    for (const user of [1, 2, 3, 4]) await toTheEnd(user);
    await talk(1).answer(order.steps.confirm, 'yes');
    await talk(2).run((turn) => turn.state.cancel());
    await talk(3).run((turn) => turn.state.enter(order));
    await talk(4).run((turn) => turn.state.clear());
    await talk(3).run((turn) => turn.state.enter(order));
    const { steps } = await json('overview');
    const at = (step: string) => steps.find(({ id }: { id: string }) => id === `order:${step}`);
    expect(at('confirm')).toMatchObject({ reached: 4, finished: 1, dropped: 3, timedOut: 0 });
    expect(at('product')).toMatchObject({ reached: 6, answered: 4, dropped: 1 });
  });

  it('keeps the way of a conversation with its data before and after', async () => {
    const { talk } = await open();
    await talk(1).run((turn) => turn.state.set(Form.name));
    await talk(1).run((turn) => turn.state.set(Form.age, { name: 'Anna' }));
    const { moves } = await json(`conversation?key=${encodeURIComponent(key(1))}`);
    expect(moves).toMatchObject([
      { from: 'Form:name', to: 'Form:age', before: '{}', after: '{\n  "name": "Anna"\n}' },
      { from: null, to: 'Form:name' },
    ]);
  });

  it('names conversations that do not move, that are late, and whose state is unknown', async () => {
    const storage = memoryStorage();
    const Old = states('Old', { gone: state() });
    await createMachine({ states: [Old], storage })
      .at({ bot: 1, user: 9 })
      .run((turn) => turn.state.set(Old.gone));
    let time = 1_700_000_000_000;
    const clock = {
      now: () => time,
      monotonic: () => time,
      setTimeout: () => undefined,
      clearTimeout() {},
    };
    const { talk } = await open({ clock, stuckAfter: '1h' }, storage);
    await talk(1).run((turn) => turn.state.set(Form.name));
    time += 3_600_000;
    const found = () => json('problems');
    await expect
      .poll(async () => (await found()).strays)
      .toEqual([{ key: key(9), state: 'Old:gone', why: 'a state that the code does not have' }]);
    expect((await found()).idle).toEqual([{ key: key(1), state: 'Form:name', idleMs: 3_600_000 }]);
  });

  it('lists pages, by state and by text', async () => {
    const { talk } = await open();
    for (let user = 1; user <= 60; user++) {
      await talk(user).run((turn) => turn.state.set(user % 2 ? Form.name : Form.age));
    }
    const first = await json('conversations');
    expect(first.conversations).toHaveLength(50);
    const second = await json(`conversations?after=${encodeURIComponent(first.next)}`);
    expect(second.conversations).toHaveLength(10);
    expect(second.next).toBeUndefined();
    expect((await json('conversations?state=Form:name')).conversations).toHaveLength(30);
    expect((await json('conversations?search=u17')).conversations).toMatchObject([
      { key: key(17) },
    ]);
  });

  it('notifies open pages of a change', async () => {
    const { talk } = await open();
    const answer = await fetch(`${base()}/events`, { headers: bearer });
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    const next = async () => new TextDecoder().decode((await reader.read()).value);
    expect(await next()).toBe('event: changed\ndata: {}\n\n');
    await talk(1).run((turn) => turn.state.set(Form.name));
    expect(await next()).toBe('event: changed\ndata: {}\n\n');
    await reader.cancel();
  });
});

describe('changes by the inspector', () => {
  it('are rejected, unless they were allowed', async () => {
    const { talk } = await open();
    await talk(1).run((turn) => turn.state.set(Form.name));
    for (const action of ['clear', 'move', 'ask']) {
      const { status, json: answer } = await act(action, { key: key(1), target: 'Form:age' });
      expect(status).toBe(422);
      expect(answer['error']).toContain('write: true');
    }
    expect((await talk(1).peek())?.current).toBe('Form:name');
    expect((await get(`/conversation?key=${encodeURIComponent(key(1))}`)).text).not.toContain(
      '<dialog',
    );
  });

  it('move, ask again and clear, each with a call of `audit`', async () => {
    const lines: string[] = [];
    const { talk } = await open({ write: true, audit: (line) => lines.push(line) });
    await talk(1).run((turn) => turn.state.set(Form.name));
    await act('move', { key: key(1), target: 'order' });
    expect((await talk(1).peek())?.current).toBe('order:product');
    await act('ask', { key: key(1) });
    expect(told.filter(({ method }) => method === 'sendMessage')).toHaveLength(2);
    await act('clear', { key: key(1) });
    expect(await talk(1).peek()).toBeUndefined();
    expect(lines).toEqual([
      `moved ${key(1)} from Form:name to order`,
      `asked again in ${key(1)}, which is in order:product`,
      `cleared ${key(1)}, which was in order:product`,
    ]);
    expect((await json('audit')).map(({ text }: { text: string }) => text)).toEqual(
      [...lines].reverse(),
    );
  });

  it('are rejected with a reason', async () => {
    const { talk } = await open({ write: true });
    await talk(1).run((turn) => turn.state.set(Form.name));
    const { json: unknown } = await act('move', { key: key(1), target: 'Form:nam' });
    expect(unknown['error']).toContain("There is no state or scene 'Form:nam'.");
    const { json: plain } = await act('ask', { key: key(1) });
    expect(plain['error']).toContain("'Form:name' belongs to no scene or flow");
    const { json: none } = await act('clear', { key: key(5) });
    expect(none['error']).toBe(`Nothing is stored for '${key(5)}'.`);
  });
});

describe('with 100,000 stored conversations', () => {
  it('shows its first view before they are counted, and each page by itself', async () => {
    const storage = memoryStorage();
    for (let user = 1; user <= 100_000; user++) {
      const token = `t.${user}`;
      const { fence } = storage.acquire(key(user), { token, lease: 1000, queue: false });
      const next = { text: '{"v":1,"s":"Form:name"}', state: 'Form:name' };
      storage.commit(key(user), { token, fence }, next);
    }
    await open({}, storage);
    // the answer to the first request is there while the count goes on
    const { isCounting, looked } = await json('overview');
    expect(isCounting).toBe(true);
    expect(looked).toBeLessThan(100_000);
    const { conversations } = await json('conversations');
    expect(conversations).toHaveLength(50);
    const end = await json(`conversations?after=${encodeURIComponent(key(99_998))}`);
    expect(end.conversations[0].key).toBe(key(99_999));
    await expect
      .poll(async () => (await json('overview')).steps, { timeout: 30_000 })
      .toContainEqual(expect.objectContaining({ id: 'Form:name', now: 100_000 }));
  });

  it('reads no more than a page, and searches in stretches', async () => {
    let read = 0;
    const storage = memoryStorage();
    const counted = {
      ...storage,
      // conversations are made as they are asked for
      async *list({ after = key(100_000), limit = 0 }: { after?: string; limit?: number }) {
        const first = Number(/u(\d+)$/.exec(after)?.[1]) + 1;
        for (let user = first; user < Math.min(first + limit, 200_000); user++) {
          read += 1;
          yield { key: key(user), state: 'Form:name', stored: { text: '{"v":1}' } };
        }
      },
    };
    await open({}, counted as typeof storage);
    expect((await json('conversations')).conversations).toHaveLength(50);
    expect(read).toBe(51);
    read = 0;
    const first = await json('conversations?search=u123456');
    expect(first.conversations).toEqual([]);
    expect(read).toBe(20_000);
    const second = await json(
      `conversations?search=u123456&after=${encodeURIComponent(first.next)}`,
    );
    expect(second.conversations).toMatchObject([{ key: key(123_456) }]);
  });
});
