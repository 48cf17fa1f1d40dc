/** Every example by its name, as the demo and the tests find it. */

import { readFileSync } from 'node:fs';
import { setUp as assistantOnGrammy } from '../../examples/assistant/grammy.ts';
import { setUp as assistantOnTelegraf } from '../../examples/assistant/telegraf.ts';
import { setUp as bookingOnGrammy } from '../../examples/booking/grammy.ts';
import { setUp as bookingOnTelegraf } from '../../examples/booking/telegraf.ts';
import { setUp as feedbackOnGrammy } from '../../examples/feedback/grammy.ts';
import { setUp as feedbackOnTelegraf } from '../../examples/feedback/telegraf.ts';
import { setUp as groupPollOnGrammy } from '../../examples/group-poll/grammy.ts';
import { setUp as groupPollOnTelegraf } from '../../examples/group-poll/telegraf.ts';
import { setUp as liveQuizOnGrammy } from '../../examples/live-quiz/grammy.ts';
import { setUp as liveQuizOnTelegraf } from '../../examples/live-quiz/telegraf.ts';
import { setUp as orderOnGrammy } from '../../examples/order/grammy.ts';
import { setUp as orderOnTelegraf } from '../../examples/order/telegraf.ts';
import { setUp as quizOnGrammy } from '../../examples/quiz/grammy.ts';
import { setUp as quizOnTelegraf } from '../../examples/quiz/telegraf.ts';
import { setUp as registrationOnGrammy } from '../../examples/registration/grammy.ts';
import { setUp as registrationOnTelegraf } from '../../examples/registration/telegraf.ts';
import { setUp as restaurantOnGrammy } from '../../examples/restaurant/grammy.ts';
import { setUp as restaurantOnTelegraf } from '../../examples/restaurant/telegraf.ts';
import { setUp as settingsOnGrammy } from '../../examples/settings/grammy.ts';
import { setUp as settingsOnTelegraf } from '../../examples/settings/telegraf.ts';
import { setUp as shopOnGrammy } from '../../examples/shop/grammy.ts';
import { setUp as shopOnTelegraf } from '../../examples/shop/telegraf.ts';
import { setUp as supportOnGrammy } from '../../examples/support/grammy.ts';
import { setUp as supportOnTelegraf } from '../../examples/support/telegraf.ts';
import { setUp as traderOnGrammy } from '../../examples/trader/grammy.ts';
import { setUp as traderOnTelegraf } from '../../examples/trader/telegraf.ts';
import { setUp as turnstileOnGrammy } from '../../examples/turnstile/grammy.ts';
import { setUp as turnstileOnTelegraf } from '../../examples/turnstile/telegraf.ts';
import type { Example, Framework } from './example.ts';
import { onGrammy } from './grammy.ts';
import { onTelegraf } from './telegraf.ts';

const script = (name: string): string =>
  readFileSync(new URL(`../../examples/${name}/script.txt`, import.meta.url), 'utf8').trimEnd();

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
    about: 'a flow: choices, a checked number, a conditional question, back, a timeout',
    bots: { grammy: onGrammy(orderOnGrammy), telegraf: onTelegraf(orderOnTelegraf) },
    script: script('order'),
  },
  feedback: {
    about: 'a flow: stars as buttons, an optional comment',
    bots: { grammy: onGrammy(feedbackOnGrammy), telegraf: onTelegraf(feedbackOnTelegraf) },
    script: script('feedback'),
  },
  restaurant: {
    about: 'three nodes that lead to each other, with a cart',
    bots: { grammy: onGrammy(restaurantOnGrammy), telegraf: onTelegraf(restaurantOnTelegraf) },
    script: script('restaurant'),
  },
  assistant: {
    about: 'a language model: bursts, a streamed answer, /stop, a tool, an approval',
    bots: { grammy: onGrammy(assistantOnGrammy), telegraf: onTelegraf(assistantOnTelegraf) },
    script: script('assistant'),
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
  shop: {
    about: 'views: a shop in one message, a hundred products page by page, a cart',
    bots: { grammy: onGrammy(shopOnGrammy), telegraf: onTelegraf(shopOnTelegraf) },
    script: script('shop'),
  },
  settings: {
    about: 'a view: a settings page with radio buttons, toggles and a counter',
    bots: { grammy: onGrammy(settingsOnGrammy), telegraf: onTelegraf(settingsOnTelegraf) },
    script: script('settings'),
  },
  booking: {
    about: 'a view: a calendar and free times',
    bots: { grammy: onGrammy(bookingOnGrammy), telegraf: onTelegraf(bookingOnTelegraf) },
    script: script('booking'),
  },
  'live-quiz': {
    about: 'a view for a whole group: everybody presses, a deadline ends each round',
    bots: { grammy: onGrammy(liveQuizOnGrammy), telegraf: onTelegraf(liveQuizOnTelegraf) },
    script: script('live-quiz'),
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
    run: async (framework) => (await import('./demo/serverless.ts')).demo(framework),
  },
  cloudflare: {
    about: 'a Cloudflare Worker on workerd, its state in Durable Objects, deadlines by alarms',
    run: async () => (await import('./demo/cloudflare.ts')).demo(),
  },
  'two-processes': {
    about: 'one bot in two processes on one Redis, updates taken in turn',
    run: async (framework) => (await import('./demo/two-processes.ts')).demo(framework),
  },
  'bare-webhook': {
    about: 'no framework at all: an adapter of one file',
    run: async () => (await import('./demo/bare-webhook.ts')).demo(),
  },
};
