/** The site's theme: VitePress's own with the fonts of the reader's system, diagrams and chats. */

import theme from 'vitepress/theme-without-fonts';
import { MermaidDiagram } from './mermaid-diagram.mjs';
import './style.css';

export default {
  extends: theme,
  enhanceApp({ app }) {
    app.component('MermaidDiagram', MermaidDiagram);
  },
};
