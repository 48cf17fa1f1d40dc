/** Every example by its name, as the demo and the tests find it. */

import { readFileSync } from 'node:fs';
import { makeBot as feedbackOnGrammy } from './feedback/grammy.ts';
import { makeBot as feedbackOnTelegraf } from './feedback/telegraf.ts';
import { makeBot as groupPollOnGrammy } from './group-poll/grammy.ts';
import { makeBot as groupPollOnTelegraf } from './group-poll/telegraf.ts';
import type { Example, Framework } from './lib/example.ts';
import { makeBot as orderOnGrammy } from './order/grammy.ts';
import { makeBot as orderOnTelegraf } from './order/telegraf.ts';
import { makeBot as quizOnGrammy } from './quiz/grammy.ts';
import { makeBot as quizOnTelegraf } from './quiz/telegraf.ts';
import { makeBot as registrationOnGrammy } from './registration/grammy.ts';
import { makeBot as registrationOnTelegraf } from './registration/telegraf.ts';
import { makeBot as restaurantOnGrammy } from './restaurant/grammy.ts';
import { makeBot as restaurantOnTelegraf } from './restaurant/telegraf.ts';
import { makeBot as supportOnGrammy } from './support/grammy.ts';
import { makeBot as supportOnTelegraf } from './support/telegraf.ts';
import { makeBot as traderOnGrammy } from './trader/grammy.ts';
import { makeBot as traderOnTelegraf } from './trader/telegraf.ts';
import { makeBot as turnstileOnGrammy } from './turnstile/grammy.ts';
import { makeBot as turnstileOnTelegraf } from './turnstile/telegraf.ts';

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
  order: {
    about: 'a flow: choices, a checked number, a conditional question, back, a time-out',
    bots: { grammy: orderOnGrammy, telegraf: orderOnTelegraf },
    script: script('order'),
  },
  feedback: {
    about: 'a flow: stars by buttons, a comment that may be skipped',
    bots: { grammy: feedbackOnGrammy, telegraf: feedbackOnTelegraf },
    script: script('feedback'),
  },
  restaurant: {
    about: 'three nodes that hand over to each other, with a cart',
    bots: { grammy: restaurantOnGrammy, telegraf: restaurantOnTelegraf },
    script: script('restaurant'),
  },
  support: {
    about: 'a flow: a ticket with screenshots as an album and a summary to correct',
    bots: { grammy: supportOnGrammy, telegraf: supportOnTelegraf },
    script: script('support'),
  },
  quiz: {
    about: 'a flow: a question that times out, and the next one comes',
    bots: { grammy: quizOnGrammy, telegraf: quizOnTelegraf },
    script: script('quiz'),
  },
  turnstile: {
    about: 'a tree of commands: coin and push',
    bots: { grammy: turnstileOnGrammy, telegraf: turnstileOnTelegraf },
    script: script('turnstile'),
  },
  trader: {
    about: 'a tree of commands with options, flags and a confirmation',
    bots: { grammy: traderOnGrammy, telegraf: traderOnTelegraf },
    script: script('trader'),
  },
};

/** Examples about where bots run, each with a demo of its own; loaded when they are asked for, since they start servers. */
export const demos: {
  readonly [name: string]: {
    readonly about: string;
    readonly run: (framework: Framework) => Promise<void>;
  };
} = {
  serverless: {
    about:
      'a function behind a web hook, its state in Redis; forged, repeated and simultaneous calls',
    run: async (framework) => (await import('./serverless/demo.ts')).demo(framework),
  },
  'two-processes': {
    about: 'one bot in two processes on one Redis, updates taken in turn',
    run: async (framework) => (await import('./two-processes/demo.ts')).demo(framework),
  },
  'bare-webhook': {
    about: 'no framework at all: an adapter of one file',
    run: async () => (await import('./bare-webhook/demo.ts')).demo(),
  },
};
