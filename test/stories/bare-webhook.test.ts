import { virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { stage } from '../../examples/bare-webhook/stage.ts';
import { bots, makeBareBot } from './bare/bots.ts';
import { examples } from './index.ts';
import { play } from './play.ts';

describe('the adapter without a framework', () => {
  it.each(Object.keys(bots))(
    'has the conversation of the example %s word for word',
    async (name) => {
      const clock = virtualClock();
      const { server, stop } = await stage((options) => makeBareBot(name, options), { clock });
      const script = examples[name]?.script ?? '';
      expect(await play(server, script, clock)).toBe(script);
      await stop();
    },
  );
});
