import { flow, invalid, memoryStorage, type RuntimeQuestion, typed } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { frameworks } from './frameworks.ts';
import { userOf } from './play.ts';

interface Store {
  form(id: string): Promise<readonly RuntimeQuestion[]>;
}

/** A store whose form may change, and which counts how often it is read. */
function store(...questions: readonly RuntimeQuestion[]) {
  const kept = { questions, reads: 0 };
  const services: Store = {
    async form() {
      kept.reads++;
      return kept.questions;
    },
  };
  return { kept, services };
}

const survey = flow('survey', {
  data: typed<{ form: string }>(),
  services: typed<Store>(),
  controls: ['back'],
})
  .ask('name', { prompt: 'Your name?' })
  .questions('answers', ({ form }, { services }) => services.form(form))
  .confirm({ prompt: ({ answers }) => JSON.stringify(answers), edit: true })
  .done(({ name, answers }) => `${name}: ${Object.keys(answers).length} answers`);

const color: RuntimeQuestion = {
  name: 'color',
  prompt: 'Which color?',
  choices: { r: 'Red', g: 'Green' },
};
const tools: RuntimeQuestion = {
  name: 'tools',
  prompt: 'Which tools?',
  choices: ['saw', 'axe'],
  multiple: true,
};
const why: RuntimeQuestion = { name: 'why', prompt: 'Why?', optional: true };

describe.each(frameworks)('questions that are made while the flow runs on %s', (_, framework) => {
  const begin = async (...questions: readonly RuntimeQuestion[]) => {
    const { kept, services } = store(...questions);
    const { bot, fsm, command, errors, noteErrors } = framework.bot();
    fsm({ states: [survey], services, storage: memoryStorage() });
    command('survey', ({ fsm: state }) => state.enter(survey, { form: 'f1' }));
    noteErrors();
    const chat = telegram(bot);
    const anna = chat.user('Anna');
    await anna.sends('/survey');
    await anna.sends('Anna');
    return { kept, anna, chat, errors };
  };

  it('are asked in their order, each as its own kind', async () => {
    const { anna } = await begin(color, tools, why);
    anna.sees('Which color?');
    await anna.taps('Green');
    await anna.taps('axe');
    await anna.taps('Done');
    anna.sees('Why?');
    await anna.taps('Skip');
    anna.sees('{"color":"g","tools":["axe"]}');
    await anna.taps('Yes');
    anna.sees('Anna: 2 answers');
  });

  it('back leads through them and out of them', async () => {
    const { anna } = await begin(color, why);
    await anna.taps('Red');
    await anna.taps('« Back');
    anna.sees('Which color?');
    await anna.taps('« Back');
    anna.sees('Your name?');
    await anna.sends('Bob');
    await anna.taps('Green');
    await anna.sends('so');
    anna.sees('{"color":"g","why":"so"}');
  });

  it('each answer can be corrected by itself', async () => {
    const { anna } = await begin(color, why);
    await anna.taps('Red');
    await anna.sends('so');
    await anna.taps('Edit');
    expect(anna.last.buttons.flat()).toEqual(['Name', 'Which color?', 'Why?', 'Keep as it is']);
    await anna.taps('Which color?');
    anna.sees('Which color?');
    await anna.taps('Green');
    anna.sees('{"color":"g","why":"so"}');
  });

  it('a deploy that inserts, drops and reorders some keeps the answers by name', async () => {
    const { anna, kept } = await begin(color, tools, why);
    await anna.taps('Red');
    await anna.taps('saw');
    await anna.taps('Done');
    kept.questions = [{ name: 'size', prompt: 'Which size?' }, tools, color];
    await anna.sends('so');
    anna.sees('Which size?');
    await anna.sends('large');
    anna.sees('{"size":"large","tools":["saw"],"color":"r"}');
  });

  it('none of them is no question', async () => {
    const { anna } = await begin();
    anna.sees('{}');
  });

  it('are made once for each update', async () => {
    const { anna, kept } = await begin(color, why);
    kept.reads = 0;
    await anna.taps('Red');
    expect(kept.reads).toBe(1);
  });

  it.each([
    ['a name twice', [color, color], 'STEP_DUPLICATE'],
    ['a name with a dot', [{ ...color, name: 'a.b' }], 'INVALID_NAME'],
    ['no choices', [{ ...color, choices: {} }], 'INVALID_OPTION'],
    ['a photo', [{ name: 'photo', prompt: 'Photo?', accept: 'photo' } as const], 'INVALID_OPTION'],
    ['a misspelled option', [{ ...color, colums: 2 } as RuntimeQuestion], 'INVALID_OPTION'],
  ] satisfies [string, readonly RuntimeQuestion[], string][])(
    '%s is a named error',
    async (_name, questions, code) => {
      const { errors } = await begin(...questions);
      expect(errors).toMatchObject([{ code }]);
    },
  );

  it('`value` says what answers are, and a schema checks them', async () => {
    const totals: number[] = [];
    const ratings = flow('ratings', { trigger: '/ratings' })
      .questions('stars', () => ['Food', 'Service'].map((name) => ({ name, prompt: `${name}?` })), {
        value: z.coerce.number('A number, please.'),
      })
      .done(({ stars }) => {
        totals.push(Object.values(stars).reduce((sum, one) => sum + one, 0));
      });
    const anna = userOf(framework, [ratings]);
    await anna.sends('/ratings');
    await anna.sends('good');
    anna.sees('A number, please.');
    await anna.sends('4');
    await anna.sends('5');
    expect(totals).toEqual([9]);
  });

  it('`validate` rejects an answer, and one that is no text is a named error', async () => {
    const { bot, fsm, errors, noteErrors } = framework.bot();
    const quiz = flow('quiz', { trigger: '/quiz' })
      .questions('answers', () => [
        {
          name: 'sum',
          prompt: '6 × 7?',
          validate: (text) => (text === '42' ? 'right' : text === '0' ? 0 : invalid('No.')),
        },
      ])
      .done(({ answers }) => `It is ${answers['sum']}.`);
    fsm({ states: [quiz] });
    noteErrors();
    const anna = telegram(bot).user('Anna');
    await anna.sends('/quiz');
    await anna.sends('41');
    anna.sees('No.');
    await anna.sends('0');
    expect(errors).toMatchObject([{ code: 'INVALID_OPTION' }]);
    await anna.sends('42');
    anna.sees('It is right.');
  });

  it('work in rounds too, and share one state', async () => {
    const { bot, fsm, command } = framework.bot();
    const trips = flow('trips', { trigger: '/trips' })
      .repeat('trips', {
        each: (trip) =>
          trip
            .ask('city', { prompt: 'City?' })
            .questions('sights', ({ city }) => [{ name: 'first', prompt: `First in ${city}?` }]),
        again: 'Another one?',
      })
      .done(({ trips: all }) => all.map(({ city, sights }) => `${city} ${sights['first']}`).join());
    fsm({ states: [trips] });
    command('where', ({ fsm: state, say }) => say(String(state.current)));
    const anna = telegram(bot).user('Anna');
    await anna.sends('/trips');
    await anna.sends('Faro');
    await anna.sends('/where');
    anna.sees('trips.trips:sights');
    await anna.sends('Arch');
    await anna.taps('Yes');
    await anna.sends('Porto');
    anna.sees('First in Porto?');
    await anna.sends('Bridge');
    await anna.taps('No');
    anna.sees('Faro Arch,Porto Bridge');
  });
});
