/** The playground's page as HTML: a chat beside what happens in the bot. */

import type { ConversationView } from '../inspector/view-data.ts';
import { diagram } from '../web/diagram.ts';
import { type Html, html } from '../web/html.ts';
import { seenPart } from '../web/seen.ts';
import type { Bubble } from './chat-log.ts';
import { type ChatType, people, type Session } from './session.ts';
import type { PlaygroundOptions } from './world.ts';

/** The user and the chat that a page shows. */
export interface Looking {
  readonly user: string;
  readonly chatType: ChatType;
}

/** The page. */
export function playgroundPage(
  session: Session,
  { examples, media = {} }: PlaygroundOptions,
  { user, chatType }: Looking,
  record: ConversationView | undefined,
): Html {
  const hidden = html`<input type="hidden" name="user" value="${user}"><input type="hidden" name="place" value="${chatType}">`;
  const name = session.name;
  const option = (value: string, selected: string) =>
    html`<option${value === selected ? html` selected` : ''}>${value}</option>`;
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${name} · telefsm playground</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css"><script src="/script.js" defer></script></head>
<body>
<a class="skip" href="#message">Skip to the chat</a>
<header class="bar"><span class="brand"><span aria-hidden="true">◆</span> telefsm <small>playground</small></span>
<form method="post" action="/do/open" class="row-plain"><label class="inline">Example <select name="example" data-submits>${Object.keys(examples).map((each) => option(each, name))}</select></label> <label class="inline">Framework <select name="framework" data-submits>${Object.keys(session.example.bots).map((each) => option(each, session.framework))}</select></label> <button class="go">Open</button></form>
<span id="live" class="live" role="status">Live</span></header>
<main id="main"><h1 class="hidden">Playground</h1><p class="about">${session.example.about}</p>
<div class="playground">${phone(session, media, { user, chatType }, hidden)}
<div class="side">
<section class="part"><h2>Diagram</h2><div id="diagrams" class="canvas" data-live tabindex="0" role="region" aria-label="Diagram">${diagrams(session, record)}</div></section>
<section class="part"><h2>Stored data</h2><div id="record" data-live>${recordOf(record)}</div></section>
<section class="part wide"><h2>Failures</h2>${controls(session)}</section>
<section class="part wide"><h2>API calls <small>newest first</small></h2><ol id="calls" class="calls" data-live tabindex="0" aria-label="Calls">${session.calls.map(({ method, payload, ok, description }) => html`<li${ok ? '' : html` class="bad"`}><code>${method}</code> ${ok ? '' : `failed: ${description}. `}<small>${JSON.stringify(payload).slice(0, 240)}</small></li>`)}</ol></section>
</div></div></main>
</body></html>`;
}

function phone(
  session: Session,
  media: NonNullable<PlaygroundOptions['media']>,
  { user, chatType }: Looking,
  hidden: Html,
): Html {
  const chat = session.chatOf(user, chatType);
  const { log } = session;
  const keyboard = log.keyboard(chat);
  const where = (to: ChatType, text: string) =>
    html`<option value="${to}"${to === chatType ? html` selected` : ''}>${text}</option>`;
  return html`<section class="phone" aria-label="Chat">
<header><span class="face" aria-hidden="true">${user.slice(0, 1)}</span><strong>${user}</strong>
<form action="/"><label><span class="hidden">User</span><select name="user" data-submits>${people.map((each) => html`<option${each === user ? html` selected` : ''}>${each}</option>`)}</select></label> <label><span class="hidden">Chat</span><select name="place" data-submits>${where('private', 'with the bot')}${where('group', 'in Friends')}</select></label> <button class="go">Show</button></form></header>
<div id="chat" class="log" data-live data-log tabindex="0" role="log" aria-label="Messages">${log.bubbles(chat).map((bubble) => bubbleOf(bubble, user, chatType, hidden))}</div>
<div id="keyboard" data-live>${keyboard.length > 0 && html`<form class="keyboard" method="post" action="/do/tap" data-quiet>${hidden}${keyboard.map((row) => html`<div class="line">${row.map((label) => html`<button name="label" value="${label}">${label}</button>`)}</div>`)}</form>`}</div>
<form class="write" method="post" action="/do/send" data-quiet>${hidden}<label><span class="hidden">Message</span><input id="message" name="text" placeholder="Message, or /start" autocomplete="off" data-once></label><button class="strong">Send</button></form>
<div class="quick"><form method="post" action="/do/send" data-quiet>${hidden}<span id="commands" data-live>${session.model.graph.groups.map(({ trigger }) => trigger !== undefined && html`<button name="text" value="/${trigger}">/${trigger}</button> `)}<button name="text" value="/start">/start</button> <button name="text" value="/cancel">/cancel</button></span></form>
${Object.keys(media).length > 0 && html`<form method="post" action="/do/media" data-quiet>${hidden}${Object.keys(media).map((name) => html`<button name="name" value="${name}">${name}</button> `)}</form>`}</div>
</section>`;
}

function bubbleOf(
  { id, by, text, media, buttons, isGone }: Bubble,
  user: string,
  chatType: ChatType,
  hidden: Html,
): Html {
  if (id === undefined) return html`<div class="noted">${text}</div>`;
  const names = ['bubble', by === user && 'you', isGone && 'gone'].filter(Boolean).join(' ');
  const writer = by === undefined ? 'Bot' : by;
  const isNamed = chatType === 'group' && by !== user;
  const keys =
    buttons.length > 0 &&
    html`<div class="keys"><form method="post" action="/do/tap" data-quiet>${hidden}<input type="hidden" name="message" value="${id}">${buttons.map((row, at) => html`<span class="line">${row.map((label, column) => html`<button id="b${id}-${at}-${column}" name="label" value="${label}">${label}</button>`)}</span>`)}</form></div>`;
  return html`<div class="${names}"><span class="${isNamed ? 'writer' : 'hidden'}">${writer}${isGone && ' (deleted)'}: </span>${media !== undefined && html`<span class="media">[${media}]</span>`}${text}</div>${keys}`;
}

function controls(session: Session): Html {
  const time = new Date(session.clock.now()).toISOString().slice(0, 16).replace('T', ' ');
  return html`<div class="row"><form method="post" action="/do/later" data-quiet><button name="ms" value="60000">+ 1 min</button> <button name="ms" value="900000">+ 15 min</button> <button name="ms" value="86400000">+ 1 day</button></form>
<form method="post" action="/do/again" data-quiet><button>Redeliver the last update</button></form>
<form method="post" action="/do/crash" data-quiet><button name="when" value="now" class="danger">Crash now</button> <button name="when" value="next" class="danger">Crash before the next answer</button></form></div>
<p id="state-of-bot" data-live role="status">The bot's clock: ${time}. ${session.crashes === 0 ? 'No crash yet.' : session.crashes === 1 ? 'It crashed once.' : `It crashed ${session.crashes} times.`}${session.isArmed && html` <strong>It will crash before its next message.</strong>`}</p>`;
}

function diagrams({ model }: Session, record: ConversationView | undefined): Html {
  const { graph, overview } = model;
  const { census } = overview();
  const marks = {
    count: (state: string) => census.counts.get(state) ?? 0,
    link: () => undefined,
    current: record?.state ?? null,
    before: record?.moves[0]?.to === record?.state ? record?.moves[0]?.from : undefined,
  };
  const tops = graph.groups.filter(({ parent }) => parent === null);
  const isLoose = graph.nodes.some(({ group, kind }) => group === null && kind === 'scene');
  return html`${isLoose && html`<figure>${diagram(graph, null, 'Scenes', marks)}</figure>`}${tops.map(({ id, label }) => html`<figure>${diagram(graph, id, label, marks)}<figcaption>${label}</figcaption></figure>`)}`;
}

function recordOf(record: ConversationView | undefined): Html {
  if (record === undefined) return html`<p>This bot keeps no conversation here.</p>`;
  const { key, state, data, session, seen, problem, deadlineIn, moves } = record;
  const due =
    deadlineIn === undefined ? '' : ` · due in ${Math.max(0, Math.round(deadlineIn / 1000))} s`;
  return html`<p><code>${key}</code></p><p>State <strong>${state ?? 'none'}</strong><small>${due}</small></p><pre tabindex="0" role="region" aria-label="Data">${data}</pre>${session !== undefined && html`<h3>Session</h3><pre tabindex="0" role="region" aria-label="Session">${session}</pre>`}${problem !== undefined && html`<p class="notice" role="alert">${problem}</p>`}${seen !== undefined && seenPart(seen, false)}
<h3>Moves</h3><ol class="timeline">${moves.slice(0, 8).map(({ from, to, cause }) => html`<li>${from ?? 'none'} → <strong>${to ?? 'none'}</strong> <small>${cause}</small></li>`)}</ol>`;
}
