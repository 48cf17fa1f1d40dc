import { InputFile } from 'grammy';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BotApiServer, botApiServer, type TestUser } from '../src/index.ts';
import { call } from './bot-api.ts';
import { grammyBot } from './bots.ts';

let server: BotApiServer;
let anna: TestUser;
beforeAll(async () => {
  server = await botApiServer();
  anna = server.user('Anna', { username: 'anna' });
});
afterAll(() => server.stop());

const bot = (method: string, payload: object = {}) => call(server.url, method, payload);
const say = (fields: object = {}) =>
  bot('sendMessage', { chat_id: anna.id, text: 'hello', ...fields });

/** Calls that Telegram rejects, and its descriptions. */
const refusals: readonly (readonly [
  what: string,
  method: string,
  payload: () => object,
  code: number,
  description: string | RegExp,
])[] = [
  ['no chat', 'sendMessage', () => ({ text: 'x' }), 400, 'Bad Request: chat_id is empty'],
  [
    'an unknown chat',
    'sendMessage',
    () => ({ chat_id: 99, text: 'x' }),
    400,
    'Bad Request: chat not found',
  ],
  [
    'an empty text',
    'sendMessage',
    () => ({ chat_id: anna.id, text: '  ' }),
    400,
    'Bad Request: message text is empty',
  ],
  [
    'a text over 4,096 characters',
    'sendMessage',
    () => ({ chat_id: anna.id, text: '🙂'.repeat(4097) }),
    400,
    'Bad Request: message is too long',
  ],
  [
    'a caption over 1,024 characters',
    'sendPhoto',
    () => ({ chat_id: anna.id, photo: 'id', caption: 'x'.repeat(1025) }),
    400,
    'Bad Request: message caption is too long',
  ],
  [
    'button data over 64 bytes',
    'sendMessage',
    () => keyboard({ text: 'a', callback_data: 'ä'.repeat(33) }),
    400,
    'Bad Request: BUTTON_DATA_INVALID',
  ],
  [
    'a button without action',
    'sendMessage',
    () => keyboard({ text: 'a' }),
    400,
    /Text buttons are unallowed/,
  ],
  [
    'a button with a broken address',
    'sendMessage',
    () => keyboard({ text: 'a', url: 'nowhere' }),
    400,
    /Wrong HTTP URL/,
  ],
  [
    'a forced reply in a channel',
    'sendMessage',
    () => ({ chat_id: server.channel('News').id, text: 'x', reply_markup: { force_reply: true } }),
    400,
    'Bad Request: inline keyboard expected',
  ],
  [
    'a deletion for an unknown business',
    'deleteBusinessMessages',
    () => ({ business_connection_id: 'x', message_ids: [1] }),
    400,
    'Bad Request: BUSINESS_CONNECTION_INVALID',
  ],
  [
    'a reply to nothing',
    'sendMessage',
    () => ({ chat_id: anna.id, text: 'x', reply_parameters: { message_id: 9999 } }),
    400,
    'Bad Request: message to be replied not found',
  ],
  [
    'a photo without a photo',
    'sendPhoto',
    () => ({ chat_id: anna.id }),
    400,
    'Bad Request: there is no photo in the request',
  ],
  [
    'an album of one',
    'sendMediaGroup',
    () => ({ chat_id: anna.id, media: [{ type: 'photo', media: 'id' }] }),
    400,
    /2-10 items/,
  ],
  [
    'an edit of nothing',
    'editMessageText',
    () => ({ chat_id: anna.id, message_id: 9999, text: 'x' }),
    400,
    'Bad Request: message to edit not found',
  ],
  [
    'a deletion of nothing',
    'deleteMessage',
    () => ({ chat_id: anna.id, message_id: 9999 }),
    400,
    'Bad Request: message to delete not found',
  ],
  [
    'a copy of nothing',
    'copyMessage',
    () => ({ chat_id: anna.id, from_chat_id: anna.id, message_id: 9999 }),
    400,
    'Bad Request: message to copy not found',
  ],
  [
    'an answer to no press',
    'answerCallbackQuery',
    () => ({ callback_query_id: 'x' }),
    400,
    /query is too old/,
  ],
  [
    'a bad command',
    'setMyCommands',
    () => ({ commands: [{ command: 'Start!', description: 'x' }] }),
    400,
    'Bad Request: BOT_COMMAND_INVALID',
  ],
  [
    'broken HTML',
    'sendMessage',
    () => ({ chat_id: anna.id, text: 'a <b>b', parse_mode: 'HTML' }),
    400,
    /Can't find end tag corresponding to start tag "b"/,
  ],
  [
    'an unknown tag',
    'sendMessage',
    () => ({ chat_id: anna.id, text: '<x>', parse_mode: 'HTML' }),
    400,
    /Unsupported start tag "x"/,
  ],
  [
    'an unescaped dot in MarkdownV2',
    'sendMessage',
    () => ({ chat_id: anna.id, text: 'Hi.', parse_mode: 'MarkdownV2' }),
    400,
    "Bad Request: can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'",
  ],
  [
    'open bold in MarkdownV2',
    'sendMessage',
    () => ({ chat_id: anna.id, text: '*a', parse_mode: 'MarkdownV2' }),
    400,
    /Can't find end of Bold entity/,
  ],
  [
    'a topic that is not there',
    'sendMessage',
    () => ({ chat_id: forum(), text: 'x', message_thread_id: 77 }),
    400,
    'Bad Request: message thread not found',
  ],
  [
    'an invoice without prices',
    'sendInvoice',
    () => ({ chat_id: anna.id, title: 't', prices: [] }),
    400,
    'Bad Request: prices must be non-empty',
  ],
  [
    'a poll without a question',
    'sendPoll',
    () => ({ chat_id: anna.id, options: ['a', 'b'] }),
    400,
    'Bad Request: poll question must be non-empty',
  ],
  ['a method that no page names', 'sendmesage', () => ({}), 404, 'Not Found'],
];
const keyboard = (button: object) => ({
  chat_id: anna.id,
  text: 'x',
  reply_markup: { inline_keyboard: [[button]] },
});
const forum = () => {
  const group = server.group('Forum');
  group.topic('General things');
  return group.id;
};

describe('the fake Bot API', () => {
  it.each(refusals)('rejects %s', async (_, method, payload, code, description) => {
    const answer = await bot(method, payload());
    expect([answer.ok, answer.error_code]).toEqual([false, code]);
    expect(answer.description).toEqual(
      typeof description === 'string' ? description : expect.stringMatching(description),
    );
  });

  it('rejects a wrong token with 401, what is no address with 404, and a body that is no JSON with 400', async () => {
    await bot('getMe');
    const status = async (path: string, body?: string) =>
      (
        await fetch(`${server.url}${path}`, {
          method: 'POST',
          ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
        })
      ).status;
    expect([
      await status('/bot2:X/getMe'),
      await status('/other'),
      await status('/bot1:T/getMe', '{'),
    ]).toEqual([401, 404, 400]);
  });

  it('answers true to methods that it does not model', async () => {
    expect((await bot('setChatPhoto', { chat_id: anna.id })).result).toBe(true);
    expect((await bot('setChatPhoto', { chat_id: 99 })).error_code).toBe(400);
  });

  it('edits what the bot wrote, rejecting what would change nothing', async () => {
    const { message_id } = (await say()).result as { message_id: number };
    const edit = { chat_id: anna.id, message_id };
    expect((await bot('editMessageText', { ...edit, text: 'changed' })).result).toMatchObject({
      message_id,
      text: 'changed',
    });
    expect((await bot('editMessageText', { ...edit, text: 'changed' })).description).toMatch(
      /message is not modified/,
    );
    const reply_markup = { inline_keyboard: [[{ text: 'a', callback_data: 'a' }]] };
    expect((await bot('editMessageReplyMarkup', { ...edit, reply_markup })).result).toMatchObject({
      reply_markup,
    });
    expect((await bot('editMessageReplyMarkup', { ...edit, reply_markup })).description).toMatch(
      /message is not modified/,
    );
    expect((await bot('editMessageCaption', { ...edit, caption: 'x' })).description).toMatch(
      /there is no caption/,
    );
    expect(
      (await bot('deleteMessages', { chat_id: anna.id, message_ids: [message_id, 12_345] })).result,
    ).toBe(true);
    expect((await bot('editMessageText', { ...edit, text: 'again' })).error_code).toBe(400);
  });

  it('formats HTML and Markdown into text and entities', async () => {
    const sent = async (text: string, parse_mode: string) => {
      const { result } = await say({ text, parse_mode });
      const { text: plain, entities } = result as { text: string; entities?: unknown };
      return [plain, entities];
    };
    expect(await sent('<b>a &amp; <i>b</i></b> <a href="https://e.com">c</a>', 'HTML')).toEqual([
      'a & b c',
      [
        { type: 'bold', offset: 0, length: 5 },
        { type: 'italic', offset: 4, length: 1 },
        { type: 'text_link', offset: 6, length: 1, url: 'https://e.com' },
      ].sort((one, other) => one.offset - other.offset),
    ]);
    expect(await sent('*a* __b__ `c.d` [e](https://e.com/x) \\.', 'MarkdownV2')).toEqual([
      'a b c.d e .',
      [
        { type: 'bold', offset: 0, length: 1 },
        { type: 'underline', offset: 2, length: 1 },
        { type: 'code', offset: 4, length: 3 },
        { type: 'text_link', offset: 8, length: 1, url: 'https://e.com/x' },
      ],
    ]);
    expect(await sent('*a* _b_ 1.', 'Markdown')).toEqual([
      'a b 1.',
      [
        { type: 'bold', offset: 0, length: 1 },
        { type: 'italic', offset: 2, length: 1 },
      ],
    ]);
  });

  it('sends every kind of message', async () => {
    const chat_id = anna.id;
    const place = { latitude: 1, longitude: 2 };
    const kinds: readonly (readonly [string, object, string])[] = [
      ['sendPhoto', { photo: 'x' }, 'photo'],
      ['sendAudio', { audio: 'x' }, 'audio'],
      ['sendDocument', { document: 'x' }, 'document'],
      ['sendVideo', { video: 'x' }, 'video'],
      ['sendAnimation', { animation: 'x' }, 'animation'],
      ['sendVoice', { voice: 'x' }, 'voice'],
      ['sendVideoNote', { video_note: 'x' }, 'video_note'],
      ['sendSticker', { sticker: 'x' }, 'sticker'],
      ['sendLocation', place, 'location'],
      ['sendVenue', { ...place, title: 'a', address: 'b' }, 'venue'],
      ['sendContact', { phone_number: '1', first_name: 'A' }, 'contact'],
      ['sendPoll', { question: 'q', options: [{ text: 'a' }, { text: 'b' }] }, 'poll'],
      ['sendDice', {}, 'dice'],
      [
        'sendInvoice',
        {
          title: 't',
          description: 'd',
          payload: 'p',
          currency: 'XTR',
          prices: [{ label: 'l', amount: 5 }],
        },
        'invoice',
      ],
      ['sendGame', { game_short_name: 'g' }, 'game'],
      ['sendPaidMedia', { star_count: 1, media: [] }, 'paid_media'],
      ['sendRichMessage', { rich_message: { html: 'x' } }, 'rich_message'],
      ['sendChecklist', { checklist: { title: 'x', tasks: [] } }, 'checklist'],
    ];
    for (const [method, payload, field] of kinds) {
      const { ok, result } = await bot(method, { chat_id, ...payload });
      expect([method, ok, Object.hasOwn(result as object, field)]).toEqual([method, true, true]);
    }
  });

  it('copies and forwards one message or several', async () => {
    const chat_id = anna.id;
    const ids = [(await say()).result, (await say()).result].map(
      (sent) => (sent as { message_id: number }).message_id,
    );
    const chats = { chat_id, from_chat_id: chat_id };
    expect(
      (await bot('copyMessages', { ...chats, message_ids: [...ids, 9999] })).result,
    ).toHaveLength(2);
    expect((await bot('forwardMessages', { ...chats, message_ids: ids })).result).toHaveLength(2);
    const { result } = await bot('copyMessage', { ...chats, message_id: ids[0] });
    expect(result).toEqual({ message_id: expect.any(Number) });
    expect((await bot('forwardMessage', { ...chats, message_id: ids[0] })).result).toMatchObject({
      text: 'hello',
      forward_origin: { type: 'user' },
    });
  });

  it('takes uploads of grammY, and serves the files', async () => {
    const bytes = Buffer.from('bytes of a file\r\n--not a boundary');
    const grammy = grammyBot({}, { apiRoot: server.url });
    const { document } = await grammy.api.sendDocument(anna.id, new InputFile(bytes, 'a b.txt'), {
      caption: 'one',
    });
    const { file_path } = await grammy.api.getFile(document.file_id);
    const file = await fetch(`${server.url}/file/bot1:T/${file_path}`);
    expect(Buffer.from(await file.arrayBuffer()).equals(bytes)).toBe(true);
    expect((await fetch(`${server.url}/file/bot1:T/nothing`)).status).toBe(404);
  });

  // Telegraf's own client never ends an upload on Node 26; `npm run test:runtimes` runs it on each Node line.
  it('takes an album in the form that Telegraf uploads', async () => {
    const bytes = 'bytes of a file\r\n--not a boundary';
    const media = JSON.stringify([
      { type: 'document', media: 'attach://c' },
      { type: 'document', media: 'attach://d', caption: 'two' },
    ]);
    const parts = [
      ['name="method"', 'sendMediaGroup'],
      ['name="chat_id"', anna.id],
      ['name="c"; filename="c.txt"', bytes],
      ['name="d"; filename="d.txt"', bytes],
      ['name="media"', media],
    ].map(([names, body]) => `content-disposition:form-data; ${names}\r\n\r\n${body}`);
    const posted = await fetch(`${server.url}/bot1:T/sendMediaGroup`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=5ac0e9ac' },
      body: `--5ac0e9ac\r\n${parts.join('\r\n--5ac0e9ac\r\n')}\r\n--5ac0e9ac--`,
    });
    expect(await posted.json()).toMatchObject({
      result: [
        { document: { file_name: 'c.txt', file_size: bytes.length } },
        { caption: 'two', document: { file_name: 'd.txt', file_size: bytes.length } },
      ],
    });
  });

  it('takes forms and addresses instead of JSON', async () => {
    const form = new URLSearchParams({
      chat_id: String(anna.id),
      text: 'form',
      reply_markup: '{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}',
    });
    const posted = (await (
      await fetch(`${server.url}/bot1:T/sendMessage`, { method: 'POST', body: form })
    ).json()) as object;
    expect(posted).toMatchObject({
      result: { text: 'form', reply_markup: { inline_keyboard: [[{ text: 'a' }]] } },
    });
    const got = (await (
      await fetch(`${server.url}/bot1:T/sendmessage?chat_id=@anna&text=get`)
    ).json()) as object;
    expect(got).toMatchObject({ result: { text: 'get' } });
  });

  it('has chats, members and topics', async () => {
    const team = server.group('Team', [anna]);
    const chat = { chat_id: team.id };
    expect((await bot('getChat', chat)).result).toMatchObject({
      type: 'supergroup',
      title: 'Team',
    });
    expect((await bot('getChatMember', { ...chat, user_id: anna.id })).result).toMatchObject({
      status: 'member',
      user: { first_name: 'Anna' },
    });
    expect((await bot('getChatMember', { ...chat, user_id: 5 })).description).toBe(
      'Bad Request: user not found',
    );
    expect((await bot('getChatMemberCount', chat)).result).toBe(2);
    expect((await bot('getChatAdministrators', chat)).result).toMatchObject([{ user: { id: 1 } }]);
    await bot('banChatMember', { ...chat, user_id: anna.id });
    expect((await bot('getChatMember', { ...chat, user_id: anna.id })).result).toMatchObject({
      status: 'kicked',
    });
    expect((await bot('createForumTopic', { ...chat, name: 'Dev' })).error_code).toBe(400);
    team.topic('General');
    const { message_thread_id } = (await bot('createForumTopic', { ...chat, name: 'Dev' }))
      .result as { message_thread_id: number };
    expect(team.topic('Dev').thread).toBe(message_thread_id);
    await bot('leaveChat', chat);
    expect((await bot('sendMessage', { ...chat, text: 'x' })).description).toBe(
      'Forbidden: bot is not a member of the supergroup chat',
    );
  });

  it('keeps commands by scope and language', async () => {
    const commands = [{ command: 'start', description: 'Begin' }];
    await bot('setMyCommands', { commands, language_code: 'de' });
    expect((await bot('getMyCommands', { language_code: 'de' })).result).toEqual(commands);
    expect((await bot('getMyCommands')).result).toEqual([]);
  });

  it('logs calls with their answers, and lets answers wait', async () => {
    await say({ text: '' });
    expect(server.calls.at(-1)).toMatchObject({
      method: 'sendMessage',
      payload: { text: '' },
      answer: { ok: false, error_code: 400 },
    });
    const { result } = await say({ text: 'Hi' });
    const { answer } = server.calls.at(-1) ?? {};
    expect(answer).toEqual({ ok: true, result });
    // what the bot makes of its copy does not change the record
    Object.assign(result as object, { text: 'Changed' });
    expect(answer).toMatchObject({ result: { text: 'Hi' } });
  });
});
