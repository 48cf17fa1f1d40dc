/** The inspector: a local page that shows a machine at work. */

import type { Clock, Duration } from '@telefsm/core';
import { systemClock } from '@telefsm/core/tools';
import { html } from '../web/html.ts';
import { script } from '../web/script.ts';
import {
  openWeb,
  type Web,
  type WebAnswer,
  type WebOptions,
  type WebRequest,
} from '../web/server.ts';
import { style } from '../web/style.ts';
import { modelOf } from './model.ts';
import type { Action, InspectedMachine, Model } from './model-types.ts';
import type { Redact } from './redact.ts';
import {
  auditPage,
  conversationLink,
  conversationPage,
  frame,
  listPage,
  overviewPage,
  problemsPage,
} from './views.ts';

/** Options of {@link inspector}. */
export interface InspectorOptions extends WebOptions {
  /** Whether conversations may be moved, cleared and asked again. Default: the page only looks. */
  readonly write?: boolean;
  /** Values that are never shown: their names at any depth, or a function that gives what to show in their place. */
  readonly redact?: Redact;
  /** Conversations without a move for this long count as stuck. Default 24 h. */
  readonly stuckAfter?: Duration;
  /** Called with a line for each action on the page; for a log. */
  readonly audit?: (line: string) => void;
  /** The clock. Default: the system's. */
  readonly clock?: Clock;
}

/** A running inspector. */
export type Inspector = Web;

/**
 * Serves a page that shows a machine's diagram with the conversations in each state, what is lost at each step, and any conversation's
 * way. Its address contains a token: give it to one person.
 *
 * It has earlier events, and those of other processes, from the storage alone: counts are of all conversations, times and
 * ways of what this process has committed since.
 *
 * @throws Error of Node where the port is taken
 *
 * @example
 * ```ts
 * import { state, states } from '@telefsm/core';
 * import { createMachine } from '@telefsm/core/adapter';
 * import { inspector } from '@telefsm/devtools';
 *
 * const machine = createMachine({ states: [states('Form', { name: state() })] });
 * const { url, stop } = await inspector(machine, { port: 4180, redact: ['phone'] });
 * console.log(`Inspector: ${url}`);
 * await stop();
 * ```
 */
export async function inspector(
  machine: InspectedMachine,
  options: InspectorOptions = {},
): Promise<Inspector> {
  const { write, redact, stuckAfter, audit, clock = systemClock } = options;
  let notify = () => {};
  const model = modelOf(machine, {
    write,
    redact,
    stuckAfter,
    audit,
    clock,
    changed: () => notify(),
  });
  try {
    const web = await openWeb(options, (request) => answer(model, request));
    notify = web.changed;
    const { url, port, token } = web;
    return {
      url,
      port,
      token,
      async stop() {
        model.stop();
        await web.stop();
      },
    };
  } catch (error) {
    model.stop();
    throw error;
  }
}

const actions: readonly string[] = ['move', 'clear', 'ask'] satisfies readonly Action[];

async function answer(model: Model, { method, path, query, form }: WebRequest): Promise<WebAnswer> {
  const [, part = '', action = ''] = /^\/(actions|api)\/([a-z]+)$/.exec(path) ?? [];
  if (method === 'POST') {
    if (!actions.includes(action)) return nowhere(model);
    const key = form.get('key') ?? '';
    const done = await model.act(action as Action, key, form.get('target'));
    return part === 'api'
      ? { json: { done } }
      : { see: `${conversationLink(key)}&notice=${encodeURIComponent(done)}` };
  }
  if (part === 'api') return json(model, action, query);
  const { namespace } = model;
  const page = (title: string, content: ReturnType<typeof overviewPage>) => ({
    page: frame(title, path, namespace, content),
  });
  switch (path) {
    case '/':
      return page('Overview', overviewPage(model.overview()));
    case '/conversations':
      return page('Conversations', listPage(await model.list(listQuery(query))));
    case '/conversation': {
      const notice = model.audit.find(({ text }) => text === query.get('notice'))?.text;
      // looking at it adds to the graph
      const view = await model.conversation(query.get('key') ?? '', notice);
      return page('Conversation', conversationPage(view, model.graph));
    }
    case '/problems':
      return page('Problems', problemsPage(model.problems()));
    case '/audit':
      return page('Audit', auditPage(model.audit, model.moves()));
    case '/style.css':
      return { text: style, type: 'text/css' };
    case '/script.js':
      return { text: script, type: 'text/javascript' };
    case '/events':
      return 'events';
    default:
      return nowhere(model);
  }
}

async function json(model: Model, what: string, query: URLSearchParams): Promise<WebAnswer> {
  switch (what) {
    case 'graph':
      return { json: model.graph };
    case 'overview': {
      const { census, graph, tally, total, troubles, stuck } = model.overview();
      const { counts, looked, isCounting, countedAt } = census;
      const steps = graph.nodes
        .filter(({ id }) => !id.includes('~'))
        .map(({ id }) => ({ id, now: counts.get(id) ?? 0, ...tally(id) }));
      return { json: { moves: total, troubles, stuck, looked, isCounting, countedAt, steps } };
    }
    case 'conversations': {
      const { page, failure } = await model.list(listQuery(query));
      return { json: { ...page, failure } };
    }
    case 'conversation':
      return { json: await model.conversation(query.get('key') ?? '') };
    case 'problems':
      return { json: model.problems() };
    case 'audit':
      return { json: model.audit };
    default:
      return { json: { error: 'Not found.' }, status: 404 };
  }
}

function listQuery(query: URLSearchParams) {
  const text = (name: string) => query.get(name) || undefined;
  return { state: text('state'), search: text('search'), after: text('after') };
}

function nowhere({ namespace }: Model): WebAnswer {
  const content = html`<h1>Nothing here</h1><p>There is no such page. <a href="/">Overview</a></p>`;
  return { page: frame('Nothing here', '', namespace, content), status: 404 };
}
