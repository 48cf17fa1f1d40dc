import { Bot } from 'grammy';
import { expect, it } from 'vitest';
import { telegram } from '../src/index.ts';

it('a rich message has blocks, is shown by its source, and is edited to and from text', async () => {
  const bot = new Bot('1:rich');
  const world = telegram(bot);
  bot.on('message', async ({ api, chat }) => {
    const sent = await api.sendRichMessage(chat.id, { markdown: '# Title\n\n**bold**' });
    expect(sent.rich_message).toEqual({
      blocks: [
        { type: 'paragraph', text: '# Title' },
        { type: 'paragraph', text: '**bold**' },
      ],
    });
    const edit = { chat_id: chat.id, message_id: sent.message_id };
    const plain = await api.raw.editMessageText({ ...edit, text: 'plain' });
    expect(plain).toMatchObject({ text: 'plain' });
    expect(plain).not.toHaveProperty('rich_message.blocks');
    await api.raw.editMessageText({ ...edit, rich_message: { html: '<b>rich</b>' } });
    await expect(
      api.raw.editMessageText({ ...edit, rich_message: { markdown: ' ' } }),
    ).rejects.toThrow(/message text is empty/);
  });
  const anna = world.user('Anna');
  await anna.sends('go');
  anna.sees('<b>rich</b>');
  expect(world.transcript()).toContain('[rich_message] <b>rich</b>');
});
