/** The documentation site: its look, its search, and how blocks of the pages are shown. */

import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitepress';
import { sidebarFile } from '../site/folders.mjs';
import { anchorOf, nameColumns, showBlocks } from '../site/markdown.mjs';

/** A conversation with two states, in the color of the site. */
const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="26" rx="8" fill="#3451b2"/><path d="M6 24v8l9-8z" fill="#3451b2"/><circle cx="10" cy="13" r="4" fill="#fff"/><circle cx="22" cy="13" r="4" fill="none" stroke="#fff" stroke-width="2.5"/></svg>';

export default defineConfig({
  title: 'telefsm',
  description:
    'Conversations for Telegram bots, on grammY and on Telegraf: states, data, scenes and flows.',
  lang: 'en',
  head: [['link', { rel: 'icon', href: `data:image/svg+xml,${encodeURIComponent(icon)}` }]],
  srcDir: '.vitepress/cache/pages',
  cacheDir: '.vitepress/cache/vite',
  markdown: {
    anchor: { slugify: anchorOf },
    config(markdown) {
      showBlocks(markdown);
      nameColumns(markdown);
    },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  vite: {
    // The playground runs the sources of the packages.
    resolve: { conditions: ['@telefsm/source'] },
    // Mermaid is one large part, loaded only by pages with a diagram.
    build: { chunkSizeWarningLimit: 3000 },
  },
  themeConfig: {
    outline: [2, 3],
    externalLinkIcon: true,
    nav: [
      { text: 'Guide', link: '/guide', activeMatch: '^/(guide|quick-start|contents)' },
      { text: 'Recipes', link: '/recipes' },
      { text: 'Examples', link: '/examples/', activeMatch: '^/examples/' },
      { text: 'API', link: '/api/', activeMatch: '^/api/' },
    ],
    sidebar: JSON.parse(readFileSync(sidebarFile, 'utf8')),
    search: {
      provider: 'local',
      options: {
        miniSearch: {
          searchOptions: {
            // Pages that say how to do something come before those that list everything. Sent to the browser as text: it must
            // need nothing from outside.
            boostDocument: (id) => {
              if (/\/(?:recipes|guide|quick-start)/.test(id)) return 2;
              if (/\/api\//.test(id)) return 0.2;
              return /\/(?:errors|storage-contract|performance|architecture|contributing)/.test(id)
                ? 0.5
                : 1;
            },
          },
        },
      },
    },
    footer: { message: 'Released under the MIT license.' },
  },
});
