import { flow, invalid, memoryStorage, typed } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks } from './frameworks.ts';
import { userOf } from './play.ts';

interface Journal {
  save(exercise: string, weight: number, id: string): void;
}

function journal() {
  const saved: string[] = [];
  const ids: string[] = [];
  const services: Journal = {
    save(exercise, weight, id) {
      saved.push(`${exercise} ${weight}`);
      ids.push(id);
    },
  };
  return { saved, ids, services };
}

interface Limits {
  readonly min?: number;
  readonly max?: number;
}

const workout = (limits: Limits = {}) =>
  flow('workout', { trigger: '/workout', back: true, services: typed<Journal>() })
    .ask('exercise', { prompt: 'Exercise?' })
    .repeat('sets', {
      ...limits,
      each: (set) =>
        set.ask('weight', {
          prompt: 'Weight?',
          validate: (text) => (Number(text) > 0 ? Number(text) : invalid('A number, please.')),
        }),
      after: ({ weight }, { services, id }, { exercise }) => services.save(exercise, weight, id),
      again: ({ count }) => `${count} sets. Another one?`,
    })
    .confirm({ prompt: ({ sets }) => sets.map(({ weight }) => weight).join(), edit: true })
    .done(({ sets }) => `Saved ${sets.length} sets.`);

/** A user who has answered with the first set of squats. */
async function firstSet(framework: Framework, limits?: Limits) {
  const { saved, services } = journal();
  const anna = userOf(framework, [workout(limits)], { services });
  for (const text of ['/workout', 'Squat', '80']) await anna.sends(text);
  return { anna, saved };
}

describe.each(frameworks)('`after` of a repeat on %s', (_, framework) => {
  it('runs once for each round, when the user continues from it', async () => {
    const { anna, saved } = await firstSet(framework);
    anna.sees('1 sets. Another one?');
    expect(saved).toEqual([]);
    await anna.taps('Yes');
    expect(saved).toEqual(['Squat 80']);
    await anna.sends('90');
    await anna.taps('No');
    anna.sees('80,90');
    await anna.taps('Yes');
    anna.sees('Saved 2 sets.');
    expect(saved).toEqual(['Squat 80', 'Squat 90']);
  });

  it('gets the answer that was corrected before the user went on', async () => {
    const { anna, saved } = await firstSet(framework);
    await anna.sends('/back');
    anna.sees('Weight?');
    await anna.sends('85');
    await anna.taps('No');
    expect(saved).toEqual(['Squat 85']);
  });

  it('/back does not lead into a round that is finished', async () => {
    const { anna, saved } = await firstSet(framework);
    await anna.taps('Yes');
    await anna.sends('/back');
    anna.sees('1 sets. Another one?');
    await anna.sends('/back');
    anna.sees('You cannot go back here.');
    await anna.taps('Yes');
    await anna.sends('90');
    await anna.taps('No');
    await anna.sends('/back');
    anna.sees('2 sets. Another one?');
    await anna.taps('No');
    anna.sees('80,90');
    expect(saved).toEqual(['Squat 80', 'Squat 90']);
  });

  it('a corrected summary offers further rounds and keeps those that are finished', async () => {
    const { anna, saved } = await firstSet(framework, { max: 2 });
    await anna.taps('No');
    await anna.taps('Edit');
    await anna.taps('Sets');
    anna.sees('1 sets. Another one?');
    await anna.taps('Yes');
    await anna.sends('90');
    anna.sees('80,90');
    await anna.taps('Edit');
    expect(anna.last.buttons.flat()).not.toContain('Sets');
    await anna.taps('Exercise');
    await anna.sends('Press');
    anna.sees('80,90');
    expect(saved).toEqual(['Squat 80', 'Squat 90']);
  });

  it('`done` gets every round whole: also what is no answer, in rounds without a question between them', async () => {
    const extras = flow('extras')
      .ask('note', { prompt: 'Note?', optional: true })
      .done(() => {});
    let rounds: unknown;
    const team = flow('team', { trigger: '/team' })
      .repeat('people', {
        each: (person) =>
          person
            .ask('name', { prompt: 'Name?' })
            .include('extras', extras)
            .questions('further', () => []),
        again: 'Another one?',
        min: 3,
        max: 3,
      })
      .done(({ people }) => {
        rounds = people;
        return people.map(({ name, extras: { note = 'none' } }) => `${name}: ${note}`).join();
      });
    const anna = userOf(framework, [team]);
    await anna.sends('/team');
    for (const name of ['A', 'B', 'C']) {
      await anna.sends(name);
      await anna.taps('Skip');
    }
    anna.sees('A: none,B: none,C: none');
    const rest = { extras: {}, further: {} };
    expect(rounds).toEqual(['A', 'B', 'C'].map((name) => ({ name, ...rest })));
  });

  it('runs for rounds that follow each other without a question between them', async () => {
    const { anna, saved } = await firstSet(framework, { min: 2, max: 2 });
    expect(saved).toEqual(['Squat 80']);
    await anna.sends('/back');
    anna.sees('You cannot go back here.');
    await anna.sends('90');
    anna.sees('80,90');
    expect(saved).toEqual(['Squat 80', 'Squat 90']);
  });

  it('does not run for rounds with which the flow was entered', async () => {
    const { bot, fsm, command } = framework.bot();
    const { saved, services } = journal();
    const flow = workout();
    fsm({ states: [flow], services });
    command('known', ({ fsm: state }) =>
      state.enter(flow, { exercise: 'Squat', sets: [{ weight: 80 }, { weight: 90 }] }),
    );
    const anna = telegram(bot).user('Anna');
    await anna.sends('/known');
    anna.sees('80,90');
    await anna.taps('Edit');
    await anna.taps('Sets');
    await anna.taps('Yes');
    await anna.sends('95');
    await anna.taps('No');
    expect(saved).toEqual(['Squat 95']);
  });

  it('a redelivered update does not run it again, and one that failed runs it with the same id', async () => {
    const { bot, fsm, use, noteErrors, errors } = framework.bot();
    const { saved, ids, services } = journal();
    const memory = memoryStorage();
    let failing = false;
    const storage = Object.create(memory, {
      commit: {
        value(...parameters: Parameters<typeof memory.commit>) {
          if (failing) throw new Error('down');
          return memory.commit(...parameters);
        },
      },
    });
    const flow = workout({ min: 2 });
    fsm({ states: [flow], services, storage });
    use(({ fsm: state, text }) => text === 'go' && state.enter(flow));
    noteErrors();
    const chat = telegram(bot);
    const anna = chat.user('Anna');
    await anna.sends('go');
    await anna.sends('Squat');
    failing = true;
    await anna.sends('80').catch(() => {});
    failing = false;
    const last = chat.updates.at(-1);
    await chat.redeliver(last);
    await chat.redeliver(last);
    expect(saved).toEqual(['Squat 80', 'Squat 80']);
    expect(new Set(ids).size).toBe(1);
    expect(errors).toHaveLength(1);
  });

  it('an edited message does not change a round that is finished', async () => {
    const saved: string[] = [];
    const list = flow('list', { trigger: '/list', editedMessages: 'update' })
      .repeat('items', {
        each: (item) => item.ask('name', { prompt: 'Name?' }),
        after: ({ name }) => void saved.push(name),
        again: 'More?',
      })
      .done(({ items }) => items.map(({ name }) => name).join());
    const anna = userOf(framework, [list]);
    await anna.sends('/list');
    await anna.sends('tea');
    await anna.edits('green tea');
    await anna.taps('Yes');
    await anna.edits('black tea', 3);
    await anna.sends('milk');
    await anna.taps('No');
    anna.sees('green tea,milk');
    expect(saved).toEqual(['green tea', 'milk']);
  });

  it('inner rounds are finished before the round around them', async () => {
    const order: string[] = [];
    const plan = flow('plan', { trigger: '/plan' })
      .repeat('days', {
        each: (day) =>
          day.ask('day', { prompt: 'Day?' }).repeat('meals', {
            each: (meal) => meal.ask('meal', { prompt: 'Meal?' }),
            after: ({ meal }, _turn, { day }) => void order.push(`${day} ${meal}`),
            again: 'Another meal?',
          }),
        after: ({ day, meals }) => void order.push(`${day}: ${meals.length}`),
        again: 'Another day?',
      })
      .done(() => 'Planned.');
    const anna = userOf(framework, [plan]);
    await anna.sends('/plan');
    await anna.sends('Mon');
    await anna.sends('soup');
    await anna.taps('Yes');
    await anna.sends('rice');
    await anna.taps('No');
    anna.sees('Another day?');
    await anna.taps('Yes');
    await anna.sends('Tue');
    await anna.sends('stew');
    await anna.taps('No');
    await anna.taps('No');
    anna.sees('Planned.');
    expect(order).toEqual(['Mon soup', 'Mon rice', 'Mon: 2', 'Tue stew', 'Tue: 1']);
  });
});
