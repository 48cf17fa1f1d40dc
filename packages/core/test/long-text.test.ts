import { expect, it } from 'vitest';
import { inParts } from '../src/conversation/long-text.ts';

const textsOf = (text: string) =>
  inParts({ method: 'sendMessage', payload: { chat_id: 1, text } }).map(({ payload }) =>
    String(Reflect.get(payload, 'text')).trim(),
  );

it('a part of a long text without a visible character is left out, since Telegram rejects it', () => {
  expect(textsOf(`a${'\n'.repeat(9000)}b`)).toEqual(['a', 'b']);
  expect(textsOf(`${'\n'.repeat(5000)}b`)).toEqual(['b']);
});

it('a caption without a visible character stays with its photo', () => {
  const payload = { chat_id: 1, photo: 'id', caption: `${' '.repeat(2000)}b` };
  const methods = inParts({ method: 'sendPhoto', payload }).map(({ method }) => method);
  expect(methods).toEqual(['sendPhoto', 'sendMessage']);
});

it('a text that is blank as a whole is one call, whose rejection the bot gets', () => {
  expect(textsOf(' '.repeat(9000))).toEqual(['']);
});
