/** A Bot API for one process: answers every call, and keeps what was sent. */

const { createServer } = require('node:http');

exports.botInfo = {
  id: 1,
  is_bot: true,
  first_name: 'Bot',
  username: 'fixture_bot',
  can_join_groups: true,
  can_read_all_group_messages: false,
  supports_inline_queries: false,
};

/** Starts it and resolves with its address, the texts it was given and `close`. */
exports.startBotApi = async () => {
  const texts = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const { text, chat_id } = JSON.parse(body || '{}');
      if (text !== undefined) texts.push(text);
      const message = {
        message_id: texts.length,
        date: 0,
        chat: { id: chat_id, type: 'private' },
        text,
      };
      const result = request.url.endsWith('/getMe') ? exports.botInfo : message;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ok: true, result }));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${server.address().port}`;
  const close = () => new Promise((resolve) => server.close(resolve).closeAllConnections());
  return { address, texts, close };
};

/** A private message of user 7. */
exports.message = (update_id, text) => ({
  update_id,
  message: {
    message_id: update_id,
    date: 0,
    chat: { id: 7, type: 'private', first_name: 'Ann' },
    from: { id: 7, is_bot: false, first_name: 'Ann' },
    text,
    ...(text.startsWith('/')
      ? { entities: [{ type: 'bot_command', offset: 0, length: text.length }] }
      : {}),
  },
});
