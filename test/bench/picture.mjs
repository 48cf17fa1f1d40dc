/** The main ratios as a picture: bars in SVG, in the colors of whoever looks, light or dark. */

import { timesSession } from './goals.mjs';

const width = 720;
const bar = { height: 18, gap: 8, left: 250, most: 360 };

/** The SVG of the measurements. */
export function pictureOf({ sections }) {
  const { memory, storages, races } = sections;
  const groups = [
    memory && {
      title:
        'CPU time that an update adds in memory, beside the framework’s session (less is better)',
      bars: [
        ['session() of grammY', 1],
        ['telefsm on grammY', timesSession(memory.found, 'telefsm switch, grammy')],
        ['router of grammY', timesSession(memory.found, 'grammy router')],
        ['session() of Telegraf', 1],
        ['telefsm on Telegraf', timesSession(memory.found, 'telefsm switch, telegraf')],
        ['wizard of Telegraf', timesSession(memory.found, 'telegraf wizard')],
      ],
      unit: '×',
    },
    storages && {
      title: 'Updates a second on Redis, beside two scripts by hand, 64 at once (more is better)',
      bars: [
        ['session() with a lock of its own', 'grammy session + redis-semaphore'],
        ['two scripts by hand, with a lock', 'by hand: Redis two scripts'],
        ['telefsm, lock included', 'telefsm states, grammy'],
        ['session(), no lock', 'grammy session'],
      ].map(([name, id]) => [name, storages.found.redis[id]?.[64]?.ratio.median]),
      unit: '×',
    },
    races && {
      title: `Lost of ${races.found.pairs} pairs of simultaneous messages, two processes on Redis`,
      bars: ['grammy session', 'grammy router', 'telegraf wizard', 'telefsm states, grammy'].map(
        (id) => [id.split(',')[0], races.found.of[id]?.['Redis, two processes']?.lost],
      ),
      unit: '',
    },
  ].filter(Boolean);
  let y = 8;
  const parts = [];
  for (const { title, bars, unit } of groups) {
    const known = bars.filter(([, value]) => Number.isFinite(value));
    const longest = Math.max(...known.map(([, value]) => value), Number.MIN_VALUE);
    y += 22;
    parts.push(`<text class="title" x="0" y="${y}">${escaped(title)}</text>`);
    y += 12;
    for (const [name, value] of known) {
      const isOurs = name.startsWith('telefsm');
      const length = Math.max(2, (value / longest) * bar.most);
      const middle = y + bar.height / 2 + 4;
      const shown = `${Number.isInteger(value) ? value : value.toFixed(value < 10 ? 2 : 1)}${unit}`;
      parts.push(
        `<text x="${bar.left - 10}" y="${middle}" text-anchor="end">${escaped(name)}</text>`,
        `<rect class="${isOurs ? 'ours' : 'theirs'}" x="${bar.left}" y="${y}" width="${length.toFixed(1)}" height="${bar.height}" rx="3"/>`,
        `<text x="${(bar.left + length + 8).toFixed(1)}" y="${middle}">${shown}</text>`,
      );
      y += bar.height + bar.gap;
    }
    y += 8;
  }
  const style = `text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-weight:600}.ours{fill:#2563eb}.theirs{fill:#9ca3af}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.ours{fill:#60a5fa}.theirs{fill:#6b7280}}`;
  const label = groups.map(({ title }) => title).join('. ');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" role="img" aria-label="${escaped(label)}">
<style>${style}</style>
${parts.join('\n')}
</svg>
`;
}

const escaped = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
