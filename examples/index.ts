/** Every example by its name, as the demo and the tests find it. */

import { readFileSync } from 'node:fs';
import { setUp as feedbackOnGrammy } from './feedback/grammy.ts';
import { setUp as feedbackOnTelegraf } from './feedback/telegraf.ts';
import { setUp as groupPollOnGrammy } from './group-poll/grammy.ts';
import { setUp as groupPollOnTelegraf } from './group-poll/telegraf.ts';
import type { Example, Framework } from './lib/example.ts';
import { onGrammy } from './lib/grammy.ts';
import { onTelegraf } from './lib/telegraf.ts';
import { setUp as orderOnGrammy } from './order/grammy.ts';
import { setUp as orderOnTelegraf } from './order/telegraf.ts';
import { setUp as quizOnGrammy } from './quiz/grammy.ts';
import { setUp as quizOnTelegraf } from './quiz/telegraf.ts';
import { setUp as registrationOnGrammy } from './registration/grammy.ts';
import { setUp as registrationOnTelegraf } from './registration/telegraf.ts';
import { setUp as restaurantOnGrammy } from './restaurant/grammy.ts';
import { setUp as restaurantOnTelegraf } from './restaurant/telegraf.ts';
import { setUp as supportOnGrammy } from './support/grammy.ts';
import { setUp as supportOnTelegraf } from './support/telegraf.ts';
import { setUp as traderOnGrammy } from './trader/grammy.ts';
import { setUp as traderOnTelegraf } from './trader/telegraf.ts';
import { setUp as turnstileOnGrammy } from './turnstile/grammy.ts';
import { setUp as turnstileOnTelegraf } from './turnstile/telegraf.ts';

const script = (name: string): string =>
  readFileSync(new URL(`./${name}/script.txt`, import.meta.url), 'utf8').trimEnd();

/** All examples. */
export const examples: { readonly [name: string]: Example } = {
  registration: {
    about: 'a form with states: name, age, city, summary, /cancel anywhere',
    bots: { grammy: onGrammy(registrationOnGrammy), telegraf: onTelegraf(registrationOnTelegraf) },
    script: script('registration'),
  },
  'group-poll': {
    about: 'one state for a whole group: a poll that all members vote in',
    bots: { grammy: onGrammy(groupPollOnGrammy), telegraf: onTelegraf(groupPollOnTelegraf) },
    script: script('group-poll'),
  },
  order: {
    about: 'a flow: choices, a checked number, a conditional question, back, a time-out',
    bots: { grammy: onGrammy(orderOnGrammy), telegraf: onTelegraf(orderOnTelegraf) },
    script: script('order'),
  },
  feedback: {
    about: 'a flow: stars by buttons, a comment that may be skipped',
    bots: { grammy: onGrammy(feedbackOnGrammy), telegraf: onTelegraf(feedbackOnTelegraf) },
    script: script('feedback'),
  },
  restaurant: {
    about: 'three nodes that hand over to each other, with a cart',
    bots: { grammy: onGrammy(restaurantOnGrammy), telegraf: onTelegraf(restaurantOnTelegraf) },
    script: script('restaurant'),
  },
  support: {
    about: 'a flow: a ticket with screenshots as an album and a summary to correct',
    bots: { grammy: onGrammy(supportOnGrammy), telegraf: onTelegraf(supportOnTelegraf) },
    script: script('support'),
  },
  quiz: {
    about: 'a flow: a question that times out, and the next one comes',
    bots: { grammy: onGrammy(quizOnGrammy), telegraf: onTelegraf(quizOnTelegraf) },
    script: script('quiz'),
  },
  turnstile: {
    about: 'a tree of commands: coin and push',
    bots: { grammy: onGrammy(turnstileOnGrammy), telegraf: onTelegraf(turnstileOnTelegraf) },
    script: script('turnstile'),
  },
  trader: {
    about: 'a tree of commands with options, flags and a confirmation',
    bots: { grammy: onGrammy(traderOnGrammy), telegraf: onTelegraf(traderOnTelegraf) },
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
  cloudflare: {
    about: 'a Cloudflare Worker on workerd, its state in Durable Objects, deadlines by alarms',
    run: async () => (await import('./cloudflare/demo.ts')).demo(),
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
