/** A Mermaid diagram, drawn in the browser in the colors of the page. */

import { useData } from 'vitepress';
import { defineComponent, h, onMounted, ref, watch } from 'vue';

let drawn = 0;
let queue = Promise.resolve();

/** Draws `text` (encoded as in an address); its slot stands there until that is done. */
export const MermaidDiagram = defineComponent({
  props: { text: { type: String, required: true } },
  setup({ text }, { slots }) {
    const { isDark } = useData();
    const svg = ref('');
    const draw = async () => {
      // One at a time: the library's settings are the same for all of a page.
      queue = queue.then(async () => {
        svg.value = await svgOf(decodeURIComponent(text), isDark.value);
      });
      await queue;
    };
    onMounted(() => {
      watch(isDark, draw, { immediate: true });
    });
    const source = decodeURIComponent(text);
    return () =>
      svg.value
        ? h('figure', { class: 'diagram', 'aria-label': 'Diagram' }, [
            h('div', { innerHTML: svg.value, 'aria-hidden': true }),
            // a drawing says nothing to who hears the page: its source does
            h('pre', { class: 'visually-hidden' }, source),
          ])
        : h('figure', { class: 'diagram' }, slots.default?.());
  },
});

async function svgOf(text, isDark) {
  const { default: mermaid } = await import('mermaid');
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: 'strict',
    theme: isDark ? 'dark' : 'neutral',
    fontFamily: 'inherit',
    themeVariables: { fontSize: '14px', ...(isDark && { edgeLabelBackground: '#333' }) },
    flowchart: { wrappingWidth: 340, nodeSpacing: 40, rankSpacing: 32 },
  });
  drawn += 1;
  const { svg } = await mermaid.render(`diagram-${drawn}`, text);
  return svg;
}
