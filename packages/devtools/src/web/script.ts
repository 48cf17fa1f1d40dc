/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** The script in the browser: it keeps the page current, opens dialogs and sends forms of the chat. Nothing else. */

/**
 * The program of the page.
 *
 * Its text is sent to the browser, so it uses nothing from outside itself.
 */
function page(): void {
  let isLoading = false;
  let isStale = false;
  /** Ms that the last refresh took: the next one waits a multiple of it. */
  let took = 0;
  let byKeyboard = false;

  const status = document.getElementById('live');
  const showState = (text: string) => {
    if (status === null || status.textContent === text) return;
    status.textContent = text;
    status.toggleAttribute('data-off', text !== 'Live');
  };

  /** Fetches this page again and takes over the parts of it that have changed. */
  async function refresh(): Promise<void> {
    if (isLoading) {
      isStale = true;
      return;
    }
    isLoading = true;
    isStale = false;
    const began = performance.now();
    try {
      const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
      for (const part of document.querySelectorAll('[data-live]')) {
        const next = fresh.getElementById(part.id);
        if (next === null) continue;
        keepOpen(part, next);
        if (next.innerHTML !== part.innerHTML) replace(part, next);
      }
      showState('Live');
    } catch {
      showState('Not connected');
    }
    took = performance.now() - began;
    isLoading = false;
    if (isStale) setTimeout(() => void refresh(), Math.max(100, took * 5));
  }

  /** Keeps a part open that the user has opened. */
  function keepOpen(part: Element, next: Element): void {
    for (const { id } of part.querySelectorAll('details[open]'))
      if (id !== '') next.querySelector(`#${CSS.escape(id)}`)?.setAttribute('open', '');
  }

  /** A log changes where it differs: a screen reader announces the new part, and not all of it again. */
  function follow(log: Element, next: Element): void {
    const old = [...log.childNodes];
    const fresh = [...next.childNodes];
    for (const [at, node] of fresh.entries()) {
      const before = old[at];
      if (before === undefined) log.append(node);
      else if (!before.isEqualNode(node)) before.replaceWith(node);
    }
    for (const gone of old.slice(fresh.length)) gone.remove();
  }

  /** Moves the focus to the nearest element if its own is gone, instead of to the top of the page. */
  function refocus(part: Element, id: string): void {
    if (part.contains(document.activeElement)) return;
    const near = part instanceof HTMLElement && part.tabIndex >= 0 ? part : null;
    const refuge = document.getElementById(id) ?? near ?? document.getElementById('message');
    refuge?.focus({ preventScroll: true });
  }

  function replace(part: Element, next: Element): void {
    const focused = document.activeElement;
    // a person who types or decides is not disturbed
    if (part.querySelector('dialog[open]') !== null) return;
    if (focused !== null && part.contains(focused) && focused.matches('input, select, textarea'))
      return;
    const isInside = focused !== null && part.contains(focused);
    const isAtEnd = part.scrollTop + part.clientHeight >= part.scrollHeight - 40;
    const { scrollTop, scrollLeft } = part;
    const counts = new Map(
      [...part.querySelectorAll('[data-node]')].map((node) => [
        node.id,
        node.getAttribute('data-count'),
      ]),
    );
    if (part.hasAttribute('data-log')) follow(part, next);
    else part.replaceChildren(...next.childNodes);
    for (const node of part.querySelectorAll('[data-node]')) {
      const before = counts.get(node.id);
      if (before !== undefined && before !== node.getAttribute('data-count'))
        node.classList.add('moved');
    }
    part.scrollTop = isAtEnd && part.hasAttribute('data-log') ? part.scrollHeight : scrollTop;
    part.scrollLeft = scrollLeft;
    if (isInside) refocus(part, focused.id);
  }

  async function send(form: HTMLFormElement, button: HTMLElement | null): Promise<void> {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form, button)) body.append(name, String(value));
    for (const field of form.querySelectorAll<HTMLInputElement>('input[data-once]'))
      field.value = '';
    const answer = await fetch(form.action, { method: 'POST', body, redirect: 'manual' }).catch(
      () => undefined,
    );
    if (answer === undefined) showState('Not connected');
    await refresh();
  }

  document.addEventListener('click', (event) => {
    const { target } = event;
    if (!(target instanceof Element)) return;
    const opener = target.closest('[data-opens]');
    const dialog =
      opener === null ? null : document.getElementById(opener.getAttribute('data-opens') ?? '');
    if (dialog instanceof HTMLDialogElement) dialog.showModal();
    target.closest('[data-closes]')?.closest('dialog')?.close();
  });
  document.addEventListener('keydown', () => {
    byKeyboard = true;
  });
  document.addEventListener('pointerdown', () => {
    byKeyboard = false;
  });
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.hasAttribute('data-quiet')) return;
    event.preventDefault();
    void send(form, event.submitter);
  });
  document.addEventListener('change', (event) => {
    const { target } = event;
    // by keyboard one passes other options on the way to one's own: there the form has a button
    if (target instanceof Element && target.hasAttribute('data-submits') && !byKeyboard)
      target.closest('form')?.requestSubmit();
  });
  for (const log of document.querySelectorAll('[data-log]')) log.scrollTop = log.scrollHeight;

  const events = new EventSource('/events');
  events.addEventListener('changed', () => void refresh());
  events.addEventListener('error', () => showState('Not connected'));
  addEventListener('pagehide', () => events.close());
}

/** The text of {@link page}; some compilers name functions by a helper, which has to exist in the browser too. */
export const script: string = `'use strict';const __name=(made)=>made;(${page})();\n`;
