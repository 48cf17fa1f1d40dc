import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommand, readCommand } from '../src/update/command.ts';

const command = (length: number, offset = 0) => ({ type: 'bot_command', offset, length });

describe('a command', () => {
  it.each([
    ['/cancel', { command: 'cancel', argument: '' }],
    ['/start payload_1', { command: 'start', argument: 'payload_1' }],
    ['/CanCel', { command: 'cancel', argument: '' }],
    ['/note  two   words ', { command: 'note', argument: 'two   words' }],
    ['/note\nfirst line\nsecond line', { command: 'note', argument: 'first line\nsecond line' }],
    ['/note first\n  second', { command: 'note', argument: 'first\n  second' }],
    ['/cancel@MyBot', { command: 'cancel', argument: '', mention: 'MyBot' }],
    ['/cancel@mybot now', { command: 'cancel', argument: 'now', mention: 'mybot' }],
    ['/note@MyBot /cancel', { command: 'note', argument: '/cancel', mention: 'MyBot' }],
  ])('is read from %j, marked by Telegram or not', (text, expected) => {
    const head = /^\S+/.exec(text)?.[0] ?? '';
    expect(parseCommand(text, undefined, 'mybot')).toEqual(expected);
    expect(parseCommand(text, [command(head.length)], 'mybot')).toEqual(expected);
  });

  it.each([
    'cancel',
    '',
    '/',
    '/ cancel',
    ' /cancel',
    'say /cancel',
    '/etc/passwd',
    '/заказ',
    '/cancel!',
    '//cancel',
    '/cancel@',
    '/cancel@a',
    '/@mybot',
    `/${'a'.repeat(65)}`,
  ])('is not %j', (text) => {
    expect(readCommand(text)).toBeUndefined();
  });

  it("ends at the end of Telegram's entity", () => {
    expect(parseCommand('/buy-now 2', [command(4)])).toEqual({
      command: 'buy',
      argument: '-now 2',
    });
  });

  it('is the entity at the very start, and nothing else', () => {
    expect(parseCommand('/cancel', [])).toBeUndefined();
    expect(parseCommand('/cancel', [{ type: 'code', offset: 0, length: 7 }])).toBeUndefined();
    expect(parseCommand('say /cancel', [command(7, 4)])).toBeUndefined();
    expect(
      parseCommand('/cancel', [{ type: 'bold', offset: 0, length: 7 }, command(7)]),
    ).toBeDefined();
  });

  it('mentions the bot in whatever case its username has', () => {
    expect(parseCommand('/cancel@mybot', undefined, 'MyBot')).toBeDefined();
    expect(parseCommand('/cancel@MYBOT', undefined, 'MyBot')).toBeDefined();
  });

  it('of another bot is not ours', () => {
    expect(parseCommand('/cancel@other', undefined, 'mybot')).toBeUndefined();
    expect(parseCommand('/cancel@mybot2', undefined, 'mybot')).toBeUndefined();
    expect(readCommand('/cancel@other')).toEqual({
      command: 'cancel',
      argument: '',
      mention: 'other',
    });
  });

  it('with any mention is not ours while the own username is unknown', () => {
    expect(parseCommand('/cancel@mybot')).toBeUndefined();
    expect(parseCommand('/cancel')).toBeDefined();
  });

  it('has a name that is the same in every case, and an argument that is part of the text', () => {
    const name = fc.stringMatching(/^\w{1,64}$/);
    fc.assert(
      fc.property(name, fc.string(), (spelling, rest) => {
        const found = parseCommand(`/${spelling} ${rest}`);
        expect(found?.command).toBe(spelling.toLowerCase());
        expect(found?.argument).toBe(rest.trim());
      }),
    );
  });

  it('is never a reason to throw, whatever the entities are', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.jsonValue()), (text, entities) => {
        expect(() => parseCommand(text, entities, 'mybot')).not.toThrow();
      }),
    );
    for (const length of [-1, 0, 1, 0.5, 99, '7', null])
      expect(() => parseCommand('/a', [{ type: 'bot_command', offset: 0, length }])).not.toThrow();
  });
});
