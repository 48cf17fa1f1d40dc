/** The playground: bots to talk with, beside what happens in them, and buttons for what goes wrong in real life. */

import { html } from '../web/html.ts';
import { script } from '../web/script.ts';
import { openWeb, type Web, type WebAnswer, type WebRequest } from '../web/server.ts';
import { style } from '../web/style.ts';
import { type ChatType, openSession, people, type Session } from './session.ts';
import { playgroundPage } from './views.ts';
import type { PlaygroundOptions } from './world.ts';

/** A running playground. */
export type Playground = Web;

/**
 * Serves a page with a chat on a fake Bot API beside the machine's diagram, the stored conversation and the calls of the bot. Time can be
 * moved on, an update delivered twice, the bot crashed.
 *
 * @throws Error of Node where the port is taken, and Error where there is no such example
 *
 * @example
 * ```ts
 * import { playground, type PlaygroundExample } from '@telefsm/devtools';
 * import { botApiServer, photo, virtualClock } from '@telefsm/testing';
 *
 * declare const examples: { readonly [name: string]: PlaygroundExample };
 *
 * const { url } = await playground({ examples, openServer: botApiServer, makeClock: virtualClock, media: { photo: photo() } });
 * console.log(url);
 * ```
 */
export async function playground(options: PlaygroundOptions): Promise<Playground> {
  const { examples, first = {} } = options;
  const name = first.example ?? Object.keys(examples)[0] ?? '';
  const framework = first.framework ?? Object.keys(examples[name]?.bots ?? {})[0] ?? '';
  let notify = () => {};
  const open = (example: string, on: string) => openSession(example, on, options, () => notify());
  const holder = { session: await open(name, framework), open };
  let web: Web & { changed(): void };
  try {
    web = await openWeb(options, (request) => answer(holder, options, request));
  } catch (error) {
    await holder.session.stop();
    throw error;
  }
  notify = web.changed;
  const { url, port, token } = web;
  return {
    url,
    port,
    token,
    async stop() {
      await web.stop();
      await holder.session.stop();
    },
  };
}

/** The bot that is talked with now. */
interface Holder {
  session: Session;
  open(example: string, framework: string): Promise<Session>;
}

async function answer(
  holder: Holder,
  options: PlaygroundOptions,
  { method, path, query, form }: WebRequest,
): Promise<WebAnswer> {
  if (method === 'POST') return act(holder, path, form);
  switch (path) {
    case '/': {
      const { session } = holder;
      const user = people.find((each) => each === query.get('user')) ?? (people[0] as string);
      const chatType: ChatType = query.get('place') === 'group' ? 'group' : 'private';
      const key = session.keyOf(user, chatType);
      const record = key === undefined ? undefined : await session.conversation(key);
      return { page: playgroundPage(session, options, { user, chatType }, record) };
    }
    case '/style.css':
      return { text: style, type: 'text/css' };
    case '/script.js':
      return { text: script, type: 'text/javascript' };
    case '/events':
      return 'events';
    default:
      return {
        page: html`<!doctype html><title>Nothing here</title><p>There is no such page.</p>`,
        status: 404,
      };
  }
}

async function act(
  holder: Holder,
  path: string,
  form: ReadonlyMap<string, string>,
): Promise<WebAnswer> {
  const { session } = holder;
  const user = form.get('user') ?? '';
  const chatType: ChatType = form.get('place') === 'group' ? 'group' : 'private';
  const done = { see: '/' };
  switch (path) {
    case '/do/open': {
      const next = await holder.open(form.get('example') ?? '', form.get('framework') ?? '');
      // another one may have been opened meanwhile
      const former = holder.session;
      holder.session = next;
      await former.stop();
      return done;
    }
    case '/do/send':
      session.send(user, chatType, form.get('text') ?? '');
      return done;
    case '/do/media':
      session.sendMedia(user, chatType, form.get('name') ?? '');
      return done;
    case '/do/tap': {
      const message = form.get('message');
      session.tap(
        user,
        chatType,
        form.get('label') ?? '',
        message === undefined ? undefined : Number(message),
      );
      return done;
    }
    case '/do/later':
      await session.later(Math.min(Math.max(Number(form.get('ms')) || 0, 0), 31 * 86_400_000));
      return done;
    case '/do/again':
      session.redeliver();
      return done;
    case '/do/crash':
      await session.crash(form.get('when') === 'next' ? 'next' : 'now');
      return done;
    default:
      return { json: { error: 'There is nothing to do here.' }, status: 404 };
  }
}
