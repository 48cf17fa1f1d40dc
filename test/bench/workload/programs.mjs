/**
 * The tasks of every system, defined once; `child.mjs` checks the answers before anything is timed.
 *
 * `form`: `/form`, name, age (one invalid answer first), city, e-mail, confirmation: 7 updates, one message for each.
 * `dispatch`: `n` states; `/begin` enters the last one, which answers every text with its id.
 * `race`: `/begin` sets n to 0; `inc` adds one around a pause; `read` answers `n=<n>`.
 * `long`: `/begin`, then 200 questions, of which every answer is kept.
 * `press`: `/menu` shows a count above ten buttons, and each press of `+` adds one; nodes take a text `+` and send the count.
 */

/** @typedef {'form' | 'dispatch' | 'race' | 'long' | 'press'} Program */

/** Questions and complaints of the form. */
export const texts = {
  name: 'What is your name?',
  age: 'How old are you?',
  badAge: 'Please send a number.',
  city: 'Which city?',
  email: 'What is your e-mail?',
};

/** Updates of one form. */
export const formLength = 7;
/** Questions of the long conversation. */
export const longLength = 200;

const summary = ({ name, age, city, email }) => `${name}, ${age}, ${city}, ${email}`;

/** The question before the end. */
export const confirmText = (answers) => `${summary(answers)} - is it correct? (yes/no)`;

/** The last message. */
export const doneText = (answers) => `Saved: ${summary(answers)}`;

/** An age, or `undefined` for what is none. */
export const parseAge = (text) => (/^\d{1,3}$/.test(text) ? Number(text) : undefined);

/** The user's message at a step of the form. */
export function formInput(user, step) {
  switch (step) {
    case 0:
      return '/form';
    case 1:
      return `Ann${user}`;
    case 2:
      return 'abc';
    case 3:
      return '42';
    case 4:
      return `Oslo${user % 97}`;
    case 5:
      return `a${user}@ex.org`;
    default:
      return 'yes';
  }
}

/** The bot's expected answer at a step of the form. */
export function formAnswer(user, step) {
  const given = {
    name: `Ann${user}`,
    age: 42,
    city: `Oslo${user % 97}`,
    email: `a${user}@ex.org`,
  };
  const { name, age, badAge, city, email } = texts;
  return [name, age, badAge, city, email, confirmText(given), doneText(given)][step];
}

/**
 * The form by hand, over an object that it changes; no `step` means that no form is open.
 *
 * @returns {string | undefined} the answer
 */
export function stepByHand(session, text) {
  switch (session.step) {
    case undefined:
      if (text !== '/form') return undefined;
      session.step = 'name';
      session.answers = {};
      return texts.name;
    case 'name':
      session.answers.name = text;
      session.step = 'age';
      return texts.age;
    case 'age': {
      const age = parseAge(text);
      if (age === undefined) return texts.badAge;
      session.answers.age = age;
      session.step = 'city';
      return texts.city;
    }
    case 'city':
      session.answers.city = text;
      session.step = 'email';
      return texts.email;
    case 'email':
      session.answers.email = text;
      session.step = 'confirm';
      return confirmText(session.answers);
    default: {
      const answer = text === 'yes' ? doneText(session.answers) : 'Canceled';
      session.step = undefined;
      session.answers = undefined;
      return answer;
    }
  }
}

/** The race by hand. `across` reads before the pause and writes after it; `after` does both after it. */
export async function raceByHand(session, text, options) {
  if (text === '/begin') {
    session.n = 0;
    return 'begun';
  }
  if (text === 'read') return `n=${session.n}`;
  await bump(session, options);
  return 'inc';
}

/** Adds one to `holder.n` around a pause. */
export async function bump(holder, { mode, delay }) {
  if (mode === 'after') {
    await pause(delay);
    holder.n++;
  } else {
    const n = holder.n;
    await pause(delay);
    holder.n = n + 1;
  }
}

/** The long conversation by hand. */
export function longByHand(session, text) {
  if (text === '/begin') {
    session.at = 0;
    session.answers = {};
  } else {
    session.answers[`q${session.at}`] = text;
    session.at++;
  }
  return `q${session.at}`;
}

/** Resolves after so many ms. */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The sizes that the menu of the program `press` offers. */
export const sizes = ['S', 'M', 'L', 'XL'];
/** The answers to its command and presses. */
export const countText = (n) => `Pizzas: ${n}`;
