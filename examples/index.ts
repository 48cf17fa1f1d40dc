/** Every example by its name, as the demo and the tests find it. */

import { readFileSync } from 'node:fs';
import { makeBot as groupPollOnGrammy } from './group-poll/grammy.ts';
import { makeBot as groupPollOnTelegraf } from './group-poll/telegraf.ts';
import type { Example } from './lib/example.ts';
import { makeBot as registrationOnGrammy } from './registration/grammy.ts';
import { makeBot as registrationOnTelegraf } from './registration/telegraf.ts';

const script = (name: string): string =>
  readFileSync(new URL(`./${name}/script.txt`, import.meta.url), 'utf8').trimEnd();

/** All examples. */
export const examples: { readonly [name: string]: Example } = {
  registration: {
    about: 'a form with states: name, age, city, summary, /cancel anywhere',
    bots: { grammy: registrationOnGrammy, telegraf: registrationOnTelegraf },
    script: script('registration'),
  },
  'group-poll': {
    about: 'one state for a whole group: a poll that all members vote in',
    bots: { grammy: groupPollOnGrammy, telegraf: groupPollOnTelegraf },
    script: script('group-poll'),
  },
};
