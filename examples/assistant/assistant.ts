/** An assistant: short messages are one thought, the answer is streamed, /stop ends it, a tool is a command, and an operator approves. */

import { commandTree } from '@telefsm/commands';
import { flow, type RichText, scene, typed } from '@telefsm/core';
import { type LanguageModel, stepCountIs, streamText } from 'ai';
import telegramify from 'telegramify-markdown';

/** The services of the assistant. */
export interface Desk {
  readonly model: LanguageModel;
  /** The user id of the operator: the last user who sent /operator. */
  operator?: number;
}

const desk = typed<Desk>();

export const trader = commandTree('trader', { services: desk });
trader.root
  .command('buy')
  .option('symbol', { description: 'The share, such as TSLA' })
  .option('amount', { default: '1' })
  .describe('Buys shares')
  .action(({ options, say }) => say('bought %s of %s.', options.amount, options.symbol));

export const Approval = flow('approval', { services: desk })
  .ask('what', { prompt: 'What is to be approved?' })
  .ask('verdict', {
    to: (_, { services, subject }) => ({ user: services.operator ?? subject.user ?? 0 }),
    prompt: ({ what }) => `A customer asks: ${what}`,
    choices: { yes: 'Allow', no: 'Refuse' },
    meanwhile: 'I have asked an operator.',
    answered: (verdict, { from }, { what }) =>
      `${what}: ${verdict === 'yes' ? 'allowed' : 'refused'} by ${from?.first_name}`,
    timeout: '1h',
    onTimeout: () => ({ answer: 'no' }),
  })
  .done(({ verdict }) => (verdict === 'yes' ? 'The operator agrees.' : 'The operator refused.'));

/** Models write Markdown; Telegram's own dialect of it escapes more. */
const fromMarkdown = (text: string): RichText => ({
  text: telegramify(text, 'escape').trimEnd(),
  parse_mode: 'MarkdownV2',
});

export const Assistant = scene('assistant', { services: desk }).on({
  enter: () => 'Ask me anything.',
  // the answer of the operator has been shown already
  resume: ({ stay }) => stay(),
  async handle(turn) {
    const { input, log, signal, services, stream, call, stay } = turn;
    if (/^sell everything/i.test(input.text)) return call(Approval, { what: input.text });
    const { textStream } = streamText({
      model: services.model,
      // the earlier messages, and the messages of this turn as one
      messages: [
        ...log.slice(0, -turn.messages.length).map(({ role, text }) => ({
          role: role === 'bot' ? ('assistant' as const) : ('user' as const),
          content: text,
        })),
        { role: 'user' as const, content: input.text },
      ],
      tools: trader.tools(turn),
      stopWhen: stepCountIs(3),
      abortSignal: signal,
    });
    await stream({ text: textStream, format: fromMarkdown });
    return stay();
  },
});
