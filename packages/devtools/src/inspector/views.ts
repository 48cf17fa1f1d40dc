/** The inspector's pages as HTML. */

import { readableTime } from '../graph/durations.ts';
import { type Graph, type GraphGroup, type GraphNode, isDeclared } from '../graph/graph.ts';
import { diagram, short } from '../web/diagram.ts';
import { type Html, html } from '../web/html.ts';
import { seenPart } from '../web/seen.ts';
import type { ConversationView, ListView, Overview, ProblemsView } from './view-data.ts';

/** A whole page around its content. */
export function frame(title: string, at: string, namespace: string, content: Html): Html {
  const link = (path: string, text: string) =>
    html`<a href="${path}"${path === at ? html` aria-current="page"` : ''}>${text}</a>`;
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} · telefsm</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css"><script src="/script.js" defer></script></head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="bar"><span class="brand"><span aria-hidden="true">◆</span> telefsm <small>${namespace}</small></span>
<nav aria-label="Views">${link('/', 'Overview')}${link('/conversations', 'Conversations')}${link('/problems', 'Problems')}${link('/audit', 'Audit')}</nav>
<span id="live" class="live" role="status">Live</span></header>
<main id="main">${content}</main>
</body></html>`;
}

/** Diagrams with counts, and what happens at each step. */
export function overviewPage(view: Overview): Html {
  const { graph, census, total, troubles, stuck } = view;
  const tops = graph.groups.filter(({ parent }) => parent === null);
  const loose = graph.nodes.some(
    ({ group, kind }) => group === null && kind !== 'start' && kind !== 'end',
  );
  const inStates = [...census.counts.values()].reduce((sum, count) => sum + count, 0);
  const counted =
    census.isCounting && census.countedAt === undefined
      ? ` (${short(census.looked)} counted so far)`
      : '';
  return html`<h1>Overview</h1>
<section id="figures" data-live class="figures" aria-label="Figures">
${figure('/conversations', short(inStates), `in a state${counted}`)}
${figure('/audit', short(total), 'moves seen')}
${figure('/problems', short(stuck), 'stuck', stuck > 0)}
${figure('/problems', short(troubles), 'errors', troubles > 0)}
</section>
<div id="failure" data-live>${census.failure !== undefined && html`<p class="notice" role="alert">Conversations cannot be counted: ${census.failure}</p>`}</div>
${graph.groups.length === 0 && !loose && html`<p>This machine was given no states. Name them in <code>fsm({ states })</code>, and they appear here.</p>`}
${tops.map((group) => part(view, group))}
${loose && part(view, undefined)}`;
}

function figure(path: string, value: string, text: string, bad = false): Html {
  return html`<a class="figure${bad ? ' bad' : ''}" href="${path}"><strong>${value}</strong> <span>${text}</span></a>`;
}

function part({ graph, census, tally }: Overview, group: GraphGroup | undefined): Html {
  const id = group?.id ?? null;
  const title = group?.label ?? 'Scenes';
  const members = graph.nodes.filter((node) => isDeclared(node) && topOf(graph, node) === id);
  const marks = {
    count: (state: string) => census.counts.get(state) ?? 0,
    link: (state: string) => `/conversations?state=${encodeURIComponent(state)}`,
  };
  const rows = members.map((node) => {
    const { reached, answered, back, finished, dropped, timedOut, medianMs } = tally(node.id);
    const ended = answered + finished + dropped;
    const lost = ended === 0 ? 0 : Math.round((dropped / ended) * 100);
    const late = timedOut > 0 ? `, ${timedOut} by time` : '';
    return html`<tr><th scope="row"><a href="${marks.link(node.id)}">${node.label}</a></th>
<td>${marks.count(node.id)}</td><td>${reached}</td>
<td><meter aria-hidden="true" min="0" max="${Math.max(1, reached)}" value="${answered + finished}">${answered + finished}</meter> ${answered + finished}${back > 0 && html` <small>(${back} back)</small>`}</td>
<td class="${lost > 0 ? 'lost' : ''}">${dropped === 0 ? '–' : `${dropped} (${lost} %${late})`}</td>
<td>${medianMs === undefined ? '–' : readableTime(medianMs)}</td></tr>`;
  });
  return html`<section class="part"><h2>${title} <small>${summaryOf(group)}</small></h2>
<div class="columns"><div class="canvas" id="diagram-${title}" data-live tabindex="0" role="region" aria-label="Diagram of ${title}">${diagram(graph, id, `Diagram of ${title}`, marks)}</div>
<div class="scroll" id="steps-${title}" data-live tabindex="0" role="region" aria-label="Steps of ${title}"><table><caption>Since this page's program started</caption><thead><tr><th scope="col">Step</th><th scope="col">Now</th><th scope="col">Reached</th><th scope="col">Went on</th><th scope="col">Left here</th><th scope="col">Time (median)</th></tr></thead><tbody>${rows}</tbody></table></div></div></section>`;
}

function summaryOf(group: GraphGroup | undefined): string {
  if (group === undefined) return '';
  const { trigger, cancel, timeout, description } = group;
  return [
    ...(description === undefined ? [] : [description]),
    ...(trigger === undefined ? [] : [`starts by /${trigger}`]),
    ...(typeof cancel === 'string' ? [`ends by /${cancel}`] : []),
    ...(timeout === undefined ? [] : [`or after ${readableTime(timeout)}`]),
  ].join(' · ');
}

function topOf({ groups }: Graph, { group }: GraphNode): string | null {
  let at = group;
  for (;;) {
    const parent = groups.find(({ id }) => id === at)?.parent ?? null;
    if (parent === null) return at;
    at = parent;
  }
}

/** A page of conversations with a search. */
export function listPage(view: ListView): Html {
  const { page, state, search, states } = view;
  const more =
    page.next &&
    new URLSearchParams({ ...(state && { state }), ...(search && { search }), after: page.next });
  return html`<h1>Conversations</h1>
<form class="search" action="/conversations" role="search">
<label>State <select name="state" data-submits><option value="">any</option>${states.map((id) => html`<option${id === state ? html` selected` : ''}>${id}</option>`)}</select></label>
<label>User, chat or key <input type="search" name="search" value="${search ?? ''}" autocomplete="off"></label>
<button>Search</button></form>
<div id="list" data-live>
${view.failure !== undefined && html`<p class="notice" role="alert">${view.failure}</p>`}
<div class="scroll" tabindex="0" role="region" aria-label="Conversations"><table aria-label="Conversations"><thead><tr><th scope="col">Conversation</th><th scope="col">State</th><th scope="col">Last move</th><th scope="col">Deadline</th></tr></thead><tbody>
${page.conversations.map(({ key, state: at, since, deadlineIn }) => html`<tr><th scope="row"><a href="${conversationLink(key)}">${key}</a></th><td>${at ?? html`<em>none</em>`}</td><td>${since === undefined ? '–' : `${readableTime(since)} ago`}</td><td>${deadlineIn === undefined ? '–' : dueIn(deadlineIn)}</td></tr>`)}
</tbody></table></div>
${page.conversations.length === 0 && html`<p>${page.next === undefined ? 'None found.' : 'None on this page. Continue.'}</p>`}
${more && html`<p><a class="button" href="/conversations?${more.toString()}">${page.conversations.length === 0 ? 'Search on' : 'Next page'}</a></p>`}
</div>`;
}

/** One conversation: its state, its data, its history, and the possible actions. */
export function conversationPage(view: ConversationView, graph: Graph): Html {
  const { key, parts, state, scene, data, session, seen, problem, deadlineIn } = view;
  const { moves, targets, canWrite, notice } = view;
  const node = graph.nodes.find(({ id }) => id === state);
  const top = node && topOf(graph, node);
  const before = moves[0]?.to === state ? moves[0].from : undefined;
  const marks = { count: () => 0, link: () => undefined, current: state, before };
  return html`<p><a href="/conversations">← Conversations</a></p><h1 class="key">${key}</h1>
<div id="notice" role="status">${notice !== undefined && html`<p class="notice" tabindex="-1" autofocus>${notice}</p>`}</div>
<div id="now" data-live>
${!view.isStored && html`<p>Nothing is stored for this conversation.</p>`}
<dl class="facts">${parts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
<div><dt>state</dt><dd><strong>${state ?? 'none'}</strong></dd></div>${scene !== null && scene !== state && html`<div><dt>scene</dt><dd>${scene}</dd></div>`}
${deadlineIn !== undefined && html`<div><dt>deadline</dt><dd>${dueIn(deadlineIn)}</dd></div>`}</dl>
${problem !== undefined && html`<p class="notice" role="alert">${problem}</p>`}
<div class="columns"><div class="scroll"><h2>Data</h2><pre tabindex="0" role="region" aria-label="Data">${data}</pre>${session !== undefined && html`<h2>Session</h2><pre tabindex="0" role="region" aria-label="Session">${session}</pre>`}${seen !== undefined && seenPart(seen, true)}</div>
${node !== undefined && html`<div class="canvas" tabindex="0" role="region" aria-label="Diagram">${diagram(graph, top ?? null, `The state of ${key}`, marks)}</div>`}</div>
</div>
${canWrite && view.isStored && actions(key, targets)}
<h2>Timeline <small>moves that this process has seen, newest first</small></h2>
<div id="timeline" data-live>${moves.length === 0 && html`<p>None yet.</p>`}<ol class="timeline">${moves.map((move) => timelineEntry(move))}</ol></div>`;
}

function timelineEntry(move: ConversationView['moves'][number]): Html {
  const { number, at, from, to, cause, updateId, before, after } = move;
  const by =
    cause === 'update'
      ? `update ${updateId ?? ''}`
      : cause === 'deadline'
        ? 'its deadline'
        : 'work from outside';
  return html`<li><details id="move-${number}"><summary id="move-${number}-line"><span class="from">${from ?? 'none'}</span> → <strong>${to ?? 'none'}</strong> <small><time datetime="${new Date(at).toISOString()}">${clockTime(at)}</time> · by ${by} · #${number}</small></summary>
<div class="sides"><div><h3>Before</h3><pre>${before}</pre></div><div><h3>After</h3><pre>${after}</pre></div></div></details></li>`;
}

function actions(key: string, targets: readonly string[]): Html {
  const hidden = html`<input type="hidden" name="key" value="${key}">`;
  const dialog = (
    id: string,
    title: string,
    text: string,
    path: string,
    fields: Html,
    button: string,
  ) =>
    html`<dialog id="${id}" aria-labelledby="${id}-title"><form method="post" action="${path}"><h2 id="${id}-title">${title}</h2><p>${text}</p>${hidden}${fields}<p class="row"><button class="strong">${button}</button> <button type="button" data-closes>Leave it</button></p></form></dialog>`;
  const options = targets.map((target) => html`<option>${target}</option>`);
  return html`<section aria-label="Actions" class="row">
<button type="button" data-opens="move">Move…</button> <button type="button" data-opens="ask">Ask again…</button> <button type="button" data-opens="clear" class="danger">Clear…</button></section>
${dialog('move', 'Move this conversation?', 'A scene or flow starts over. A question of the current flow keeps the answers before it.', '/actions/move', html`<label>To <select name="target" required>${options}</select></label>`, 'Move it')}
${dialog('ask', 'Ask the question again?', 'The user gets the pending question once more.', '/actions/ask', html``, 'Ask again')}
${dialog('clear', 'Delete this conversation?', 'Its state and data are deleted. The user gets no message.', '/actions/clear', html``, 'Delete it')}`;
}

/** Errors, strays, stuck conversations and faults of the machine. */
export function problemsPage({ faults, strays, idle, idleAfter, troubles }: ProblemsView): Html {
  const conversation = (key: string) => html`<a href="${conversationLink(key)}">${key}</a>`;
  return html`<h1>Problems</h1><div id="problems" data-live>
<h2>Stuck <small>without a move for ${readableTime(idleAfter)}, late, or unknown to the code</small></h2>
${strays.length + idle.length === 0 ? html`<p class="good">None.</p>` : html`<ul>${strays.map(({ key, state, why }) => html`<li>${conversation(key)} in <code>${state}</code>: ${why}</li>`)}${idle.map(({ key, state, idleMs }) => html`<li>${conversation(key)} in <code>${state}</code> for ${readableTime(idleMs)}</li>`)}</ul>`}
<h2>Errors <small>newest first</small></h2>
${troubles.length === 0 ? html`<p class="good">None.</p>` : html`<ul>${troubles.map(({ at, kind, key, message }) => html`<li><time datetime="${new Date(at).toISOString()}">${clockTime(at)}</time> <code>${kind}</code> ${key !== undefined && conversation(key)} ${message}</li>`)}</ul>`}
<h2>Faults of the machine</h2>
${faults.length === 0 ? html`<p class="good">None.</p>` : html`<ul>${faults.map(({ severity, code, message }) => html`<li><strong>${severity}</strong> <code>${code}</code> ${message}</li>`)}</ul>`}
</div>`;
}

/** Renders the actions of this page, and the latest moves. */
export function auditPage(
  audit: readonly { readonly at: number; readonly text: string }[],
  moves: ConversationView['moves'],
): Html {
  return html`<h1>Audit</h1><div id="audit" data-live><h2>Done through this page</h2>
${audit.length === 0 ? html`<p>Nothing.</p>` : html`<ol class="timeline">${audit.map(({ at, text }) => html`<li><time datetime="${new Date(at).toISOString()}">${clockTime(at)}</time> ${text}</li>`)}</ol>`}
<h2>Latest moves</h2><div class="scroll" tabindex="0" role="region" aria-label="Latest moves"><table aria-label="Latest moves"><thead><tr><th scope="col">Time</th><th scope="col">Conversation</th><th scope="col">From</th><th scope="col">To</th></tr></thead><tbody>${moves.map(({ at, key, from, to }) => html`<tr><td>${clockTime(at)}</td><th scope="row"><a href="${conversationLink(key)}">${key}</a></th><td>${from ?? 'none'}</td><td>${to ?? 'none'}</td></tr>`)}</tbody></table></div></div>`;
}

/** The address of a conversation's page. */
export function conversationLink(key: string): string {
  return `/conversation?key=${encodeURIComponent(key)}`;
}

function dueIn(ms: number): string {
  return ms > 0 ? `in ${readableTime(ms)}` : `${readableTime(-ms)} ago`;
}

function clockTime(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}
