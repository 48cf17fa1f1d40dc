import {
  type Clock,
  flow,
  isFsmError,
  type KeyValueStore,
  keyValueStorage,
  memoryStorage,
  type RawUpdate,
  scene,
  state,
  states,
} from '@telefsm/core';
import { redisStorage } from '@telefsm/storage-redis';
import { sampleUpdate, telegram, virtualClock } from '@telefsm/testing';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshName, sharedRedis } from '../servers/shared.ts';
import { type Framework, frameworks, type Options, textUpdate } from './frameworks.ts';
import { storages as inProcess } from './storages.ts';

let redis: Redis;
beforeAll(async () => {
  redis = new Redis((await sharedRedis()).url);
});
afterAll(() => redis.disconnect());

const storages: typeof inProcess = [
  ...inProcess,
  ['Redis', () => redisStorage(redis, { prefix: freshName() })],
];

type World = ReturnType<typeof telegram>;
interface PollPayload {
  readonly is_anonymous?: boolean;
  readonly type?: 'quiz';
  readonly correct_option_ids?: readonly number[];
}

const pollOf = (payload: PollPayload = {}) => ({
  method: 'sendPoll',
  payload: { question: 'Lunch?', options: [{ text: 'Soup' }, { text: 'Cake' }], ...payload },
});
const open = pollOf({ is_anonymous: false });

const lunch = flow('lunch', { trigger: '/lunch' })
  .ask('vote', { prompt: open, accept: 'poll_answer' })
  .ask('seats', { prompt: 'Seats?' })
  .done(({ vote, seats }) => `Option ${vote.option_ids.join()}, ${seats} seats.`);

const count = flow('count', { trigger: '/count' })
  .ask('result', { prompt: pollOf(), accept: 'poll' })
  .done(({ result }) => result.options.map((each) => `${each.text} ${each.voter_count}`).join());

function play(framework: Framework, options: Options) {
  const bot = framework.bot();
  const passed: string[] = [];
  const machine = bot.fsm(options);
  bot.use(({ ctx, fsm }) => {
    const { poll, poll_answer } = (ctx as { update: RawUpdate }).update;
    const kind = poll_answer ? 'vote' : poll ? 'poll' : 'other';
    passed.push(`${kind} in ${fsm.key ?? 'no conversation'}`);
  });
  bot.noteErrors();
  const world = telegram(bot.bot);
  return { bot, passed, machine, world, votes: () => passed.filter((each) => /^vote/.test(each)) };
}

/** The polls that were sent, by their ids. */
function pollsIn(world: World): string[] {
  const sent = world.calls.filter(({ method }) => method === 'sendPoll');
  return sent.map((_, at) => `poll-${at + 1}`);
}

function voteOf(
  poll_id: string | undefined,
  user: { readonly id: number },
  ...option_ids: number[]
) {
  const voter = { id: user.id, is_bot: false, first_name: 'Somebody' };
  return { poll_answer: { poll_id, user: voter, option_ids } } as never;
}

describe.each(frameworks)('polls on %s', (_, framework) => {
  it('a vote comes before a later message of its voter, in a machine that follows no polls', async () => {
    const bot = framework.bot();
    bot.fsm();
    const seen: string[] = [];
    bot.use(({ text }) => void seen.push(text || 'vote'));
    const voter = { id: 5, is_bot: false, first_name: 'Anna' };
    await Promise.all([
      bot.handle(sampleUpdate('poll_answer', { user: voter }, 1)),
      bot.handle(
        sampleUpdate(
          'message',
          { text: 'later', from: voter, chat: { ...voter, type: 'private' } },
          2,
        ),
      ),
    ]);
    expect(seen).toEqual(['vote', 'later']);
  });

  describe.each(storages)('kept in %s', (_storage, storageOf) => {
    it.each(['userInChat', 'chat', 'globalUser', 'userInTopic', 'chatTopic'] as const)(
      'a vote in a group answers the question that sent the poll, under the strategy %s',
      async (strategy) => {
        const { bot, world, votes } = play(framework, {
          states: [lunch],
          strategy,
          storage: storageOf(),
        });
        const anna = world.user('Anna').in(world.group('Friends'));
        await anna.sends('/lunch');
        await anna.votes('Cake');
        anna.sees('Seats?');
        await anna.sends('4');
        anna.sees('Option 1, 4 seats.');
        expect(votes()).toEqual([]);
        expect(bot.errors).toEqual([]);
      },
    );

    it('a vote in a topic continues in that topic', async () => {
      const { world } = play(framework, {
        states: [lunch],
        strategy: 'userInTopic',
        storage: storageOf(),
      });
      const anna = world.user('Anna').in(world.group('Forum').topic('Food'));
      await anna.sends('/lunch');
      await anna.votes('Soup');
      anna.sees('Seats?');
    });

    it('a vote for a waiting conversation does not ask `when` about the vote itself', async () => {
      const asked: unknown[] = [];
      const { world, bot } = play(framework, {
        states: [lunch],
        storage: storageOf(),
        when: ({ updateType }) => {
          asked.push(updateType);
          return updateType !== 'poll_answer';
        },
      });
      const anna = world.user('Anna');
      await anna.sends('/lunch');
      await anna.votes('Soup');
      anna.sees('Seats?');
      expect([asked, bot.errors]).toEqual([['message'], []]);
    });

    it("another member's vote is no answer of the member who was asked", async () => {
      const { world, votes, bot } = play(framework, { states: [lunch], storage: storageOf() });
      const group = world.group('Friends');
      const anna = world.user('Anna').in(group);
      const ben = world.user('Ben').in(group);
      await anna.sends('/lunch');
      await ben.votes('Soup');
      expect(votes()).toEqual([`vote in telefsm:b1:c${ben.id}:u${ben.id}`]);
      await anna.votes('Cake');
      anna.sees('Seats?');
      expect(bot.errors).toEqual([]);
    });

    it('under the strategy chat, the first vote of any member is the answer', async () => {
      const { world, votes } = play(framework, {
        states: [lunch],
        strategy: 'chat',
        storage: storageOf(),
      });
      const group = world.group('Friends');
      await world.user('Anna').in(group).sends('/lunch');
      const ben = world.user('Ben').in(group);
      await ben.votes('Soup');
      ben.sees('Seats?');
      expect(votes()).toEqual([]);
    });

    it('a scene gets the votes in the poll that it shows', async () => {
      const show = scene('show', { accept: 'poll_answer' }).on({
        enter: () => open,
        handle: ({ answer, reply }) => void reply(`Option ${answer.option_ids.join()}.`),
      });
      const bot = framework.bot();
      bot.fsm({ scenes: [show], storage: storageOf() });
      bot.command('show', ({ fsm }) => fsm.enter(show as never));
      const world = telegram(bot.bot);
      const group = world.group('Friends');
      const anna = world.user('Anna').in(group);
      await anna.sends('/show');
      await world.user('Ben').in(group).votes('Soup');
      expect(world.calls.map(({ method }) => method)).toEqual(['sendPoll']);
      await anna.votes('Cake');
      anna.sees('Option 1.');
    });

    it('each of two polls in one group is answered by the member whom it asked', async () => {
      const { world } = play(framework, { states: [lunch], storage: storageOf() });
      const group = world.group('Friends');
      const anna = world.user('Anna').in(group);
      const ben = world.user('Ben').in(group);
      await anna.sends('/lunch');
      await ben.sends('/lunch');
      const [ofAnna, ofBen] = pollsIn(world);
      await world.update(voteOf(ofAnna, ben, 0));
      await world.update(voteOf(ofBen, anna, 0));
      const texts = () => world.calls.flatMap(({ payload }) => payload['text'] ?? []);
      expect(texts()).toEqual([]);
      await world.update(voteOf(ofAnna, anna, 0));
      await world.update(voteOf(ofBen, ben, 1));
      expect(texts()).toEqual(['Seats?', 'Seats?']);
    });

    it('an anonymous poll in a private chat is answered by its first vote', async () => {
      const { world, passed } = play(framework, { states: [count], storage: storageOf() });
      const anna = world.user('Anna');
      await anna.sends('/count');
      await anna.votes('Cake');
      anna.sees('Soup 0,Cake 1');
      expect(passed).toEqual([]);
    });

    it("an anonymous poll in a group is answered when it is stopped, not by another member's vote", async () => {
      const { world, passed } = play(framework, { states: [count], storage: storageOf() });
      const group = world.group('Friends');
      const anna = world.user('Anna').in(group);
      await anna.sends('/count');
      await world.user('Ben').in(group).votes('Soup');
      expect(passed).toEqual([`poll in telefsm:b1:c${group.id}:u${anna.id}`]);
      const poll = world.updates.at(-1)?.['poll'] as object;
      await world.update({ poll: { ...poll, is_closed: true } } as never);
      anna.sees('Soup 1,Cake 0');
    });

    it('a vote after a restart finds the conversation that asked', async () => {
      const storage = storageOf();
      const before = play(framework, { states: [lunch], storage });
      const group = before.world.group('Friends');
      const anna = before.world.user('Anna').in(group);
      await anna.sends('/lunch');
      const [poll] = pollsIn(before.world);
      const after = play(framework, { states: [lunch], storage });
      after.world.user('Anna').in(after.world.group('Friends'));
      await after.world.update(voteOf(poll, anna, 1));
      expect(after.world.calls.map(({ payload }) => [payload['chat_id'], payload['text']])).toEqual(
        [[group.id, 'Seats?']],
      );
    });

    it('a vote in the poll of a state reaches the handlers of that state', async () => {
      const Round = states('Round', { open: state<{ votes: number }>() });
      const bot = framework.bot();
      bot.fsm({ states: [Round], strategy: 'chat', storage: storageOf(), polls: true });
      bot.command('round', async ({ fsm, ctx }) => {
        const {
          api,
          telegram: client,
          chat,
        } = ctx as unknown as {
          api?: { sendPoll: SendPoll };
          telegram?: { sendPoll: SendPoll };
          chat: { id: number };
        };
        fsm.set(Round.open as never, { votes: 0 } as never);
        const { poll } = await (api ?? (client as { sendPoll: SendPoll })).sendPoll(
          chat.id,
          'Lunch?',
          ['Soup', 'Cake'] as never,
          { is_anonymous: false },
        );
        await fsm.followPoll(poll.id);
      });
      const seen: unknown[] = [];
      bot.inState([Round.open], ({ ctx, fsm }) => {
        const { poll_answer } = (ctx as { update: { poll_answer?: { option_ids: number[] } } })
          .update;
        if (poll_answer) seen.push([poll_answer.option_ids, fsm.current]);
      });
      const world = telegram(bot.bot);
      const group = world.group('Friends');
      await world.user('Anna').in(group).sends('/round');
      await world.user('Ben').in(group).votes('Cake');
      expect(seen).toEqual([[[1], 'Round:open']]);
    });
  });

  it('a vote that is taken back is no answer, and a later one is', async () => {
    const { world, votes } = play(framework, { states: [lunch] });
    const anna = world.user('Anna').in(world.group('Friends'));
    await anna.sends('/lunch');
    const [poll] = pollsIn(world);
    await world.update(voteOf(poll, anna));
    expect(world.calls.map(({ method }) => method)).toEqual(['sendPoll']);
    expect(votes()).toHaveLength(1);
    await world.update(voteOf(poll, anna, 0, 1));
    await anna.sends('2');
    anna.sees('Option 0,1, 2 seats.');
  });

  it('a vote for a question that was answered, or canceled, reaches the bot', async () => {
    const { world, votes } = play(framework, { states: [lunch] });
    const group = world.group('Friends');
    const anna = world.user('Anna').in(group);
    await anna.sends('/lunch');
    await anna.votes('Cake');
    const [poll] = pollsIn(world);
    await world.update(voteOf(poll, anna, 0));
    await anna.sends('/cancel');
    await world.update(voteOf(poll, anna, 0));
    const there = `vote in telefsm:b1:c${group.id}:u${anna.id}`;
    expect(votes()).toEqual([there, there]);
  });

  it('a question that was asked again is answered in each of its polls, and by no earlier one', async () => {
    const { world } = play(framework, { states: [lunch] });
    const anna = world.user('Anna').in(world.group('Friends'));
    await anna.sends('/lunch');
    await anna.sends('/lunch');
    await anna.sends('soup');
    const polls = pollsIn(world);
    await world.update(voteOf(polls[0], anna, 0));
    expect(world.transcript()).not.toContain('Seats?');
    await world.update(voteOf(polls[1], anna, 0));
    expect(world.transcript()).toContain('Seats?');
  });

  it('an earlier poll does not answer a question that takes anything', async () => {
    const any = flow('any', { trigger: '/any' })
      .ask('vote', { prompt: open, accept: 'poll_answer' })
      .ask('more', { prompt: 'Anything else?', accept: 'any' })
      .done(({ more }) => `And ${more.kind}.`);
    const { world, votes } = play(framework, { states: [any] });
    const anna = world.user('Anna');
    await anna.sends('/any');
    await anna.votes('Cake');
    await anna.votes('Soup');
    expect(votes()).toHaveLength(1);
    await anna.sends('No');
    anna.sees('And text.');
  });

  it('a node that takes anything gets the votes in its polls, and the bot those in all others', async () => {
    const taken: string[] = [];
    const any = scene('any', { accept: 'any' }).on({
      enter: () => open,
      handle: ({ input, answer }) => {
        taken.push(input.kind === 'poll_answer' ? input.value.poll_id : answer.kind);
      },
    });
    const { bot, world, votes } = play(framework, { scenes: [any], initial: any });
    const anna = world.user('Anna');
    await anna.sends('Hello');
    await anna.votes('Cake');
    await world.update(voteOf('of a channel', anna, 0));
    const poll = { id: 'of a channel', question: 'Who?', options: [], total_voter_count: 1 };
    await world.update({ poll } as never);
    await anna.sends('Hello');
    expect([taken, votes()]).toEqual([
      ['poll', 'poll-1', 'text'],
      [`vote in telefsm:b1:c${anna.id}:u${anna.id}`],
    ]);
    expect(bot.errors).toEqual([]);
  });

  it('a function sees every state of the poll, and the votes that are taken back', async () => {
    const seen: unknown[] = [];
    const all = flow('all', { trigger: '/all' })
      .ask('vote', {
        prompt: open,
        accept: (input) => {
          if (input.kind === 'poll') seen.push(input.value.total_voter_count);
          if (input.kind === 'poll_answer') seen.push(input.value.option_ids);
          return input.kind === 'poll' && input.value.is_closed ? input.value : undefined;
        },
      })
      .done(({ vote }) => `${vote.total_voter_count} votes.`);
    const { world } = play(framework, { states: [all] });
    const anna = world.user('Anna').in(world.group('Friends'));
    await anna.sends('/all');
    await anna.votes('Cake');
    await world.update(voteOf(pollsIn(world)[0], anna));
    const poll = world.updates.findLast((update) => update['poll'])?.['poll'] as object;
    await world.update({ poll: { ...poll, is_closed: true } } as never);
    anna.sees('1 votes.');
    expect(seen).toEqual([1, [1], [], 1]);
  });

  it('a quiz is answered by its first vote', async () => {
    const quiz = flow('quiz', { trigger: '/quiz' })
      .ask('vote', {
        prompt: pollOf({ is_anonymous: false, type: 'quiz', correct_option_ids: [1] }),
        accept: 'poll_answer',
      })
      .done(({ vote }) => (vote.option_ids[0] === 1 ? 'Right!' : 'Wrong.'));
    const { world } = play(framework, { states: [quiz] });
    const anna = world.user('Anna').in(world.group('Friends'));
    await anna.sends('/quiz');
    await anna.votes('Cake');
    anna.sees('Right!');
  });

  it('with replies: only, a vote needs no reply', async () => {
    const only = flow('only', { trigger: '/only', replies: 'only' })
      .ask('vote', { prompt: open, accept: 'poll_answer' })
      .done(() => 'Counted.');
    const { world } = play(framework, { states: [only] });
    const anna = world.user('Anna').in(world.group('Friends'));
    await anna.sends('/only');
    await anna.votes('Soup');
    anna.sees('Counted.');
  });

  it('a poll is followed as long as a conversation is kept', async () => {
    const clock = virtualClock();
    const { world, votes } = play(framework, {
      states: [lunch],
      ttl: '1d',
      clock,
      storage: inProcess[1]?.[1](clock as Clock) as never,
    });
    const anna = world.user('Anna').in(world.group('Friends'));
    await anna.sends('/lunch');
    await clock.advance('2d');
    await anna.votes('Soup');
    expect(votes()).toEqual([`vote in telefsm:b1:c${anna.id}:u${anna.id}`]);
  });

  it.each([
    [30, 'answers'],
    [32, 'is of the private chat'],
  ] as const)('without ttl, a vote after %s days %s', async (days, outcome) => {
    const clock = virtualClock();
    const storage = memoryStorage({ clock });
    const { world, votes } = play(framework, { states: [lunch], clock, storage });
    const anna = world.user('Anna').in(world.group('Friends'));
    await anna.sends('/lunch');
    await clock.advance(`${days}d`);
    await anna.votes('Soup');
    const isAnswer = outcome === 'answers';
    expect(votes()).toEqual(isAnswer ? [] : [`vote in telefsm:b1:c${anna.id}:u${anna.id}`]);
    if (isAnswer) anna.sees('Seats?');
  });

  it('the record of a stopped poll stays for a day, for updates that come again, and is deleted', async () => {
    const clock = virtualClock();
    const storage = memoryStorage({ clock });
    const { world, passed } = play(framework, { states: [count], clock, storage });
    const anna = world.user('Anna').in(world.group('Friends'));
    await anna.sends('/count');
    const [id] = pollsIn(world);
    const stopped = { id, question: 'Lunch?', options: [], total_voter_count: 0, is_closed: true };
    await world.update({ poll: stopped } as never);
    expect(await storage.peek(`telefsm poll 1 ${id}`)).toBeDefined();
    await world.redeliver();
    expect(passed).toEqual([]);
    await clock.advance('25h');
    expect(await storage.peek(`telefsm poll 1 ${id}`)).toBeUndefined();
  });

  it('where a storage keeps no times, the record of a stopped poll is deleted at once', async () => {
    const kept = new Map<string, string>();
    const store: KeyValueStore = {
      get: (key) => kept.get(key),
      set: (key, text) => void kept.set(key, text),
      delete: (key) => void kept.delete(key),
    };
    const { world } = play(framework, {
      states: [count],
      storage: keyValueStorage(store),
      deadlines: 'on-update',
    });
    await world.user('Anna').in(world.group('Friends')).sends('/count');
    const [id] = pollsIn(world);
    // the conversation and its poll
    expect(kept.size).toBe(2);
    const stopped = { id, question: 'Lunch?', options: [], total_voter_count: 0, is_closed: true };
    await world.update({ poll: stopped } as never);
    expect(kept.size).toBe(0);
  });

  it('a vote costs one access to the storage in a bot that follows polls, and none in any other', async () => {
    const name = flow('name', { trigger: '/name' })
      .ask('name', { prompt: 'Name?', accept: ['text', 'photo'] })
      .done(() => undefined);
    const Round = states('Round', { open: state() });
    for (const [list, polls, reads] of [
      [[lunch], undefined, 2],
      [[name], undefined, 0],
      [[Round], undefined, 0],
      [[Round], true, 2],
    ] as const) {
      const storage = memoryStorage();
      let peeks = 0;
      const peek = storage.peek.bind(storage);
      storage.peek = (key) => {
        peeks++;
        return peek(key);
      };
      const { bot, votes } = play(framework, { states: list, storage, ...(polls && { polls }) });
      const user = { id: 5 };
      await bot.handle({ update_id: 1, ...(voteOf('some', user, 0) as object) });
      await bot.handle({ update_id: 2, poll: { id: 'some', options: [], is_closed: false } });
      expect([votes().length, peeks]).toEqual([1, reads]);
    }
  });

  it('a bot that follows no polls stores none, and followPoll() says what to set', async () => {
    const storage = memoryStorage();
    const bot = framework.bot();
    bot.fsm({ storage });
    const found: unknown[] = [];
    bot.use(async ({ fsm }) => {
      found.push(await fsm.followPoll('some').catch((error: unknown) => error));
    });
    await bot.handle(textUpdate(1, 'x'));
    expect(found).toMatchObject([{ code: 'INVALID_OPTION', details: { option: 'polls' } }]);
    expect(await storage.peek('telefsm poll 1 some')).toBeUndefined();
  });

  it('a vote in a poll whose record something else has overwritten is of the private chat', async () => {
    const storage = memoryStorage();
    const { bot, world, votes } = play(framework, { states: [lunch], storage });
    const anna = world.user('Anna').in(world.group('Friends'));
    await anna.sends('/lunch');
    const [id] = pollsIn(world);
    const key = `telefsm poll 1 ${id}`;
    const holder = { token: 'other', lease: 1000, queue: false };
    const granted = (await storage.acquire(key, holder)) as { readonly fence: number };
    await storage.commit(key, { token: 'other', fence: granted.fence }, { text: '{', state: null });
    await anna.votes('Soup');
    expect(bot.errors).toEqual([]);
    expect(votes()).toEqual([`vote in telefsm:b1:c${anna.id}:u${anna.id}`]);
  });
});

type SendPoll = (
  chat: number,
  question: string,
  options: never,
  other: object,
) => Promise<{ poll: { id: string } }>;

describe('polls that cannot be answered', () => {
  it.each([
    ['an anonymous poll', pollOf()],
    ['another message', 'Vote above.'],
  ])('a question for votes whose prompt is %s is rejected where it is defined', (found, prompt) => {
    const define = () => flow('x').ask('vote', { prompt, accept: 'poll_answer' });
    expect(define).toThrow(found);
    try {
      define();
    } catch (error) {
      expect(isFsmError(error, 'INVALID_OPTION') && error.details.option).toBe('x:vote prompt');
    }
  });

  it('a made prompt is rejected when it is asked', async () => {
    const [, framework] = frameworks[0] as (typeof frameworks)[number];
    const made = flow('made', { trigger: '/made' })
      .ask('vote', { prompt: () => pollOf(), accept: ['poll_answer', 'text'] })
      .done(() => undefined);
    const { world, bot } = play(framework, { states: [made] });
    await world.user('Anna').sends('/made');
    expect(
      bot.errors.map((error) => isFsmError((error as { error?: unknown }).error ?? error)),
    ).toEqual([true]);
  });

  it('an anonymous poll is accepted where its new state is an answer, too', () => {
    const accept = ['poll_answer', 'poll'] as const;
    expect(() => flow('x').ask('vote', { prompt: pollOf(), accept })).not.toThrow();
  });
});
