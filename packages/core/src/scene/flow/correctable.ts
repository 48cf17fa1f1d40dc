/** The answers that a summary lets the user correct. */

import type { PendingQuestion } from './pending-question.ts';
import type { Label } from './question.ts';
import { type AskStep, closesRounds, type NamedStep, namedSteps } from './steps.ts';

/** An answer that may be corrected. */
export interface Correction {
  /** The name of its step; of a question that a step has made, `step.question`. */
  readonly name: string;
  readonly label: Label<object>;
}

/** The answers that a summary lets the user correct. */
export function correctable(question: PendingQuestion): readonly Correction[] {
  if (question.kind !== 'confirm') return [];
  const { edit } = question.step;
  const labels = new Map(typeof edit === 'object' ? Object.entries(edit) : []);
  const mayEdit = (name: string) => edit === true || labels.has(name);
  return namedSteps(question.level).flatMap((step): readonly Correction[] => {
    const { kind, name } = step;
    if (kind === 'confirm' || !mayEdit(name) || !Object.hasOwn(question.answers, name)) return [];
    const answer = question.answers[name];
    if (kind === 'questions') return corrections(name, question.made[name] ?? [], Object(answer));
    return mayCorrect(step, answer) ? [{ name, label: labels.get(name) ?? readable(name) }] : [];
  });
}

/** How much of a question is on the button that corrects its answer, in characters. */
const labelLength = 40;

function corrections(
  step: string,
  made: readonly AskStep[],
  answers: object,
): readonly Correction[] {
  return made
    .filter(({ name }) => Object.hasOwn(answers, name))
    .map(({ name, question: { prompt } }) => {
      const label = typeof prompt === 'string' ? prompt : readable(name);
      const isLong = label.length > labelLength;
      return { name: `${step}.${name}`, label: isLong ? `${label.slice(0, labelLength)}…` : label };
    });
}

/** Finished rounds stay as they are, so a repeat with `after` may only get more of them. */
function mayCorrect(step: NamedStep, answer: unknown): boolean {
  if (!closesRounds([step])) return true;
  return step.kind === 'repeat' && step.after !== undefined && Array.isArray(answer)
    ? answer.length < step.max
    : false;
}

/** The name of a step for people: `giftWrap` reads as "Gift wrap". */
function readable(name: string): string {
  const words = name
    .replace(/[_-]+/g, ' ')
    .replace(
      /([a-z0-9])([A-Z])/g,
      (_, end: string, start: string) => `${end} ${start.toLowerCase()}`,
    );
  return words.charAt(0).toUpperCase() + words.slice(1);
}
