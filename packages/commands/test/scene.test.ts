/** A tree as a scene of a bot. */

import { memoryStorage, type RawUpdate, scene, type Turn } from '@telefsm/core';
import { createMachine, type UpdateMachine } from '@telefsm/core/adapter';
import { describeMachine } from '@telefsm/core/tools';
import { describe, expect, it } from 'vitest';
import { commandTree } from '../src/index.ts';
import { makeTrader, type Services } from './trader.ts';

/** Ids of updates, never used twice. */
let updates = 0;

/** A bot that is fed lines and keeps what it says. */
function talk(machine: UpdateMachine, rest?: (turn: Turn, text: string) => unknown) {
  const sentTexts: string[] = [];
  const bot = {
    id: 1,
    username: 'trader_bot',
    async call(method: string, payload: object) {
      if (method === 'sendMessage') sentTexts.push((payload as { text: string }).text);
      return { message_id: 1 };
    },
  };
  async function send(part: object, text = ''): Promise<readonly string[]> {
    sentTexts.length = 0;
    const update = { update_id: ++updates, ...part } as RawUpdate;
    await machine.handle(update, bot, async (turn) => rest?.(turn, text));
    return [...sentTexts];
  }
  const message = (fields: object) => ({
    message_id: 1,
    date: 0,
    chat: { id: 5, type: 'private' },
    from: { id: 5, first_name: 'Bob', is_bot: false },
    ...fields,
  });
  return {
    says: (text: string) => send({ message: message(textFields(text)) }, text),
    edits: (text: string) => send({ edited_message: message(textFields(text)) }, text),
    sends: (fields: object) => send({ message: message(fields) }, 'something'),
    state: async () => (await machine.at({ user: 5 }).peek())?.current ?? null,
  };
}

function textFields(text: string): object {
  const command = /^\/\w+(@\w+)?/.exec(text)?.[0];
  if (command === undefined) return { text };
  return { text, entities: [{ type: 'bot_command', offset: 0, length: command.length }] };
}

const broker = (fails = false): Services => ({
  broker: {
    async buy() {
      if (fails) throw new Error('market closed');
    },
  },
});

describe('a tree as the initial scene', () => {
  const open = () => {
    const passed: string[] = [];
    const trader = makeTrader();
    const machine = createMachine({ states: [trader], services: broker(), initial: trader });
    return { machine, passed, user: talk(machine, (_turn, text) => passed.push(text)) };
  };

  it('takes the first line of a user at once', async () => {
    const { user, passed } = open();
    expect(await user.says('buy TSLA')).toEqual(['buy TSLA, position: 1. yes/no?']);
    expect(passed).toEqual([]);
  });

  it('takes a first slash command if it has it, and leaves others to the bot', async () => {
    const { user, passed } = open();
    expect(await user.says('/start')).toEqual([]);
    expect(await user.state()).toBe(null);
    expect(await user.says('/buy TSLA')).toEqual(['buy TSLA, position: 1. yes/no?']);
    expect(passed).toEqual(['/start']);
  });

  it('takes no line that was edited', async () => {
    const { user } = open();
    await user.says('buy TSLA');
    await user.says('no');
    expect(await user.edits('buy TSLA')).toEqual([]);
    expect(await user.state()).toBe('trader:root');
  });

  it('names its described commands to the machine', () => {
    expect(open().machine.botCommands()).toEqual([{ command: 'buy', description: 'Buy a stock' }]);
  });
});

describe('the trader in a bot', () => {
  const open = async () => {
    const trader = makeTrader();
    const machine = createMachine({ states: [trader], services: broker() });
    const passed: string[] = [];
    const user = talk(machine, (turn, text) => {
      passed.push(text);
      if (text === '/trade') turn.state.enter(trader);
    });
    await user.says('/trade');
    passed.length = 0;
    return { user, passed };
  };

  it('says what it says headless', async () => {
    const { user } = await open();
    expect(await user.says('buy TSLA')).toEqual(['buy TSLA, position: 1. yes/no?']);
    expect(await user.state()).toBe('trader:root/buy:confirm');
    expect(await user.says('no')).toEqual([]);
    expect(await user.says('set-default-stock TSLA')).toEqual(['default stock:  -> TSLA']);
    expect(await user.says('buy position=0.2')).toEqual(['buy TSLA, position: 0.2. yes/no?']);
    expect(await user.says('yes')).toEqual(['done']);
    expect(await user.state()).toBe('trader:root');
  });

  it('takes its commands with a slash, for this bot and in the form of the menu', async () => {
    const { user, passed } = await open();
    expect(await user.says('/buy TSLA 2')).toEqual(['buy TSLA, position: 2. yes/no?']);
    expect(await user.says('/cancel@trader_bot')).toEqual([]);
    expect(await user.says('/set_default_stock TSLA')).toEqual(['default stock:  -> TSLA']);
    expect(await user.says('/help')).toEqual([
      expect.stringContaining('buy (b) [stock] [position] - Buy a stock'),
    ]);
    expect(passed).toEqual([]);
  });

  it('passes on other input: other commands, other bots’ commands, other kinds, edits', async () => {
    const { user, passed } = await open();
    await user.says('/settings');
    await user.says('/buy@other_bot TSLA');
    await user.sends({ sticker: { file_id: 'a', file_unique_id: 'b' } });
    await user.edits('buy TSLA');
    await user.edits('/buy TSLA');
    expect(passed).toEqual([
      '/settings',
      '/buy@other_bot TSLA',
      'something',
      'buy TSLA',
      '/buy TSLA',
    ]);
    expect(await user.state()).toBe('trader:root');
  });

  it('asks for a missing option and takes the answer', async () => {
    const { user, passed } = await open();
    expect(await user.says('/limit')).toEqual(['At what price?']);
    await user.says('/settings');
    expect(passed).toEqual(['/settings']);
    expect(await user.says('12')).toEqual(['limit 12']);
  });

  it('explains a mistake to the user, and stays', async () => {
    const { user } = await open();
    expect(await user.says('buy a b=1')).toEqual([
      '"buy" has no option "b". Options: stock, position. If you mean the text itself, put it in quotes: "b=1".',
    ]);
    expect(await user.says('buy TSLA many')).toEqual([
      'The option "position" of "buy" cannot be used: many is not a number.',
    ]);
    expect(await user.state()).toBe('trader:root');
  });
});

describe('a tree in a bot', () => {
  it('takes a line as it is entered', async () => {
    const trader = makeTrader();
    const machine = createMachine({ states: [trader], services: broker() });
    const user = talk(machine, (turn) =>
      turn.state.enter(trader, {}, { params: { line: 'buy TSLA' } }),
    );
    expect(await user.says('/start')).toEqual(['buy TSLA, position: 1. yes/no?']);
    expect(await user.says('yes')).toEqual(['done']);
  });

  it('sends the messages from before a failure, and leaves the failure to the bot', async () => {
    const tree = commandTree('t');
    const root = tree.root.flag('n', 0);
    root.command('do').action(({ say, setFlag }) => {
      setFlag('n', 1);
      say('begun');
      throw new Error('no');
    });
    root.command('show').action(({ say, flags }) => say('%d', flags.n));
    const errors: unknown[] = [];
    const machine = createMachine({ states: [tree], texts: { failed: 'Sorry.' } });
    const user = talk(machine, ({ state }) => state.enter(tree));
    await user.says('/start');
    const answer = await user.says('do').catch((error: unknown) => void errors.push(error));
    expect(answer).toBeUndefined();
    expect(errors).toMatchObject([
      { code: 'COMMAND_ERROR', cause: { message: 'no' }, output: 'begun' },
    ]);
    expect(await user.says('show')).toEqual(['0']);
  });

  it('explains mistakes in the bot’s own words', async () => {
    const tree = commandTree('t', {
      explain: (error) => (error.code === 'UNKNOWN_COMMAND' ? 'Wie bitte?' : undefined),
    });
    tree.root.command('do').option('a');
    const user = talk(createMachine({ states: [tree] }), ({ state }) => state.enter(tree));
    await user.says('/start');
    expect(await user.says('what')).toEqual(['Wie bitte?']);
    expect(await user.says('do')).toEqual(['"do" needs a: do a=….']);
  });

  it('asks for the permissions of the chat and the user', async () => {
    const seen: unknown[] = [];
    const tree = commandTree('t', {
      permissions: (who) => {
        seen.push(who);
        return ['a'];
      },
    });
    tree.root.command('a').action(({ say }) => say('a'));
    tree.root.command('b').action(({ say }) => say('b'));
    const user = talk(createMachine({ states: [tree] }), ({ state }) => state.enter(tree));
    await user.says('/start');
    expect(await user.says('a')).toEqual(['a']);
    expect(await user.says('/b')).toEqual(['There is no command for "b" here. Commands: a.']);
    expect(seen[0]).toEqual({ chat: 5, user: 5 });
  });

  it('leaves with a result to the scene that called it', async () => {
    const tree = commandTree('t');
    tree.root
      .command('pick')
      .option('what')
      .action(({ options, leave }) => leave(options.what));
    const Shop = scene('shop').on({
      handle: ({ call }) => call(tree),
      resume: ({ resultOf, reply, stay }) =>
        reply(`You picked ${resultOf(tree)}.`).then(() => stay()),
    });
    const machine = createMachine({ states: [Shop, tree] });
    const user = talk(machine, ({ state }) => state.enter(Shop));
    await user.says('/start');
    await user.says('pick something');
    expect(await user.state()).toBe('t:root');
    expect(await user.says('pick "a pear"')).toEqual(['You picked a pear.']);
    expect(await user.state()).toBe('shop');
  });

  it('leaves headless to where everybody begins', async () => {
    const tree = commandTree('t');
    const root = tree.root.flag('n', 0);
    root.command('add').action(({ flags, setFlag }) => setFlag('n', flags.n + 1));
    root.command('show').action(({ flags, say }) => say('%d', flags.n));
    root.command('end').action(({ leave, say }) => {
      say('bye');
      return leave();
    });
    const chat = tree.chat('Bob');
    await chat.input('add');
    expect(await chat.input('show')).toBe('1');
    expect(await chat.input('end')).toBe('bye');
    expect(await chat.input('show')).toBe('0');
  });

  it('brings a user whose state a deploy has removed to its root, with the flags of the root', async () => {
    const storage = memoryStorage();
    const make = (old: boolean) => {
      const tree = commandTree('t');
      const root = tree.root.flag('n', 0);
      root.command('show').action(({ flags, say }) => say('%d', flags.n));
      if (old) {
        const go = root.command('go');
        const there = go.state('there');
        go.action(({ setFlag }) => {
          setFlag('n', 1);
          return there;
        });
      }
      return tree;
    };
    const before = make(true);
    const old = talk(createMachine({ states: [before], storage }), ({ state }) =>
      state.enter(before),
    );
    await old.says('/start');
    await old.says('go');
    const user = talk(createMachine({ states: [make(false)], storage }));
    expect(await user.says('show')).toEqual(['1']);
  });

  it('splits a text that is too long for one message', async () => {
    const tree = commandTree('t');
    const [line, long] = ['x'.repeat(3000), '👍'.repeat(3000)];
    tree.root.command('do').action(({ say }) => {
      for (const part of [line, '', line, long]) say(part);
    });
    const user = talk(createMachine({ states: [tree] }), ({ state }) => state.enter(tree));
    await user.says('/start');
    const said = await user.says('do');
    const whole = said.join('').replaceAll('\n', '');
    expect(whole === [line, line, long].join('')).toBe(true);
    expect(Math.max(...said.map(({ length }) => length))).toBeLessThanOrEqual(4096);
    expect(said.some((message) => /\p{Cs}/u.test(message))).toBe(false);
  });

  it('describes itself for diagrams', () => {
    const tree = commandTree('turnstile');
    const coin = tree.root.command('coin').describe('Insert a coin');
    const unlocked = coin.state('unlocked');
    unlocked.command('push');
    tree.command('cancel');
    const { states, scenes } = describeMachine(createMachine({ states: [tree] }));
    expect(states.map(({ id }) => id)).toEqual(['turnstile:root', 'turnstile:root/coin:unlocked']);
    expect(scenes[0]?.details).toEqual({
      kind: 'commands',
      commands: [
        {
          names: ['coin'],
          state: 'turnstile:root',
          leadsTo: ['turnstile:root/coin:unlocked'],
          options: [],
          description: 'Insert a coin',
        },
        { names: ['push'], state: 'turnstile:root/coin:unlocked', leadsTo: [], options: [] },
        { names: ['cancel'], state: null, leadsTo: [], options: [] },
      ],
    });
  });
});
