/** The AI SDK's own mock model: it answers without a network, so the example runs offline. Put a real model in its place. */

import type { LanguageModel } from 'ai';
import { MockLanguageModelV3, simulateReadableStream } from 'ai/test';

/** A message for the model; this model reads only these members. */
interface Message {
  readonly role: string;
  readonly content: unknown;
}

const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};

/** A model that buys shares by the tool `buy`, and repeats everything else. */
export function mockModel(): LanguageModel {
  return new MockLanguageModelV3({
    doStream: async ({ prompt }) => {
      const last = prompt.at(-1) as Message;
      const text = wordsOf(last.content);
      const order = /^buy (\w+)/i.exec(text);
      const said = last.role === 'tool' ? `Done: ${resultIn(last.content)}` : `You said: ${text}`;
      return {
        stream: simulateReadableStream({
          initialDelayInMs: null,
          chunkDelayInMs: null,
          chunks: [
            { type: 'stream-start' as const, warnings: [] },
            ...(order && last.role !== 'tool'
              ? [
                  {
                    type: 'tool-call' as const,
                    toolCallId: 'call-1',
                    toolName: 'buy',
                    input: JSON.stringify({ symbol: order[1] }),
                  },
                ]
              : [
                  { type: 'text-start' as const, id: 't' },
                  ...said
                    .split(/(?<= )/)
                    .map((delta) => ({ type: 'text-delta' as const, id: 't', delta })),
                  { type: 'text-end' as const, id: 't' },
                ]),
            {
              type: 'finish' as const,
              finishReason: {
                unified:
                  order && last.role !== 'tool' ? ('tool-calls' as const) : ('stop' as const),
                raw: undefined,
              },
              usage,
            },
          ],
        }),
      };
    },
  });
}

function wordsOf(content: unknown): string {
  if (typeof content === 'string') return content;
  const parts = content as readonly { readonly type: string; readonly text?: string }[];
  return parts.map(({ text }) => text ?? '').join('');
}

function resultIn(content: unknown): string {
  const [part] = content as readonly { readonly output?: { readonly value?: unknown } }[];
  return String(part?.output?.value);
}
