import type { Update } from 'grammy/types';
import { describe, expect, it } from 'vitest';
import { entitiesOf } from '../src/cloud/entities.ts';
import { optInUpdateTypes, sampleUpdate, type UpdateType, updateTypes } from '../src/index.ts';

type Equal<One, Other> = [One] extends [Other] ? ([Other] extends [One] ? true : false) : false;

describe('update types', () => {
  it('are those of the current Bot API, no more and no less', () => {
    const same: Equal<UpdateType, Exclude<keyof Update, 'update_id'>> = true;
    expect(same).toBe(true);
    expect(new Set(updateTypes).size).toBe(updateTypes.length);
    expect(updateTypes).toEqual(expect.arrayContaining([...optInUpdateTypes]));
  });

  it('have a sample each, numbered and changed as asked, and never shared', () => {
    for (const type of updateTypes) {
      const update = sampleUpdate(type, { mark: 1 }, 5);
      expect(Object.keys(update)).toEqual(['update_id', type]);
      expect(update).toMatchObject({ update_id: 5, [type]: { mark: 1 } });
      expect(sampleUpdate(type)[type]).not.toBe(sampleUpdate(type)[type]);
    }
  });
});

describe('entities', () => {
  const found = (text: string) =>
    entitiesOf(text).map(({ type, offset, length }) => [type, text.slice(offset, offset + length)]);

  it('are found as Telegram finds them', () => {
    expect(found('/start@bot a /help')).toEqual([
      ['bot_command', '/start@bot'],
      ['bot_command', '/help'],
    ]);
    expect(found('a/b 1/2 //x')).toEqual([]);
    expect(found('see https://example.com/a?b=c, ok')).toEqual([
      ['url', 'https://example.com/a?b=c'],
    ]);
    expect(found('mail me@example.com or @anna_b')).toEqual([
      ['email', 'me@example.com'],
      ['mention', '@anna_b'],
    ]);
    expect(found('#tag #1 #ünï $TSLA $tsla')).toEqual([
      ['hashtag', '#tag'],
      ['hashtag', '#ünï'],
      ['cashtag', '$TSLA'],
    ]);
  });

  it('mark phone numbers in the international form, and only whole ones', () => {
    expect(found('call +4915112345678, or +1-212-555-0123.')).toEqual([
      ['phone_number', '+4915112345678'],
      ['phone_number', '+1-212-555-0123'],
    ]);
    for (const other of ['+123456', '+1234567890123456', 'a+4915112345678', '4915112345678', '1+1'])
      expect(found(other)).toEqual([]);
    // Telegram does not say where such a number ends, and a part of it would be a wrong one
    expect(found('+4915112 345678')).toEqual([]);
    expect(found('https://example.com/+4915112345678')).toEqual([
      ['url', 'https://example.com/+4915112345678'],
    ]);
  });
});
