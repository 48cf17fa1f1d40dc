/** How the site shows what stands on the pages: anchors as code hosts make them, diagrams, conversations. */

/** The anchor of a heading, as code hosts make it, so that one link works on both. */
export function anchorOf(title) {
  return title
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** Teaches markdown-it to draw `mermaid` blocks and to show transcripts as chats. */
export function showBlocks(markdown) {
  const plain = markdown.renderer.rules.fence;
  markdown.renderer.rules.fence = (tokens, at, ...rest) => {
    const { info, content } = tokens[at];
    if (info.trim() === 'mermaid') return diagram(content);
    if (/^text (?:transcript|walkthrough|from \S*script\.txt)$/.test(info.trim()))
      return chat(content);
    return plain(tokens, at, ...rest);
  };
}

/** A column without a title has no header for who hears the table. */
export function nameColumns(markdown) {
  for (const part of ['th_open', 'th_close']) {
    markdown.renderer.rules[part] = (tokens, at, options, _env, self) => {
      const title = tokens[part === 'th_open' ? at + 1 : at - 1];
      if (title.content === '') tokens[at].tag = 'td';
      return self.renderToken(tokens, at, options);
    };
  }
}

/** The component draws it in the browser; until then, and without scripts, its text stands there. */
function diagram(text) {
  return `<MermaidDiagram text="${encodeURIComponent(text)}"><pre v-pre>${asText(text)}</pre></MermaidDiagram>\n`;
}

/** A conversation as bubbles: what people do on the right, what the bot does on the left. */
function chat(text) {
  const said = [];
  for (const line of text.trimEnd().split('\n')) {
    const [, who, where, rest] =
      /^(\w+)((?: in [\w ]+?)?)((?:: | taps | notifies | edits: | deletes: ).*)$/.exec(line) ?? [];
    if (who) said.push({ who, where, rest });
    else if (/^\(.+\)$/.test(line)) said.push({ later: line.slice(1, -1) });
    else if (said.at(-1)?.who) said.at(-1).rest += `\n${line}`;
  }
  const people = new Set(said.flatMap(({ who }) => (who && who !== 'Bot' ? [who] : [])));
  const items = said.map((each) =>
    each.later ? `<li class="later">${asText(each.later)}</li>` : bubble(each, people.size > 1),
  );
  return `<ul class="chat" v-pre>${items.join('')}</ul>\n`;
}

function bubble({ who, where, rest }, isCrowd) {
  const [, doing = '', words = rest.trim()] = /^((?: \w+)*): ([\s\S]*)$/.exec(rest) ?? [];
  const side = who === 'Bot' ? 'bot' : 'person';
  // Between two, the sides say who speaks; the name is for those who do not see them.
  const isPlain = where === '' && doing === '' && (side === 'bot' || !isCrowd);
  const [, text, tail] = /^((?:taps)?[\s\S]*?)((?: \[[^\]]+\])*)$/.exec(words);
  const buttons = [...tail.matchAll(/\[([^\]]+)\]/g)].map(([, label]) => `<i>${asText(label)}</i>`);
  // the frames around them are for those who see them
  const told = side === 'bot' ? '<span class="visually-hidden">Buttons: </span>' : '';
  return `<li class="${side}"><b${isPlain ? ' class="visually-hidden"' : ''}>${who}${where}${doing}</b> <span>${asText(text)}</span>${
    buttons.length > 0 ? ` <span class="buttons">${told}${buttons.join(' ')}</span>` : ''
  }</li>`;
}

const asText = (text) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
