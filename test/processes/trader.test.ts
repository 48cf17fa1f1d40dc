import { expect, it } from 'vitest';
import { bundle } from '../servers/processes.ts';
import { startRedis } from '../servers/redis.ts';
import { examples } from '../stories/index.ts';
import type { Job, Said } from './trader.ts';

it('the trader says the same when two processes on one Redis take its lines in turn', async () => {
  const redis = await startRedis();
  const program = await bundle(new URL('./trader.ts', import.meta.url));
  const processes = [0, 1].map(() =>
    program.start<Said, string>({ port: redis.port } satisfies Job),
  );
  try {
    for (const each of processes) expect(await each.next()).toEqual({ ready: true });
    const script = examples['trader']?.script ?? '';
    const lines: string[] = [];
    for (const [line, typed = ''] of script.matchAll(/^Anna: (.*)$/gm)) {
      const [first] = processes;
      processes.reverse();
      first?.tell(typed);
      const answer = await first?.next();
      const said = answer !== undefined && 'said' in answer ? answer.said : 'nothing';
      lines.push(line, ...(said === '' ? [] : [`Bot: ${said}`]));
    }
    expect(lines.join('\n')).toBe(script);
  } finally {
    await Promise.all(processes.map((each) => each.kill()));
    await program.remove();
    await redis.stop();
  }
});
