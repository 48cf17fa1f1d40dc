/** Only what survives as JSON can be kept. */

import { flow, state } from '@telefsm/grammy';
import { z } from 'zod';

interface Address {
  street: string;
  tags: readonly string[];
  more?: { a: number | null };
}
state<Address>();
state<{ a: Address[]; b: Record<string, number>; c: [number, string]; d?: unknown }>();
// @ts-expect-error a Date would come back as text
state<{ when: Date }>();
// @ts-expect-error deep inside too
state<{ a: { b: Map<string, number>[] } }>();
// @ts-expect-error from a schema
state(z.object({ when: z.coerce.date() }));
state(z.object({ when: z.iso.datetime() }));
// @ts-expect-error an answer is stored as well
flow('x').ask('when', { prompt: '?', schema: z.coerce.date() });
flow('x').ask('when', { prompt: '?', schema: z.coerce.date().transform((d) => d.toISOString()) });
