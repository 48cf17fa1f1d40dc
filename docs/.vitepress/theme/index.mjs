/** The site's theme: VitePress's own with the fonts of the reader's system, diagrams and chats. */

import { onContentUpdated } from 'vitepress';
import theme from 'vitepress/theme-without-fonts';
import { MermaidDiagram } from './mermaid-diagram.mjs';
import { Playground } from './playground.mjs';
import './playground.css';
import './style.css';

export default {
  extends: theme,
  enhanceApp({ app }) {
    app.component('MermaidDiagram', MermaidDiagram);
    app.component('Playground', Playground);
  },
  setup() {
    // VitePress gives every page a `main` but this one
    onContentUpdated(() => document.querySelector('.VPHome')?.setAttribute('role', 'main'));
  },
};
