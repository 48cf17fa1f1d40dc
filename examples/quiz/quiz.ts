/** A quiz as a flow: each question has thirty seconds, then it counts as missed and the next one comes. */

import { flow } from '@telefsm/core';

/** A question whose time is over is left out. */
const missed = () => ({ answer: undefined });

/** The same definition runs on both frameworks. */
export const quiz = flow('quiz', { trigger: '/quiz', description: 'Three questions' })
  .ask('capital', {
    prompt: 'Which city is the capital of Australia?',
    choices: { sydney: 'Sydney', canberra: 'Canberra', perth: 'Perth' },
    timeout: '30s',
    onTimeout: missed,
  })
  .ask('planet', {
    prompt: 'Which planet is the largest?',
    choices: { saturn: 'Saturn', jupiter: 'Jupiter' },
    timeout: '30s',
    onTimeout: missed,
  })
  .ask('sum', {
    prompt: 'What is 6 × 7?',
    choices: { 36: '36', 42: '42' },
    timeout: '30s',
    onTimeout: missed,
  })
  .done(({ capital, planet, sum }) => {
    const right = [capital === 'canberra', planet === 'jupiter', sum === '42'].filter(Boolean);
    return `${right.length} of 3 right.`;
  });
