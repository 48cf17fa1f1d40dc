/** The playground of the home page: a chat beside the diagram that it moves, and what is stored. */

import { defineComponent, h, nextTick, onMounted, ref } from 'vue';

/** Starts the bot once the page is shown; until then the chat says so. */
export const Playground = defineComponent({
  setup() {
    const messages = ref([]);
    const shown = ref({ state: null, data: {}, svg: '' });
    const text = ref('');
    const log = ref();
    let bot;

    async function refresh() {
      messages.value = bot.messages.map((each) => ({ ...each }));
      shown.value = await bot.look();
      await nextTick();
      if (log.value) log.value.scrollTop = log.value.scrollHeight;
    }
    onMounted(async () => {
      const { startBot } = await import('./playground-bot.mjs');
      bot = startBot(() => void refresh());
      await bot.send('/order');
    });
    async function send(event) {
      event.preventDefault();
      const message = text.value.trim();
      if (!bot || message === '') return;
      text.value = '';
      await bot.send(message);
    }

    const bubble = (message) =>
      h('li', { class: message.from }, [
        h('span', message.text),
        ...message.buttons.map((row) =>
          h(
            'div',
            { class: 'row' },
            row.map((button) =>
              h('button', { type: 'button', onClick: () => bot.tap(message, button) }, button.text),
            ),
          ),
        ),
      ]);
    return () =>
      h('section', { class: 'playground', 'aria-label': 'Playground' }, [
        h('div', { class: 'talk' }, [
          h(
            'ol',
            { ref: log, role: 'log', 'aria-label': 'Chat', tabindex: 0 },
            messages.value.length > 0 ? messages.value.map(bubble) : h('li', 'Starting the bot…'),
          ),
          h('form', { onSubmit: send }, [
            h('input', {
              'aria-label': 'Message',
              placeholder: 'Message, or /cancel',
              autocomplete: 'off',
              value: text.value,
              onInput: ({ target }) => {
                text.value = target.value;
              },
            }),
            h('button', { type: 'submit' }, 'Send'),
          ]),
        ]),
        h('div', { class: 'inside' }, [
          h('div', { class: 'drawing', innerHTML: shown.value.svg }),
          h('p', { 'aria-live': 'polite' }, ['State ', h('strong', shown.value.state ?? 'none')]),
          h(
            'pre',
            { tabindex: 0, 'aria-label': 'Data', role: 'region' },
            JSON.stringify(shown.value.data, null, 1),
          ),
        ]),
      ]);
  },
});
