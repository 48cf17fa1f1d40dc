/** Shared by both bots of this example: the states with their data, and the checks of answers. */

import { state, states } from '@telefsm/core';

/** The form. Each state says what is known once a user is in it. */
export const Form = states('Form', {
  name: state(),
  age: state<{ name: string }>(),
  city: state<{ name: string; age: number }>(),
  confirm: state<{ name: string; age: number; city: string }>(),
});

/** How long a name or a city may be: as long as a first name at Telegram. */
const longest = 64;

/** Reads a name or a city, or nothing. */
export function wordIn(text: string): string | undefined {
  const word = text.trim();
  return word.length <= longest ? word : undefined;
}

/** Reads an age, or nothing. */
export function ageIn(text: string): number | undefined {
  const age = Number(text.trim());
  return Number.isInteger(age) && age > 0 && age < 130 ? age : undefined;
}

/** The summary before the end. */
export function summary(data: { name: string; age: number; city: string }): string {
  return `${data.name}, ${data.age}, from ${data.city}. Is that right?`;
}

/** Everything that the bots say. */
export const texts = {
  name: 'What is your name? (/skip to stay anonymous)',
  tooLong: `Please keep it below ${longest + 1} characters.`,
  age: (name: string) => `Nice to meet you, ${name}! How old are you?`,
  badAge: 'Please send your age as a number.',
  city: 'Which city do you live in?',
  done: (name: string) => `Thank you, ${name}, you are registered.`,
  again: "Let's start over. What is your name?",
  canceled: 'Canceled.',
  nothing: 'There is nothing to cancel. /start begins.',
} as const;
