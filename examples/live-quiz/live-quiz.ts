/** A quiz in a group: everybody presses, the score is updated in place, a deadline ends each round. */

import { scene, typed } from '@telefsm/core';

const questions = [
  { text: '6 × 7?', options: ['36', '42', '48'], right: '42' },
  {
    text: 'What is the capital of Portugal?',
    options: ['Porto', 'Lisbon', 'Faro'],
    right: 'Lisbon',
  },
] as const;

interface Score {
  readonly name: string;
  readonly points: number;
}
interface Game {
  readonly round: number;
  /** The ids of the users who have answered in this round. */
  readonly answered: readonly number[];
  readonly scores: Readonly<Record<number, Score>>;
}

const table = (scores: Game['scores']) =>
  Object.values(scores)
    .sort((a, b) => b.points - a.points)
    .map(({ name, points }) => `${name}: ${points}`)
    .join('\n');

/** How a quiz begins. */
export const start: Game = { round: 0, answered: [], scores: {} };

/** The same definition runs on both frameworks. */
export const LiveQuiz = scene('live-quiz', { data: typed<Game>(), timeout: '20s' }).on({
  view: ({ data: { round, answered, scores }, button }) => {
    const question = questions[round];
    if (question === undefined) return `The end.\n${table(scores)}`;
    const { text, options, right } = question;
    return {
      text: `${text} (answers: ${answered.length})\n${table(scores)}`.trimEnd(),
      rows: [
        options.map((option) =>
          button(option, option, ({ data, from, again }) => {
            if (from === undefined) return again();
            if (data.answered.includes(from.id)) return again().toast('You have answered already.');
            const { points } = data.scores[from.id] ?? { points: 0 };
            const score = { name: from.first_name, points: points + (option === right ? 1 : 0) };
            return again({
              answered: [...data.answered, from.id],
              scores: { ...data.scores, [from.id]: score },
            });
          }),
        ),
      ],
    };
  },
  timeout: ({ data, goto, leave }) =>
    data.round < questions.length
      ? goto(LiveQuiz, { ...data, round: data.round + 1, answered: [] })
      : leave(),
});
