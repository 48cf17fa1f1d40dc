/** The view of a conversation: the message that is edited in place, and each button with its widget and its transition. */

import type { Seen, SeenButton, SeenMessage } from '@telefsm/core/tools';
import { type Html, html } from './html.ts';

/**
 * Renders what a conversation shows; nothing where no message is edited in place.
 *
 * @param isWhole - with text and keyboard, where no chat is beside it
 */
export function seenPart({ message, view, failure, positions }: Seen, isWhole: boolean): Html {
  if (message === undefined && view === undefined && failure === undefined) return html``;
  const shown = Object.entries(positions);
  return html`<h2>View</h2><p>${message === undefined ? 'No message shows it yet.' : whereabouts(message)}${shown.length > 0 && html` <small>${shown.map(([id, page]) => `${id} at ${typeof page === 'number' ? page + 1 : page}`).join(', ')}</small>`}</p>
${failure !== undefined && html`<p class="notice" role="alert">The view cannot be rendered: ${failure}</p>`}
${view !== undefined && isWhole && html`<div class="seen" role="region" aria-label="Message" tabindex="0"><div class="bubble">${view.media !== undefined && html`<span class="media">[${view.media}]</span>`}${view.text}</div><div class="keys">${view.rows.map((row) => html`<span class="line">${row.map(({ label }) => html`<span class="key">${label}</span>`)}</span>`)}</div></div>`}
${view !== undefined && buttonsOf(view.rows.flat())}`;
}

function whereabouts({ chat, id, inline, business, isCurrent }: SeenMessage): Html {
  const where = inline === undefined ? `Message ${id} in chat ${chat}` : `Inline message ${inline}`;
  const of = business === undefined ? '' : `, business connection ${business}`;
  const state =
    isCurrent === undefined ? '' : isCurrent ? ', up to date' : ', to be edited by the next update';
  return html`${where}${of}${state}`;
}

/** Each button once, a widget of several as one. */
function buttonsOf(buttons: readonly SeenButton[]): Html {
  const lines = new Map<string, readonly [label: string, what: string, leads: string]>();
  for (const { widget, name, list, label, leads } of buttons) {
    if (widget === 'cell') continue;
    const isOne = widget === 'button' && list === undefined;
    const shown = isOne || name === '' ? label : (list ?? name);
    const what = list !== undefined ? 'item of a list' : isOne ? `${widget} ${name}` : widget;
    lines.set(`${what} ${shown}`, [shown, what, leadsTo(widget, leads)]);
  }
  if (lines.size === 0) return html`<p>It has no buttons.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Buttons"><table aria-label="Buttons"><thead><tr><th scope="col">Button</th><th scope="col">Kind</th><th scope="col">Leads to</th></tr></thead><tbody>${[...lines.values()].map(([label, what, to]) => html`<tr><th scope="row">${label}</th><td>${what}</td><td>${to}</td></tr>`)}</tbody></table></div>`;
}

function leadsTo(widget: SeenButton['widget'], leads: SeenButton['leads']): string {
  if (leads === undefined) return widget === 'button' ? 'a handler' : '–';
  return leads.to === undefined ? leads.verb : `${leads.verb} ${leads.to}`;
}
